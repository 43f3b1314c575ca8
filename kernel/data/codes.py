"""Codes: currencies (ISO 4217) and countries (ISO 3166-1) by number, for people. They describe, they never decide.

One line each: number, letters, decimals for a currency, English name, Chinese name. Only what terminals in China and
its neighbourhood, and the big travel countries, are likely to meet; an unlisted number is shown as a number.
"""

from typing import NamedTuple


class Currency(NamedTuple):
    """A currency; `exponent` is the number of decimals of its minor unit."""

    number: int
    code: str
    exponent: int
    name: str
    zh: str


class Country(NamedTuple):
    """A country or region; `code` is the alpha-2 code."""

    number: int
    code: str
    name: str
    zh: str


_CURRENCIES = """
036 AUD 2 Australian dollar|澳大利亚元
048 BHD 3 Bahraini dinar|巴林第纳尔
050 BDT 2 Taka|孟加拉塔卡
096 BND 2 Brunei dollar|文莱元
104 MMK 2 Kyat|缅甸元
116 KHR 2 Riel|柬埔寨瑞尔
124 CAD 2 Canadian dollar|加拿大元
144 LKR 2 Sri Lanka rupee|斯里兰卡卢比
152 CLP 0 Chilean peso|智利比索
156 CNY 2 Yuan renminbi|人民币元
170 COP 2 Colombian peso|哥伦比亚比索
203 CZK 2 Czech koruna|捷克克朗
208 DKK 2 Danish krone|丹麦克朗
344 HKD 2 Hong Kong dollar|港元
348 HUF 2 Forint|匈牙利福林
352 ISK 0 Iceland krona|冰岛克朗
356 INR 2 Indian rupee|印度卢比
360 IDR 2 Rupiah|印度尼西亚卢比
364 IRR 2 Iranian rial|伊朗里亚尔
368 IQD 3 Iraqi dinar|伊拉克第纳尔
376 ILS 2 New Israeli sheqel|以色列新谢克尔
392 JPY 0 Yen|日元
398 KZT 2 Tenge|哈萨克斯坦坚戈
400 JOD 3 Jordanian dinar|约旦第纳尔
404 KES 2 Kenyan shilling|肯尼亚先令
408 KPW 2 North Korean won|朝鲜元
410 KRW 0 Won|韩元
414 KWD 3 Kuwaiti dinar|科威特第纳尔
417 KGS 2 Som|吉尔吉斯斯坦索姆
418 LAK 2 Lao kip|老挝基普
446 MOP 2 Pataca|澳门元
458 MYR 2 Malaysian ringgit|马来西亚林吉特
462 MVR 2 Rufiyaa|马尔代夫拉菲亚
480 MUR 2 Mauritius rupee|毛里求斯卢比
484 MXN 2 Mexican peso|墨西哥比索
496 MNT 2 Tugrik|蒙古图格里克
504 MAD 2 Moroccan dirham|摩洛哥迪拉姆
512 OMR 3 Rial Omani|阿曼里亚尔
524 NPR 2 Nepalese rupee|尼泊尔卢比
554 NZD 2 New Zealand dollar|新西兰元
566 NGN 2 Naira|尼日利亚奈拉
578 NOK 2 Norwegian krone|挪威克朗
586 PKR 2 Pakistan rupee|巴基斯坦卢比
604 PEN 2 Sol|秘鲁索尔
608 PHP 2 Philippine peso|菲律宾比索
634 QAR 2 Qatari rial|卡塔尔里亚尔
643 RUB 2 Russian ruble|俄罗斯卢布
682 SAR 2 Saudi riyal|沙特里亚尔
702 SGD 2 Singapore dollar|新加坡元
704 VND 0 Dong|越南盾
710 ZAR 2 Rand|南非兰特
752 SEK 2 Swedish krona|瑞典克朗
756 CHF 2 Swiss franc|瑞士法郎
764 THB 2 Baht|泰铢
784 AED 2 UAE dirham|阿联酋迪拉姆
788 TND 3 Tunisian dinar|突尼斯第纳尔
818 EGP 2 Egyptian pound|埃及镑
826 GBP 2 Pound sterling|英镑
840 USD 2 US dollar|美元
860 UZS 2 Uzbekistan sum|乌兹别克斯坦苏姆
901 TWD 2 New Taiwan dollar|新台币
934 TMT 2 Turkmenistan manat|土库曼斯坦马纳特
944 AZN 2 Azerbaijan manat|阿塞拜疆马纳特
946 RON 2 Romanian leu|罗马尼亚列伊
949 TRY 2 Turkish lira|土耳其里拉
952 XOF 0 CFA franc BCEAO|西非法郎
953 XPF 0 CFP franc|太平洋法郎
971 AFN 2 Afghani|阿富汗尼
972 TJS 2 Somoni|塔吉克斯坦索莫尼
975 BGN 2 Bulgarian lev|保加利亚列弗
978 EUR 2 Euro|欧元
980 UAH 2 Hryvnia|乌克兰格里夫纳
981 GEL 2 Lari|格鲁吉亚拉里
985 PLN 2 Zloty|波兰兹罗提
986 BRL 2 Brazilian real|巴西雷亚尔
"""

_COUNTRIES = """
004 AF Afghanistan|阿富汗
031 AZ Azerbaijan|阿塞拜疆
032 AR Argentina|阿根廷
036 AU Australia|澳大利亚
040 AT Austria|奥地利
048 BH Bahrain|巴林
050 BD Bangladesh|孟加拉国
051 AM Armenia|亚美尼亚
056 BE Belgium|比利时
064 BT Bhutan|不丹
076 BR Brazil|巴西
096 BN Brunei|文莱
100 BG Bulgaria|保加利亚
104 MM Myanmar|缅甸
112 BY Belarus|白俄罗斯
116 KH Cambodia|柬埔寨
124 CA Canada|加拿大
144 LK Sri Lanka|斯里兰卡
152 CL Chile|智利
156 CN China|中国
158 TW Taiwan, China|中国台湾
170 CO Colombia|哥伦比亚
191 HR Croatia|克罗地亚
203 CZ Czechia|捷克
208 DK Denmark|丹麦
233 EE Estonia|爱沙尼亚
242 FJ Fiji|斐济
246 FI Finland|芬兰
250 FR France|法国
268 GE Georgia|格鲁吉亚
276 DE Germany|德国
300 GR Greece|希腊
316 GU Guam|关岛
344 HK Hong Kong, China|中国香港
348 HU Hungary|匈牙利
352 IS Iceland|冰岛
356 IN India|印度
360 ID Indonesia|印度尼西亚
364 IR Iran|伊朗
368 IQ Iraq|伊拉克
372 IE Ireland|爱尔兰
376 IL Israel|以色列
380 IT Italy|意大利
392 JP Japan|日本
398 KZ Kazakhstan|哈萨克斯坦
400 JO Jordan|约旦
404 KE Kenya|肯尼亚
408 KP North Korea|朝鲜
410 KR South Korea|韩国
414 KW Kuwait|科威特
417 KG Kyrgyzstan|吉尔吉斯斯坦
418 LA Laos|老挝
428 LV Latvia|拉脱维亚
440 LT Lithuania|立陶宛
442 LU Luxembourg|卢森堡
446 MO Macao, China|中国澳门
458 MY Malaysia|马来西亚
462 MV Maldives|马尔代夫
480 MU Mauritius|毛里求斯
484 MX Mexico|墨西哥
496 MN Mongolia|蒙古
504 MA Morocco|摩洛哥
512 OM Oman|阿曼
524 NP Nepal|尼泊尔
528 NL Netherlands|荷兰
554 NZ New Zealand|新西兰
566 NG Nigeria|尼日利亚
578 NO Norway|挪威
586 PK Pakistan|巴基斯坦
604 PE Peru|秘鲁
608 PH Philippines|菲律宾
616 PL Poland|波兰
620 PT Portugal|葡萄牙
634 QA Qatar|卡塔尔
642 RO Romania|罗马尼亚
643 RU Russia|俄罗斯
682 SA Saudi Arabia|沙特阿拉伯
702 SG Singapore|新加坡
703 SK Slovakia|斯洛伐克
704 VN Viet Nam|越南
705 SI Slovenia|斯洛文尼亚
710 ZA South Africa|南非
724 ES Spain|西班牙
752 SE Sweden|瑞典
756 CH Switzerland|瑞士
762 TJ Tajikistan|塔吉克斯坦
764 TH Thailand|泰国
784 AE United Arab Emirates|阿拉伯联合酋长国
788 TN Tunisia|突尼斯
792 TR Türkiye|土耳其
795 TM Turkmenistan|土库曼斯坦
804 UA Ukraine|乌克兰
818 EG Egypt|埃及
826 GB United Kingdom|英国
834 TZ Tanzania|坦桑尼亚
840 US United States|美国
860 UZ Uzbekistan|乌兹别克斯坦
"""


def _currency(line: str) -> Currency:
    number, code, exponent, names = line.split(" ", 3)
    name, _, zh = names.partition("|")
    return Currency(int(number), code, int(exponent), name, zh)


def _country(line: str) -> Country:
    number, code, names = line.split(" ", 2)
    name, _, zh = names.partition("|")
    return Country(int(number), code, name, zh)


CURRENCIES = {one.number: one for one in map(_currency, _CURRENCIES.strip().splitlines())}
COUNTRIES = {one.number: one for one in map(_country, _COUNTRIES.strip().splitlines())}
