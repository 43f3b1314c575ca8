"""Meanings: what the codes of the standards say, in English and Chinese, for people.

Status words (ISO/IEC 7816-4 clause 5.1.3, EMV 4.4 Book 1 clause 9.4, PBOC purse), command names, authorisation response
codes, terminal types and the small code lists of single data objects. Nothing in here decides anything.
"""

from typing import NamedTuple


class Text(NamedTuple):
    """The same words in both languages."""

    en: str
    zh: str


def same(text: str) -> Text:
    """Words that need no translation, such as a number or a name."""
    return Text(text, text)


# --- status words -------------------------------------------------------------------------------------------------

STATUS = {
    0x9000: Text("normal ending", "正常结束"),
    0x6200: Text("warning, no information given", "警告,无信息提供"),
    0x6281: Text("part of the data may be corrupted", "回送的数据可能有错"),
    0x6282: Text("end of file reached before Le bytes", "文件长度小于Le"),
    0x6283: Text("selected file invalidated (application blocked)", "选择的文件无效(应用锁定)"),
    0x6284: Text("FCI not formatted as required", "FCI格式与P2指定的不符"),
    0x6300: Text("authentication failed", "认证失败"),
    0x6400: Text("state unchanged", "状态标志位未变"),
    0x6581: Text("memory failure", "内存失败"),
    0x6700: Text("wrong length", "长度错误"),
    0x6882: Text("secure messaging not supported", "不支持安全报文"),
    0x6900: Text("command not allowed, no information given", "不能处理,无信息提供"),
    0x6901: Text("command not accepted in this state", "命令不接受(无效状态)"),
    0x6981: Text("command incompatible with file structure", "命令与文件结构不相容"),
    0x6982: Text("security status not satisfied", "不满足安全状态"),
    0x6983: Text("authentication method blocked", "认证方法锁定"),
    0x6984: Text("referenced data invalidated", "引用数据无效"),
    0x6985: Text("conditions of use not satisfied", "使用条件不满足"),
    0x6986: Text("command not allowed, no current EF", "不满足命令执行条件(无当前EF)"),
    0x6987: Text("secure messaging data missing", "安全报文数据项丢失"),
    0x6988: Text("secure messaging data incorrect", "安全报文数据项不正确"),
    0x6A80: Text("incorrect parameters in the data field", "数据域参数不正确"),
    0x6A81: Text("function not supported (or card blocked)", "功能不支持(或卡片锁定)"),
    0x6A82: Text("file not found", "文件未找到"),
    0x6A83: Text("record not found", "记录未找到"),
    0x6A84: Text("not enough memory in the file", "文件中存储空间不够"),
    0x6A85: Text("length inconsistent with TLV structure", "长度与TLV结构不符"),
    0x6A86: Text("incorrect P1 P2", "P1 P2参数不正确"),
    0x6A88: Text("referenced data not found", "引用数据未找到"),
    0x6B00: Text("wrong P1 P2", "参数错误(偏移地址超出EF)"),
    0x6D00: Text("instruction not supported", "INS不支持或错误"),
    0x6E00: Text("class not supported", "CLA不支持或错误"),
    0x6F00: Text("no precise diagnosis", "无精确诊断"),
    0x9301: Text("insufficient funds (maker's)", "资金不足(厂商)"),
    0x9302: Text("MAC invalid", "MAC无效"),
    0x9303: Text("application permanently locked", "应用永久锁定"),
    0x9401: Text("insufficient balance", "金额不足"),
    0x9402: Text("transaction counter at its maximum", "交易计数器达到最大值"),
    0x9403: Text("key index not supported", "密钥索引不支持"),
    0x9406: Text("requested MAC not available", "所需MAC不可用"),
    0x9407: Text("file full (maker's)", "文件已满(厂商)"),
    0x9804: Text("access conditions not satisfied, PIN wrong (maker's)", "不满足访问条件,PIN错误(厂商)"),
}

_CLASSES = {
    0x62: Text("warning, state unchanged", "警告,状态未变"),
    0x63: Text("warning, state changed", "警告,状态已变"),
    0x64: Text("execution error, state unchanged", "执行错误,状态未变"),
    0x65: Text("execution error, state changed", "执行错误,状态已变"),
    0x66: Text("security-related issue", "安全相关错误"),
    0x67: Text("wrong length", "长度错误"),
    0x68: Text("function in CLA not supported", "CLA中的功能不支持"),
    0x69: Text("command not allowed", "命令不允许"),
    0x6A: Text("wrong parameters P1 P2", "参数P1 P2错误"),
    0x6B: Text("wrong parameters P1 P2", "参数P1 P2错误"),
    0x6D: Text("instruction not supported", "INS不支持或错误"),
    0x6E: Text("class not supported", "CLA不支持或错误"),
    0x6F: Text("no precise diagnosis", "无精确诊断"),
    0x91: Text("application status", "应用状态"),
    0x93: Text("purse status", "电子钱包状态"),
    0x94: Text("purse status", "电子钱包状态"),
}


def status(sw: int) -> Text:
    """What a status word says."""
    if sw in STATUS:
        return STATUS[sw]
    one, two = sw >> 8, sw & 0xFF
    if one == 0x61:
        return Text(f"normal ending, {two or 256} bytes to fetch", f"正常处理,还有{two or 256}字节可取")
    if one == 0x6C:
        return Text(f"wrong Le, {two or 256} bytes available", f"Le错误,实际长度{two or 256}字节")
    if sw & 0xFFF0 == 0x63C0:
        return Text(f"verification failed, {two & 15} tries left", f"验证失败,还可尝试{two & 15}次")
    return _CLASSES.get(one, Text("unknown status", "未知状态"))


# --- commands -----------------------------------------------------------------------------------------------------

# By class without its secure messaging and channel bits, and instruction.
COMMANDS = {
    (0x00, 0x20): Text("VERIFY", "验证(VERIFY)"),
    (0x00, 0x82): Text("EXTERNAL AUTHENTICATE", "外部认证(EXTERNAL AUTHENTICATE)"),
    (0x00, 0x84): Text("GET CHALLENGE", "取随机数(GET CHALLENGE)"),
    (0x00, 0x88): Text("INTERNAL AUTHENTICATE", "内部认证(INTERNAL AUTHENTICATE)"),
    (0x00, 0xA4): Text("SELECT", "选择(SELECT)"),
    (0x00, 0xB0): Text("READ BINARY", "读二进制(READ BINARY)"),
    (0x00, 0xB2): Text("READ RECORD", "读记录(READ RECORD)"),
    (0x00, 0xC0): Text("GET RESPONSE", "取响应数据(GET RESPONSE)"),
    (0x00, 0xD6): Text("UPDATE BINARY", "修改二进制(UPDATE BINARY)"),
    (0x00, 0xDA): Text("PUT DATA", "存数据(PUT DATA)"),
    (0x00, 0xDC): Text("UPDATE RECORD", "修改记录(UPDATE RECORD)"),
    (0x00, 0xE2): Text("APPEND RECORD", "追加记录(APPEND RECORD)"),
    (0x80, 0x16): Text("CARD BLOCK", "卡片锁定(CARD BLOCK)"),
    (0x80, 0x18): Text("APPLICATION UNBLOCK", "应用解锁(APPLICATION UNBLOCK)"),
    (0x80, 0x1E): Text("APPLICATION BLOCK", "应用锁定(APPLICATION BLOCK)"),
    (0x80, 0x24): Text("PIN CHANGE/UNBLOCK", "PIN修改/解锁(PIN CHANGE/UNBLOCK)"),
    (0x80, 0x2C): Text("PIN UNBLOCK", "PIN解锁(PIN UNBLOCK)"),
    (0x80, 0x50): Text("INITIALIZE", "交易初始化(INITIALIZE)"),
    (0x80, 0x52): Text("CREDIT FOR LOAD", "圈存(CREDIT FOR LOAD)"),
    (0x80, 0x54): Text("DEBIT FOR PURCHASE / UNLOAD", "消费/圈提(DEBIT)"),
    (0x80, 0x58): Text("UPDATE OVERDRAW LIMIT", "修改透支限额(UPDATE OVERDRAW LIMIT)"),
    (0x80, 0x5A): Text("GET TRANSACTION PROVE", "取交易认证(GET TRANSACTION PROVE)"),
    (0x80, 0x5C): Text("GET BALANCE", "读余额(GET BALANCE)"),
    (0x80, 0x5E): Text("RELOAD / CHANGE PIN", "重装/修改个人密码(RELOAD/CHANGE PIN)"),
    (0x80, 0xA8): Text("GET PROCESSING OPTIONS", "取处理选项(GET PROCESSING OPTIONS)"),
    (0x80, 0xAE): Text("GENERATE AC", "生成应用密文(GENERATE AC)"),
    (0x80, 0xB4): Text("READ CAPP DATA", "读扩展应用数据(READ CAPP DATA)"),
    (0x80, 0xCA): Text("GET DATA", "取数据(GET DATA)"),
    (0x80, 0xDC): Text("UPDATE CAPP DATA CACHE", "更新复合应用数据缓存(UPDATE CAPP DATA CACHE)"),
    (0x80, 0xDE): Text("UPDATE CAPP DATA CACHE", "更新复合应用数据缓存(UPDATE CAPP DATA CACHE)"),
}  # fmt: skip


def command(cla: int, ins: int) -> Text | None:
    """The name of a command, or None."""
    return COMMANDS.get((cla & 0x80, ins)) or (COMMANDS.get((0x00, ins)) if cla & 0x80 else None)


# --- code lists of single data objects ----------------------------------------------------------------------------

ARC = {
    "00": Text("approved", "批准"),
    "01": Text("refer to card issuer", "请联系发卡行"),
    "02": Text("refer to card issuer, special condition", "请联系发卡行(特殊情况)"),
    "03": Text("invalid merchant", "商户无效"),
    "04": Text("capture card", "没收卡"),
    "05": Text("do not honour", "身份认证失败/不予承兑"),
    "08": Text("approved with identification", "凭身份证明批准"),
    "10": Text("approved for a partial amount", "部分金额批准"),
    "11": Text("approved, VIP", "批准(VIP)"),
    "12": Text("invalid transaction", "无效交易"),
    "13": Text("invalid amount", "无效金额"),
    "14": Text("invalid card number", "无效卡号"),
    "16": Text("approved, update track 3", "批准,更新第三磁道"),
    "30": Text("format error", "报文格式错误"),
    "38": Text("PIN tries exceeded, capture card", "密码错误次数超限,没收卡"),
    "41": Text("lost card", "挂失卡"),
    "43": Text("stolen card", "被窃卡"),
    "51": Text("insufficient funds", "资金不足"),
    "54": Text("expired card", "过期的卡"),
    "55": Text("incorrect PIN", "不正确的PIN"),
    "57": Text("transaction not permitted to cardholder", "不允许持卡人进行的交易"),
    "58": Text("transaction not permitted to terminal", "不允许终端进行的交易"),
    "61": Text("exceeds amount limit", "超出金额限制"),
    "65": Text("exceeds frequency limit", "超出取款次数限制"),
    "75": Text("PIN tries exceeded", "允许的输入PIN次数超限"),
    "91": Text("issuer unavailable", "发卡行不能操作"),
    "96": Text("system malfunction", "系统异常、失效"),
    "A0": Text("MAC verification failed", "MAC鉴别失败"),
    "Y1": Text("offline approved", "脱机批准"),
    "Z1": Text("offline declined", "脱机拒绝"),
    "Y2": Text("approved after card-initiated referral", "卡片发起的参考后批准"),
    "Z2": Text("declined after card-initiated referral", "卡片发起的参考后拒绝"),
    "Y3": Text("unable to go online, offline approved", "不能联机,脱机批准"),
    "Z3": Text("unable to go online, offline declined", "不能联机,脱机拒绝"),
}

OPERATORS = {
    "1": Text("financial institution", "金融机构"),
    "2": Text("merchant", "商户"),
    "3": Text("cardholder", "持卡人"),
}
ENVIRONMENTS = {
    "1": Text("attended, online only", "有人值守,仅联机"),
    "2": Text("attended, offline with online capability", "有人值守,可脱机可联机"),
    "3": Text("attended, offline only", "有人值守,仅脱机"),
    "4": Text("unattended, online only", "无人值守,仅联机"),
    "5": Text("unattended, offline with online capability", "无人值守,可脱机可联机"),
    "6": Text("unattended, offline only", "无人值守,仅脱机"),
}

TRANSACTION_TYPES = {
    0x00: Text("purchase", "消费"),
    0x01: Text("cash", "取现"),
    0x09: Text("purchase with cashback", "消费返现"),
    0x17: Text("cash load cancellation", "现金充值撤销"),
    0x20: Text("refund", "退货"),
    0x31: Text("balance inquiry", "余额查询"),
    0x60: Text("load from the linked account", "指定账户圈存"),
    0x62: Text("load from another account", "非指定账户圈存"),
    0x63: Text("load with cash", "现金充值"),
}

ENTRY_MODES = {
    0x01: Text("manual", "手工输入"),
    0x02: Text("magnetic stripe", "磁条"),
    0x05: Text("IC card, contact", "接触式IC卡"),
    0x07: Text("IC card, contactless", "非接触式IC卡"),
    0x80: Text("fallback to magnetic stripe", "降级磁条"),
    0x90: Text("magnetic stripe, full track", "磁条(全磁道)"),
    0x98: Text("IC card, contactless debit/credit", "非接触借记/贷记"),
}

DOCUMENT_TYPES = {
    0: Text("identity card", "身份证"),
    1: Text("officer's card", "军官证"),
    2: Text("passport", "护照"),
    3: Text("entry permit", "入境证"),
    4: Text("temporary identity card", "临时身份证"),
    5: Text("other", "其他"),
}

CVM_RESULTS = {
    0: Text("unknown (signature, online PIN)", "未知(签名、联机PIN)"),
    1: Text("failed", "失败"),
    2: Text("successful", "成功"),
}

ACCOUNT_TYPES = {
    0x00: Text("default", "缺省"),
    0x10: Text("savings", "储蓄"),
    0x20: Text("cheque/debit", "支票/借记"),
    0x30: Text("credit", "贷记"),
}

CODE_TABLES = {number: same(f"ISO/IEC 8859-{number}") for number in range(1, 17)}

# First digit of the service code of track 2 (ISO/IEC 7813).
SERVICE_AREA = {
    "1": Text("international", "国际"),
    "2": Text("international, use the chip", "国际,优先使用芯片"),
    "5": Text("national", "国内"),
    "6": Text("national, use the chip", "国内,优先使用芯片"),
    "7": Text("private", "专用"),
    "9": Text("test", "测试"),
}
SERVICE_AUTHORISATION = {
    "0": Text("normal authorisation", "正常授权"),
    "2": Text("authorisation by the issuer only", "仅由发卡行授权"),
    "4": Text("by the issuer unless agreed otherwise", "由发卡行授权,除非另有协议"),
}
SERVICE_ALLOWED = {
    "0": Text("no restrictions, PIN required", "无限制,需要PIN"),
    "1": Text("no restrictions", "无限制"),
    "2": Text("goods and services only", "仅限商品和服务"),
    "3": Text("ATM only, PIN required", "仅限ATM,需要PIN"),
    "4": Text("cash only", "仅限取现"),
    "5": Text("goods and services only, PIN required", "仅限商品和服务,需要PIN"),
    "6": Text("no restrictions, PIN if there is a PIN pad", "无限制,有密码键盘时需要PIN"),
    "7": Text("goods and services, PIN if there is a PIN pad", "仅限商品和服务,有密码键盘时需要PIN"),
}

# Algorithm identifier of the issuer application data (PBOC); the value for SM4 is not settled.
CRYPTOGRAM_ALGORITHMS = {1: Text("3DES", "3DES"), 2: Text("SSF33 (old texts)", "SSF33(旧)"), 4: Text("SM4", "SM4")}
