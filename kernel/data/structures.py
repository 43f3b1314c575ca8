"""Structures: data objects that have parts, taken apart for people.

Each function gives the summary and the lines of one kind of value. A value of the wrong shape raises `MalformedData`,
which `describe.py` turns into a fault of the description: decisions about cards are made in the steps, not here.
"""

from collections.abc import Iterable
from typing import TypeAlias

from jinka.kernel.data import dol, formats, meanings
from jinka.kernel.data.bits import Bits
from jinka.kernel.data.dictionary import Dictionary
from jinka.kernel.data.fields import CONDITION_NAMES, METHOD_NAMES, REASONS, Cid, Condition, Cryptogram, Method
from jinka.kernel.data.lines import Line, bit_lines, bit_summary
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.data.qualifiers import Ctq
from jinka.kernel.data.tlv import tag_bytes
from jinka.kernel.errors import MalformedData

Parts: TypeAlias = tuple[Text, list[Line]]

UNKNOWN = Text("unknown", "未知")
RESERVED = Text("reserved", "保留")


def flags(kind: type[Bits], raw: bytes) -> Parts:
    """Any flag type."""
    need(raw, kind.size)
    lines = bit_lines(kind, raw)
    return bit_summary(lines), lines


def afl(raw: bytes) -> Parts:
    """Application file locator: SFI, first and last record, records for offline data authentication."""
    if not raw or len(raw) % 4:
        raise MalformedData(f"{len(raw)} bytes are no entries of 4", clause="emv-b3/10.2")
    lines, texts = [], []
    for at in range(0, len(raw), 4):
        sfi, first, last, signed = raw[at] >> 3, raw[at + 1], raw[at + 2], raw[at + 3]
        texts.append(f"{sfi}.{first}" if first == last else f"{sfi}.{first}-{last}")
        lines += [
            Line(at, 1, Text("SFI", "短文件标识符"), same(str(sfi)), "8-4"),
            Line(at + 1, 1, Text("first record", "首记录号"), same(str(first))),
            Line(at + 2, 1, Text("last record", "末记录号"), same(str(last))),
            Line(at + 3, 1, Text("records authenticated offline", "参与脱机数据认证的记录数"), same(str(signed))),
        ]
    return Text("records " + ", ".join(texts), "记录 " + "、".join(texts)), lines


def method(code: int) -> Text:
    """A cardholder verification method, bits 6-1 of a rule."""
    code &= 0x3F
    if code in METHOD_NAMES:
        return Text(*METHOD_NAMES[Method(code)])
    if 0x06 <= code <= 0x0D:
        return Text("biometric (EMV 4.4)", "生物特征(EMV 4.4)")
    return Text(f"unknown method {code:02X}", f"未知方法{code:02X}")


def condition(code: int) -> Text:
    """A condition code of a rule."""
    if code in CONDITION_NAMES:
        return Text(*CONDITION_NAMES[Condition(code)])
    return Text(f"unknown condition {code:02X}", f"未知条件{code:02X}")


def cvm_list(raw: bytes) -> Parts:
    """CVM list: amounts X and Y in minor units of the application currency, then rules of two bytes."""
    if len(raw) < 8 or len(raw) % 2:
        raise MalformedData(f"{len(raw)} bytes are not X, Y and rules of 2", clause="emv-b3/10.5")
    lines = [
        Line(0, 4, Text("amount X", "金额X"), same(str(int.from_bytes(raw[:4], "big")))),
        Line(4, 4, Text("amount Y", "金额Y"), same(str(int.from_bytes(raw[4:8], "big")))),
    ]
    names = []
    for at in range(8, len(raw), 2):
        what, when = method(raw[at]), condition(raw[at + 1])
        then = Text("then next rule", "失败则下一条") if raw[at] & 0x40 else Text("else fail", "失败则CVM失败")
        lines.append(
            Line(at, 2, Text(f"rule {at // 2 - 3}", f"规则{at // 2 - 3}"),
                 Text(f"{what.en}, {when.en}, {then.en}", f"{what.zh},{when.zh},{then.zh}"))
        )  # fmt: skip
        names.append(what)
    return _joined(names), lines


def cvm_results(raw: bytes) -> Parts:
    """CVM results: method, condition, result."""
    need(raw, 3)
    what, when = method(raw[0]), condition(raw[1])
    result = meanings.CVM_RESULTS.get(raw[2], RESERVED)
    return Text(f"{what.en}: {result.en}", f"{what.zh}:{result.zh}"), [
        Line(0, 1, Text("method", "方法"), what),
        Line(1, 1, Text("condition", "条件"), when),
        Line(2, 1, Text("result", "结果"), result),
    ]


def dol_list(raw: bytes, dictionary: Dictionary) -> Parts:
    """Any data object list: the tags it wants, with their names."""
    lines, at = [], 0
    for tag, length in dol.parse(raw):
        size = len(tag_bytes(tag)) + 1
        lines.append(Line(at, size, named(tag, dictionary), octets(length)))
        at += size
    wanted = dol.total(dol.parse(raw))
    return Text(f"{len(lines)} objects, {wanted} bytes", f"{len(lines)}个数据对象,共{wanted}字节"), lines


def tag_list(raw: bytes, dictionary: Dictionary) -> Parts:
    """A list of tags without lengths, such as 9F4A."""
    lines, at = [], 0
    while at < len(raw):
        end = at + 1
        if raw[at] & 0x1F == 0x1F:
            while end < len(raw) and raw[end] & 0x80:
                end += 1
            end += 1
        if end > len(raw):
            raise MalformedData(f"tag cut off at offset {at}", clause="emv-b3/annex-b")
        lines.append(Line(at, end - at, named(int.from_bytes(raw[at:end], "big"), dictionary), same("")))
        at = end
    return _joined([line.name for line in lines]), lines


def octets(count: int) -> Text:
    """A number of bytes in words."""
    return Text(f"{count} byte" if count == 1 else f"{count} bytes", f"{count}字节")


def named(tag: int, dictionary: Dictionary) -> Text:
    """A tag with its name: '9F02 Amount, authorised (numeric)'."""
    info = dictionary.get(tag)
    words = Text(info.name, info.zh) if info else UNKNOWN
    return Text(f"{tag:02X} {words.en}", f"{tag:02X} {words.zh}")


CRYPTOGRAMS = {
    Cryptogram.AAC: Text("AAC (declined)", "AAC(拒绝)"),
    Cryptogram.TC: Text("TC (approved)", "TC(批准)"),
    Cryptogram.ARQC: Text("ARQC (online)", "ARQC(联机)"),
    Cryptogram.RFU: RESERVED,
}


def cid(raw: bytes) -> Parts:
    """Cryptogram information data."""
    need(raw, 1)
    read = Cid.parse(raw[0])
    kind = CRYPTOGRAMS[read.type]
    return kind, [
        Line(0, 1, Text("cryptogram type", "密文类型"), kind, "8-7"),
        Line(0, 1, Text("advice required", "需要通知"), _yes(read.advice), "4", read.advice),
        Line(0, 1, Text("reason", "原因"), Text(*REASONS.get(read.reason, RESERVED)), "3-1"),
    ]


_CVR_BITS = (
    (1, "4", Text("issuer authentication performed and failed", "发卡行认证执行但失败")),
    (1, "3", Text("offline PIN verification performed", "脱机PIN验证已执行")),
    (1, "2", Text("offline PIN verification failed", "脱机PIN验证失败")),
    (1, "1", Text("unable to go online", "不能联机")),
    (2, "8", Text("last online transaction not completed", "上次联机交易未完成")),
    (2, "7", Text("PIN try limit exceeded", "PIN重试次数超限")),
    (2, "6", Text("velocity limit exceeded", "频度检查超限")),
    (2, "5", Text("new card", "新卡")),
    (2, "4", Text("issuer authentication failed on last online transaction", "上次联机交易发卡行认证失败")),
    (2, "3", Text("issuer authentication not performed after online authorisation", "联机授权后未执行发卡行认证")),
    (2, "2", Text("application blocked because PIN tries exceeded", "由于PIN重试次数超限应用被锁定")),
    (2, "1", Text("SDA failed on last transaction, declined offline", "上次交易SDA失败且脱机拒绝")),
    (3, "4", Text("script failed on last transaction", "上次交易发卡行脚本处理失败")),
    (3, "3", Text("DDA failed on last transaction, declined offline", "上次交易DDA失败且脱机拒绝")),
    (3, "2", Text("DDA performed", "DDA已执行")),
)


def cvr(raw: bytes, offset: int = 0) -> Parts:
    """Card verification results of PBOC, 4 bytes, the first of them the length 03."""
    need(raw, 4)
    second = {0: CRYPTOGRAMS[Cryptogram.AAC], 1: CRYPTOGRAMS[Cryptogram.TC], 2: Text("not requested", "未请求")}
    first = {0: CRYPTOGRAMS[Cryptogram.AAC], 1: CRYPTOGRAMS[Cryptogram.TC], 2: CRYPTOGRAMS[Cryptogram.ARQC]}
    one, two = first.get(raw[1] >> 4 & 3, RESERVED), second.get(raw[1] >> 6, RESERVED)
    lines = [
        Line(offset, 1, Text("length", "长度"), same(str(raw[0]))),
        Line(offset + 1, 1, Text("second GENERATE AC", "第二次GENERATE AC"), two, "8-7"),
        Line(offset + 1, 1, Text("first GENERATE AC", "第一次GENERATE AC"), one, "6-5"),
    ]
    for byte, number, name in _CVR_BITS:
        on = bool(raw[byte] >> int(number) - 1 & 1)
        lines.append(Line(offset + byte, 1, name, _yes(on), number, on))
    scripts = Text("script commands processed", "已处理的发卡行脚本命令数")
    lines.insert(len(lines) - 3, Line(offset + 3, 1, scripts, same(str(raw[3] >> 4)), "8-5"))
    return Text(f"first {one.en}, second {two.en}", f"第一次{one.zh},第二次{two.zh}"), lines


_BALANCE = Text("electronic cash balance", "电子现金余额")
_SPENT = Text("cumulative offline amount", "累计脱机交易金额")
_SPENT_LIMIT = Text("cumulative offline limit", "累计脱机交易金额限制")
_AVAILABLE = Text("available offline amount", "可用脱机消费金额")
# By the identifier that leads the issuer discretionary data: amounts of 5 bytes BCD, then a MAC for the issuer.
_DISCRETIONARY = {1: (_BALANCE,), 2: (_SPENT,), 3: (_BALANCE, _SPENT), 4: (_SPENT, _SPENT_LIMIT), 5: (_AVAILABLE,)}


def iad(raw: bytes) -> Parts:
    """Issuer application data of PBOC: key index, cryptogram version, CVR, algorithm, issuer discretionary data."""
    if len(raw) < 8 or raw[0] != 7 or raw[3] != 3:
        raise MalformedData("not the layout of PBOC", clause="jrt0025-5/9f10")
    summary, checks = cvr(raw[3:7], 3)
    lines = [
        Line(0, 1, Text("length", "长度"), same(str(raw[0]))),
        Line(1, 1, Text("derivation key index", "分散密钥索引"), same(str(raw[1]))),
        Line(2, 1, Text("cryptogram version", "密文版本号"), same(f"{raw[2]} ({raw[2]:02X})")),
        *checks,
        Line(7, 1, Text("algorithm", "算法标识"), meanings.CRYPTOGRAM_ALGORITHMS.get(raw[7], UNKNOWN)),
    ]
    if len(raw) > 8:
        lines.append(Line(8, 1, Text("length of the discretionary data", "自定义数据长度"), same(str(raw[8]))))
        if len(raw) != 9 + raw[8]:
            raise MalformedData(f"discretionary data of {octets(len(raw) - 9).en} where {raw[8]} are announced")
        lines += _discretionary(raw[9:])
    return summary, lines


def _discretionary(raw: bytes) -> list[Line]:
    if not raw:
        return []
    lines, at = [Line(9, 1, Text("discretionary data identifier", "自定义数据标识"), same(f"{raw[0]:02X}"))], 1
    for name in _DISCRETIONARY.get(raw[0], ()):
        part = raw[at : at + 5]
        if len(part) == 5 and part.hex().isdigit():
            lines.append(Line(9 + at, 5, name, same(money(int(part.hex())))))
            at += 5
    if rest := raw[at:]:
        name = Text("MAC", "MAC") if len(rest) == 4 else Text("other data", "其他数据")
        lines.append(Line(9 + at, len(rest), name, same(rest.hex().upper())))
    return lines


def track2(raw: bytes) -> Parts:
    """Track 2 equivalent data, the PAN cut down to first six and last four digits."""
    text = raw.hex().upper().rstrip("F")
    pan, mark, rest = text.partition("D")
    if not mark or not pan.isdigit() or len(rest) < 7:
        raise MalformedData("no PAN, separator D, expiry and service code", clause="iso7813")
    shown, at, code = formats.truncated_pan(pan), len(pan) + 1, rest[4:7]
    return same(f"{shown} {rest[2:4]}/{rest[:2]} {code}"), [
        Line(*_half_bytes(0, len(pan)), Text("PAN", "主账号"), same(shown)),
        Line(*_half_bytes(at, 4), Text("expiry", "失效日期"), same(f"{rest[2:4]}/{rest[:2]}")),
        Line(*_half_bytes(at + 4, 3), Text("service code", "服务码"), service(code)),
        Line(*_half_bytes(at + 7, len(rest) - 7), Text("discretionary data", "自定义数据"), same("*" * len(rest[7:]))),
    ]  # fmt: skip


def service(code: str) -> Text:
    """The three digits of a service code."""
    area = meanings.SERVICE_AREA.get(code[0], UNKNOWN)
    who = meanings.SERVICE_AUTHORISATION.get(code[1], UNKNOWN)
    what = meanings.SERVICE_ALLOWED.get(code[2], UNKNOWN)
    return Text(f"{code}: {area.en}; {who.en}; {what.en}", f"{code}:{area.zh};{who.zh};{what.zh}")


def _half_bytes(start: int, count: int) -> tuple[int, int]:
    """Offset and length of the bytes that hold some half bytes."""
    return start // 2, (start + count + 1) // 2 - start // 2


def script_results(raw: bytes) -> Parts:
    """Script results, 5 bytes per template: result, number of the failed command, script identifier."""
    if not raw or len(raw) % 5:
        raise MalformedData(f"{len(raw)} bytes are no results of 5", clause="emv-b4/12.2.4")
    states = {0: Text("not performed", "未执行"), 1: Text("failed", "失败"), 2: Text("successful", "成功")}
    lines = []
    for at in range(0, len(raw), 5):
        state, number = states.get(raw[at] >> 4, RESERVED), raw[at] & 15
        lines += [
            Line(at, 1, Text("result", "结果"), state, "8-5"),
            Line(at, 1, Text("failed command", "失败的命令序号"), same("15+" if number == 15 else str(number)), "4-1"),
            Line(at + 1, 4, Text("script identifier", "脚本标识"), same(raw[at + 1 : at + 5].hex().upper())),
        ]
    return _joined([line.value for line in lines[::3]]), lines


def terminal_type(raw: bytes) -> Parts:
    """Terminal type: who operates it, and in which environment."""
    need(raw, 1)
    text = raw.hex()
    who, where = meanings.OPERATORS.get(text[0], UNKNOWN), meanings.ENVIRONMENTS.get(text[1], UNKNOWN)
    return Text(f"{text}: {who.en}, {where.en}", f"{text}:{who.zh},{where.zh}"), [
        Line(0, 1, Text("operated by", "操作方"), who, "8-5"),
        Line(0, 1, Text("environment", "环境"), where, "4-1"),
    ]


def priority(raw: bytes) -> Parts:
    """Application priority indicator."""
    need(raw, 1)
    order, asks = raw[0] & 15, bool(raw[0] & 0x80)
    rank = same(str(order)) if order else Text("none", "无")
    return rank, [
        Line(0, 1, Text("confirmation by the cardholder required", "需要持卡人确认"), _yes(asks), "8", asks),
        Line(0, 1, Text("priority (1 is highest)", "优先级(1最高)"), rank, "4-1"),
    ]


def log_entry(raw: bytes) -> Parts:
    """Where a log is kept: SFI and number of records."""
    need(raw, 2)
    return Text(f"SFI {raw[0]}, {raw[1]} records", f"SFI {raw[0]},{raw[1]}条记录"), [
        Line(0, 1, Text("SFI", "短文件标识符"), same(str(raw[0]))),
        Line(1, 1, Text("records", "记录数"), same(str(raw[1]))),
    ]


def response_code(raw: bytes) -> tuple[str, Text]:
    """An authorisation response code as it is shown, in hexadecimal when it is no text; what it means."""
    code = raw.decode("ascii", "replace")
    shown = code if code.isascii() and code.isprintable() else raw.hex().upper()
    return shown, meanings.ARC.get(code, UNKNOWN)


def issuer_authentication(raw: bytes) -> Parts:
    """Issuer authentication data of PBOC: ARPC and the response code it was made with."""
    if len(raw) < 10:
        raise MalformedData(f"{len(raw)} bytes are not an ARPC of 8 and a response code of 2", clause="jrt0025-5/91")
    code, words = response_code(raw[8:10])
    return same(code), [
        Line(0, 8, Text("ARPC", "授权响应密文(ARPC)"), same(raw[:8].hex().upper())),
        Line(8, 2, Text("response code", "授权响应码"), words),
        *([Line(10, len(raw) - 10, Text("other data", "其他数据"), same(raw[10:].hex().upper()))] if raw[10:] else []),
    ]


def fdda_data(raw: bytes) -> Parts:
    """Card authentication related data of fDDA: version, the card's unpredictable number, CTQ."""
    if len(raw) < 7:
        raise MalformedData(f"{len(raw)} bytes are not a version, a number of 4 and a CTQ of 2")
    lines = [
        Line(0, 1, Text("fDDA version", "fDDA版本"), same(f"{raw[0]:02X}")),
        Line(1, 4, Text("card unpredictable number", "卡片不可预知数"), same(raw[1:5].hex().upper())),
        *bit_lines(Ctq, raw[5:7], 5),
    ]
    return Text(f"fDDA version {raw[0]:02X}", f"fDDA版本{raw[0]:02X}"), lines


def money(amount: int) -> str:
    """Minor units as a person writes them; a value does not say its currency, so with two decimals."""
    whole, part = divmod(amount, 100)
    return f"{whole}.{part:02d}"


def need(raw: bytes, size: int) -> None:
    """Raises `MalformedData` unless the value has that many bytes."""
    if len(raw) != size:
        raise MalformedData(f"{octets(size).en} expected, not {len(raw)}")


def _yes(state: bool) -> Text:
    return Text("yes", "是") if state else Text("no", "否")


def _joined(names: Iterable[Text]) -> Text:
    held = list(names)
    return Text("; ".join(one.en for one in held) or "empty", ";".join(one.zh for one in held) or "空")
