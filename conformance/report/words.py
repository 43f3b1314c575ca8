"""Words: findings and settings as a person reads them, in English and Chinese."""

import re
from typing import Any, Final

from jinka.kernel.data import meanings, structures
from jinka.kernel.data.bits import Bits
from jinka.kernel.data.describe import describe
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.data.lines import bit_lines, bit_summary, english
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.faces.exchange import object_part
from jinka.kernel.faces.words import VERDICTS

# What a finding is about; groups of the pattern go into the Chinese.
_ABOUT: Final = tuple(
    (re.compile(pattern), zh)
    for pattern, zh in (
        ("verdict", "交易结果"), ("response code", "应答码"), ("TVR in the last GENERATE AC", "最后一次GENERATE AC中的TVR"),
        ("TVR bits of the end", "交易结束时的TVR位"), ("CVM results", "持卡人验证结果"), ("signature wanted", "需签名"),
        ("script results", "脚本结果"), ("P1 of GENERATE AC", "GENERATE AC的P1"), ("number of commands (.+)", "命令{}的条数"),
        ("command (..) number (.+?), data", "第{1}条{0}命令,数据"), ("command (..) number (.+?), (.+)", "第{1}条{0}命令,{2}"),
        ("command (..) number (.+)", "第{1}条{0}命令"), ("message (.+)", "消息{}"), ("tag (.+)", "数据对象{}"),
        ("prompts", "提示"), ("records", "登记"), ("a financial record is kept", "保存金融交易记录"),
        ("a reversal is owed", "待冲正"), ("commands", "命令条数"), ("GENERATE ACs", "GENERATE AC条数"),
        ("EXTERNAL AUTHENTICATEs", "EXTERNAL AUTHENTICATE条数"), ("terminal's own response code", "终端自己的应答码"),
        ("the run", "测试执行"),
    )
)  # fmt: skip
_CRYPTOGRAMS: Final = {0x00: "AAC", 0x40: "TC", 0x80: "ARQC", 0xC0: "RFU"}
# A plain PIN block, whoever wrote it into a finding.
_PIN_BLOCK: Final = re.compile(r"\b2[4-9A-Ca-c][0-9]{4,12}[Ff]{2,10}\b")


def masked(text: str) -> str:
    """A text of the suite or of a subject, without a PIN block."""
    return _PIN_BLOCK.sub(lambda found: "*" * 16 if len(found[0]) == 16 else found[0], text)


def about(what: str) -> Text:
    """The name of a finding."""
    run = re.match(r"run (\d+): (.+)", what)
    if run:
        inner = about(run[2])
        return Text(what, f"第{run[1]}笔:{inner.zh}")
    for pattern, zh in _ABOUT:
        found = pattern.fullmatch(what)
        if found:
            return Text(what, zh.format(*found.groups()))
    return same(what)


def meaning(what: str, value: str) -> Text | None:
    """What a wanted or seen value says, where its digits alone do not."""
    about_what = what.rpartition(": ")[2]
    if about_what == "verdict":
        held = {verdict.value: text for verdict, text in VERDICTS.items()}
        texts = [held.get(word, same(word)) for word in value.split(" or ")]
        return Text(value, "或".join(text.zh for text in texts))
    if about_what == "response code" and value in meanings.ARC:
        return meanings.ARC[value]
    if about_what == "P1 of GENERATE AC" and re.fullmatch(r"[0-9A-F]{2}( [0-9A-F]{2})*", value):
        words = [int(word, 16) for word in value.split()]
        return same(", ".join(_CRYPTOGRAMS[word & 0xC0] + (" + CDA" if word & 0x10 else "") for word in words))
    if about_what == "CVM results" and re.fullmatch(r"[0-9A-F]{6}", value):
        return structures.cvm_results(bytes.fromhex(value))[0]
    return None


def bits(what: str, wanted: str, seen: str) -> list[tuple[str, str, Text]]:
    """The bits in which two values of TVR or TSI differ: "-" for one that is missing, "+" for one too many, its place,
    its name."""
    kind: type[Bits] | None = Tvr if "TVR" in what else Tsi if "TSI" in what else None
    if kind is None:
        return []
    one, other = _value(kind, wanted), _value(kind, seen)
    if one is None or other is None:
        return []
    found = []
    for name, bit in kind.members.items():
        place = int(bit.value)
        if (one ^ other) & place:
            found.append(("-" if one & place else "+", f"{bit.byte}.{bit.number}", Text(english(name), bit.text)))
    return sorted(found, key=lambda entry: (entry[1][0], -int(entry[1][-1])))


def register(what: str, value: str) -> tuple[str, Text] | None:
    """A TVR or TSI as the judge writes it, as digits and the names of its bits."""
    kind: type[Bits] | None = Tvr if "TVR" in what else Tsi if "TSI" in what else None
    number = None if kind is None else _value(kind, value)
    if kind is None or number is None:
        return None
    raw = number.to_bytes(kind.size, "big")
    return raw.hex().upper(), bit_summary(bit_lines(kind, raw))


def _value(kind: type[Bits], text: str) -> int | None:
    """The number of "0000800000 CVM_FAILED" or of the names alone."""
    word = text.partition(" ")[0]
    if re.fullmatch(rf"[0-9A-F]{{{2 * kind.size}}}", word):
        return int(word, 16)
    names = [name for name in text.split("|") if name and name != "0"]
    if any(name not in kind.members for name in names):
        return None
    return sum(int(kind.members[name].value) for name in names)


def counted(key: str) -> str:
    """A setting's name as it sorts: records by their numbers, the tenth behind the second."""
    return re.sub(r"\d+", lambda number: number[0].zfill(3), key) if "record." in key else key


def setting(key: str, value: Any) -> tuple[Text, str, list[Text]]:
    """What a case changes: a name, the value as written (redacted) and what it means."""
    shown = masked(value if isinstance(value, str) else _plain(value))
    if not re.fullmatch(r"(?:[0-9A-F]{2}){1,3}", key) or not isinstance(value, str):
        return same(key), shown, []
    try:
        raw = bytes.fromhex(value)
    except ValueError:
        return same(f"{key} {describe(int(key, 16), b'').name.en}"), shown, []
    part = object_part(int(key, 16), raw, 0, 0)
    name = Text(f"{key} {part.name.en}", f"{key} {part.name.zh}")
    # An amount or a bit field is better told line by line, a list of tags is not.
    lines = [line for line in part.lines if line.on is not False][:12]
    told = [Text(f"{line.name.en}: {line.value.en}", f"{line.name.zh}:{line.value.zh}") if line.on is None else line.name
            for line in lines]  # fmt: skip
    if not told and part.summary.en != part.value:
        told = [part.summary]
    return name, part.value if "*" in part.value else shown, [*told, *part.faults]


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return ", ".join(f"{key} = {_plain(held)}" for key, held in value.items())
        case list() | tuple():
            return ", ".join(_plain(held) for held in value) or "none"
    return str(value)
