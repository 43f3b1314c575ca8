"""Fields: the bit-coded data objects of a contact transaction (EMV 4.4 Book 3 annexes A and C, Book 4 annex A).

Every bit has a name. PBOC additions (JR/T 0025) are marked so.
"""

from enum import IntEnum
from typing import NamedTuple

from jinka.kernel.data.bits import Bits, bit


class Aip(Bits, size=2):
    """Application interchange profile, tag 82 (emv-b3/annex-c1)."""

    XDA_SUPPORTED = bit(1, 8, "支持XDA")
    SDA_SUPPORTED = bit(1, 7, "支持SDA")
    DDA_SUPPORTED = bit(1, 6, "支持DDA")
    CARDHOLDER_VERIFICATION = bit(1, 5, "支持持卡人验证")
    TERMINAL_RISK_MANAGEMENT = bit(1, 4, "执行终端风险管理")
    ISSUER_AUTHENTICATION = bit(1, 3, "支持发卡行认证")
    ON_DEVICE_CVM = bit(1, 2, "支持设备端持卡人验证")
    CDA_SUPPORTED = bit(1, 1, "支持CDA")


class Auc(Bits, size=2):
    """Application usage control, tag 9F07 (emv-b3/annex-c2)."""

    DOMESTIC_CASH = bit(1, 8, "国内现金交易有效")
    INTERNATIONAL_CASH = bit(1, 7, "国际现金交易有效")
    DOMESTIC_GOODS = bit(1, 6, "国内商品有效")
    INTERNATIONAL_GOODS = bit(1, 5, "国际商品有效")
    DOMESTIC_SERVICES = bit(1, 4, "国内服务有效")
    INTERNATIONAL_SERVICES = bit(1, 3, "国际服务有效")
    ATM = bit(1, 2, "ATM有效")
    OTHER_THAN_ATM = bit(1, 1, "除ATM外的终端有效")
    DOMESTIC_CASHBACK = bit(2, 8, "国内返现有效")
    INTERNATIONAL_CASHBACK = bit(2, 7, "国际返现有效")


class Tvr(Bits, size=5):
    """Terminal verification results, tag 95 (emv-b3/annex-c5)."""

    ODA_NOT_PERFORMED = bit(1, 8, "未进行脱机数据认证")
    SDA_FAILED = bit(1, 7, "脱机静态数据认证失败")
    ICC_DATA_MISSING = bit(1, 6, "IC卡数据缺失")
    ON_EXCEPTION_FILE = bit(1, 5, "卡片出现在终端异常文件中")
    DDA_FAILED = bit(1, 4, "脱机动态数据认证失败")
    CDA_FAILED = bit(1, 3, "复合动态数据认证失败")
    SDA_SELECTED = bit(1, 2, "选择了SDA")
    XDA_SELECTED = bit(1, 1, "选择了XDA")  # EMV 4.4; RFU before
    VERSIONS_DIFFER = bit(2, 8, "IC卡和终端应用版本不一致")
    EXPIRED = bit(2, 7, "应用已过期")
    NOT_YET_EFFECTIVE = bit(2, 6, "应用尚未生效")
    SERVICE_NOT_ALLOWED = bit(2, 5, "卡片产品不允许所请求的服务")
    NEW_CARD = bit(2, 4, "新卡")
    CVM_FAILED = bit(3, 8, "持卡人验证失败")
    UNRECOGNISED_CVM = bit(3, 7, "未知的CVM")
    PIN_TRY_LIMIT_EXCEEDED = bit(3, 6, "PIN重试次数超限")
    PIN_PAD_MISSING = bit(3, 5, "要求输入PIN但密码键盘不存在或故障")
    PIN_NOT_ENTERED = bit(3, 4, "要求输入PIN、密码键盘存在但未输入PIN")
    ONLINE_PIN_ENTERED = bit(3, 3, "已输入联机PIN")
    OVER_FLOOR_LIMIT = bit(4, 8, "交易超过最低限额")
    LOWER_LIMIT_EXCEEDED = bit(4, 7, "超过连续脱机交易下限")
    UPPER_LIMIT_EXCEEDED = bit(4, 6, "超过连续脱机交易上限")
    RANDOM_ONLINE = bit(4, 5, "交易被随机选择联机处理")
    FORCED_ONLINE = bit(4, 4, "商户要求联机交易")
    DEFAULT_TDOL_USED = bit(5, 8, "使用缺省TDOL")
    ISSUER_AUTHENTICATION_FAILED = bit(5, 7, "发卡行认证失败")
    SCRIPT_FAILED_BEFORE = bit(5, 6, "最后一次GENERATE AC前脚本处理失败")
    SCRIPT_FAILED_AFTER = bit(5, 5, "最后一次GENERATE AC后脚本处理失败")


class Tsi(Bits, size=2):
    """Transaction status information, tag 9B (emv-b3/annex-c6)."""

    ODA_PERFORMED = bit(1, 8, "已进行脱机数据认证")
    CVM_PERFORMED = bit(1, 7, "已进行持卡人验证")
    CARD_RISK_MANAGEMENT_PERFORMED = bit(1, 6, "已进行卡片风险管理")
    ISSUER_AUTHENTICATION_PERFORMED = bit(1, 5, "已进行发卡行认证")
    TERMINAL_RISK_MANAGEMENT_PERFORMED = bit(1, 4, "已进行终端风险管理")
    SCRIPT_PERFORMED = bit(1, 3, "已进行脚本处理")


class TerminalCapabilities(Bits, size=3):
    """Tag 9F33 (emv-b4/annex-a2; byte 2 bit 1 is PBOC's)."""

    MANUAL_KEY_ENTRY = bit(1, 8, "手工键盘输入")
    MAGNETIC_STRIPE = bit(1, 7, "磁条")
    IC_WITH_CONTACTS = bit(1, 6, "接触式IC卡")
    OFFLINE_PLAIN_PIN = bit(2, 8, "IC卡明文PIN验证")
    ONLINE_PIN = bit(2, 7, "加密PIN联机验证")
    SIGNATURE = bit(2, 6, "签名(纸)")
    OFFLINE_ENCIPHERED_PIN = bit(2, 5, "加密PIN脱机验证")
    NO_CVM = bit(2, 4, "无需CVM")
    ONLINE_BIOMETRIC = bit(2, 3, "联机生物特征验证")  # EMV 4.4; RFU before
    OFFLINE_BIOMETRIC = bit(2, 2, "脱机生物特征验证")  # EMV 4.4; RFU before
    IDENTITY_DOCUMENT = bit(2, 1, "持卡人证件验证")
    SDA = bit(3, 8, "SDA")
    DDA = bit(3, 7, "DDA")
    CARD_CAPTURE = bit(3, 6, "吞卡")
    CDA = bit(3, 4, "CDA")
    XDA = bit(3, 3, "XDA")  # EMV 4.4; RFU before


class AdditionalCapabilities(Bits, size=5):
    """Additional terminal capabilities, tag 9F40 (emv-b4/annex-a3)."""

    CASH = bit(1, 8, "现金")
    GOODS = bit(1, 7, "商品")
    SERVICES = bit(1, 6, "服务")
    CASHBACK = bit(1, 5, "返现")
    INQUIRY = bit(1, 4, "查询")
    TRANSFER = bit(1, 3, "转账")
    PAYMENT = bit(1, 2, "付款")
    ADMINISTRATIVE = bit(1, 1, "管理")
    CASH_DEPOSIT = bit(2, 8, "存款")
    NUMERIC_KEYS = bit(3, 8, "数字键")
    ALPHABETIC_KEYS = bit(3, 7, "字母和特殊字符键")
    COMMAND_KEYS = bit(3, 6, "命令键")
    FUNCTION_KEYS = bit(3, 5, "功能键")
    PRINT_ATTENDANT = bit(4, 8, "打印(服务员)")
    PRINT_CARDHOLDER = bit(4, 7, "打印(持卡人)")
    DISPLAY_ATTENDANT = bit(4, 6, "显示(服务员)")
    DISPLAY_CARDHOLDER = bit(4, 5, "显示(持卡人)")
    CODE_TABLE_10 = bit(4, 2, "代码表10")
    CODE_TABLE_9 = bit(4, 1, "代码表9")
    CODE_TABLE_8 = bit(5, 8, "代码表8")
    CODE_TABLE_7 = bit(5, 7, "代码表7")
    CODE_TABLE_6 = bit(5, 6, "代码表6")
    CODE_TABLE_5 = bit(5, 5, "代码表5")
    CODE_TABLE_4 = bit(5, 4, "代码表4")
    CODE_TABLE_3 = bit(5, 3, "代码表3")
    CODE_TABLE_2 = bit(5, 2, "代码表2")
    CODE_TABLE_1 = bit(5, 1, "代码表1")


class Cryptogram(IntEnum):
    """The type of an application cryptogram, bits 8-7 of the CID and of the P1 of GENERATE AC (emv-b3/6.5.5)."""

    AAC = 0x00
    TC = 0x40
    ARQC = 0x80
    RFU = 0xC0


class Cid(NamedTuple):
    """Cryptogram information data, tag 9F27 (emv-b3/6.5.5.4)."""

    type: Cryptogram
    advice: bool
    reason: int

    @classmethod
    def parse(cls, raw: int) -> "Cid":
        """Splits the byte: bits 8-7 type, bit 4 advice required, bits 3-1 reason."""
        return cls(Cryptogram(raw & 0xC0), bool(raw & 0x08), raw & 0x07)


REASONS = {
    0: ("no information given", "无信息"),
    1: ("service not allowed", "不允许服务"),
    2: ("PIN try limit exceeded", "PIN重试次数超限"),
    3: ("issuer authentication failed", "发卡行认证失败"),
}


class Method(IntEnum):
    """Cardholder verification methods, bits 6-1 of a rule (emv-b3/annex-c3; 20 is PBOC's)."""

    FAIL = 0x00
    PLAIN_PIN = 0x01
    ONLINE_PIN = 0x02
    PLAIN_PIN_AND_SIGNATURE = 0x03
    ENCIPHERED_PIN = 0x04
    ENCIPHERED_PIN_AND_SIGNATURE = 0x05
    SIGNATURE = 0x1E
    NO_CVM = 0x1F
    IDENTITY_DOCUMENT = 0x20
    NONE = 0x3F


METHOD_NAMES = {
    Method.FAIL: ("fail CVM processing", "CVM失败处理"),
    Method.PLAIN_PIN: ("plain PIN by the card", "卡片明文PIN验证"),
    Method.ONLINE_PIN: ("online PIN", "联机加密PIN验证"),
    Method.PLAIN_PIN_AND_SIGNATURE: ("plain PIN by the card and signature", "卡片明文PIN验证和签名"),
    Method.ENCIPHERED_PIN: ("enciphered PIN by the card", "卡片密文PIN验证"),
    Method.ENCIPHERED_PIN_AND_SIGNATURE: ("enciphered PIN by the card and signature", "卡片密文PIN验证和签名"),
    Method.SIGNATURE: ("signature", "签名"),
    Method.NO_CVM: ("no CVM required", "无需CVM"),
    Method.IDENTITY_DOCUMENT: ("identity document", "持卡人证件出示"),
    Method.NONE: ("no CVM performed", "未执行CVM"),
}


class Condition(IntEnum):
    """When a rule applies (emv-b3/annex-c3)."""

    ALWAYS = 0
    UNATTENDED_CASH = 1
    NOT_CASH = 2
    SUPPORTED = 3
    MANUAL_CASH = 4
    CASHBACK = 5
    UNDER_X = 6
    OVER_X = 7
    UNDER_Y = 8
    OVER_Y = 9


CONDITION_NAMES = {
    Condition.ALWAYS: ("always", "总是"),
    Condition.UNATTENDED_CASH: ("if unattended cash", "如果是无人值守现金"),
    Condition.NOT_CASH: ("if neither cash nor cashback", "如果不是现金或返现"),
    Condition.SUPPORTED: ("if the terminal supports it", "如果终端支持此CVM"),
    Condition.MANUAL_CASH: ("if manual cash", "如果是人工值守现金"),
    Condition.CASHBACK: ("if cashback", "如果是返现"),
    Condition.UNDER_X: ("if in application currency and under X", "如果是应用货币且低于X"),
    Condition.OVER_X: ("if in application currency and over X", "如果是应用货币且高于X"),
    Condition.UNDER_Y: ("if in application currency and under Y", "如果是应用货币且低于Y"),
    Condition.OVER_Y: ("if in application currency and over Y", "如果是应用货币且高于Y"),
}


class CvmResult(IntEnum):
    """Byte 3 of the CVM results (emv-b4/annex-a4)."""

    UNKNOWN = 0
    FAILED = 1
    SUCCESSFUL = 2
