"""Describe: the human meaning of any data object, in English and Chinese.

`describe(0x95, raw)` gives a `Description`: a summary and lines that point at bytes and bits. It never raises on a bad
value; what is wrong stands in `faults`. A PAN is shown as first six and last four digits, a PIN not at all.
"""

from collections.abc import Callable, Mapping
from functools import partial

from jinka.kernel.data import codes, fields, formats, meanings, pboc, structures, tags
from jinka.kernel.data.bits import Bits
from jinka.kernel.data.dictionary import Dictionary, Info
from jinka.kernel.data.formats import Format
from jinka.kernel.data.lines import Description, Line
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.data.qualifiers import Ctq, Ttq
from jinka.kernel.data.structures import Parts, need
from jinka.kernel.errors import MalformedData, MisuseError

__all__ = ["BITS", "SENSITIVE", "Description", "Line", "Text", "describe", "describe_bits"]

# Cardholder data: a log, report or receipt must not show these whole.
SENSITIVE = frozenset({
    tags.PAN, tags.TRACK2, tags.TRACK1_DISCRETIONARY, tags.TRACK2_DISCRETIONARY, tags.CARDHOLDER_NAME,
    tags.CARDHOLDER_NAME_EXTENDED, tags.PIN_DATA, pboc.DOCUMENT_NUMBER,
})  # fmt: skip

# Flag types by the names people use for them.
BITS: dict[str, type[Bits]] = {
    "AIP": fields.Aip, "82": fields.Aip,
    "AUC": fields.Auc, "9F07": fields.Auc,
    "TVR": fields.Tvr, "95": fields.Tvr, "TAC": fields.Tvr, "IAC": fields.Tvr,
    "9F0D": fields.Tvr, "9F0E": fields.Tvr, "9F0F": fields.Tvr,
    "TSI": fields.Tsi, "9B": fields.Tsi,
    "TERMINAL CAPABILITIES": fields.TerminalCapabilities, "9F33": fields.TerminalCapabilities,
    "ADDITIONAL TERMINAL CAPABILITIES": fields.AdditionalCapabilities, "9F40": fields.AdditionalCapabilities,
    "TTQ": Ttq, "9F66": Ttq,
    "CTQ": Ctq, "9F6C": Ctq,
}  # fmt: skip


def describe(tag: int, raw: bytes, dictionary: Dictionary = PBOC) -> Description:
    """What a data object means. Unknown tags and values of a wrong form are described as far as they can be."""
    info = dictionary.get(tag)
    name = Text(info.name, info.zh) if info else Text("unknown data object", "未知数据对象")
    faults = []
    if info and not info.least <= len(raw) <= info.most:
        wanted = str(info.least) if info.least == info.most else f"{info.least}-{info.most}"
        size = structures.octets(len(raw))
        faults.append(Text(f"{size.en} where {wanted} are allowed", f"长度{size.zh},应为{wanted}字节"))
    summary, lines = same(raw.hex().upper()), list[Line]()
    try:
        if not raw:
            summary = Text("empty", "空")
        elif tag in _LISTS and info:
            summary, lines = _LISTS[tag](raw, dictionary)
        elif tag in _PARTS and info:
            summary, lines = _PARTS[tag](raw)
        elif info:
            summary = _plain(info, raw)
    except MalformedData as fault:
        if not faults:
            faults.append(Text(fault.reason, f"格式错误:{fault.reason}"))
        if tag in SENSITIVE:
            summary = same("*" * len(raw))
    return Description(tag, name, raw, summary, tuple(lines), tuple(faults), tag in SENSITIVE)


def describe_bits(name: str, raw: bytes) -> Description:
    """The bits of a value named like "TVR", "9F33" or "CVR". Raises `MisuseError` for a name that is not known and
    `MalformedData` for a wrong length."""
    key = name.strip().upper()
    if key in BITS:
        summary, lines = structures.flags(BITS[key], raw)
    elif key == "CVR":
        summary, lines = structures.cvr(raw)
    elif key in ("CID", "9F27"):
        summary, lines = structures.cid(raw)
    else:
        known = ", ".join(sorted({*BITS, "CVR", "CID"}))
        raise MisuseError(f"no bits are known under {name!r}; known: {known}")
    tag = int(key, 16) if key[0].isdigit() else 0
    info = PBOC.get(tag)
    return Description(tag, Text(info.name, info.zh) if info else same(key), raw, summary, tuple(lines))


def _plain(info: Info, raw: bytes) -> Text:
    """A value without parts, by its format."""
    if info.format is Format.N:
        return same(str(formats.number(raw)))
    if info.format is Format.CN:
        return same(formats.digits(raw))
    if info.format in (Format.A, Format.AN, Format.ANS):
        return same(_characters(raw))
    return same(raw.hex().upper())


def _characters(raw: bytes) -> str:
    """Characters: ASCII, or the Chinese character set that terminals in China use for names."""
    for encoding in ("ascii", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.isprintable():
            return text
    raise MalformedData("characters that cannot be shown", clause="emv-b3/4.3")


def _only(summary: Callable[[bytes], Text]) -> Callable[[bytes], Parts]:
    return lambda raw: (summary(raw), [])


def _coded(table: dict[int, Text]) -> Callable[[bytes], Parts]:
    """A code in one byte."""

    def read(raw: bytes) -> Parts:
        need(raw, 1)
        words = table.get(raw[0], structures.UNKNOWN)
        return Text(f"{raw.hex().upper()}: {words.en}", f"{raw.hex().upper()}:{words.zh}"), []

    return read


def _date(raw: bytes) -> Text:
    return same(formats.day(raw).isoformat())


def _time(raw: bytes) -> Text:
    need(raw, 3)
    text = raw.hex()
    if not text.isdigit() or int(text[:2]) > 23 or int(text[2:4]) > 59 or int(text[4:]) > 59:
        raise MalformedData("not a time of day", clause="emv-b3/annex-a")
    return same(f"{text[:2]}:{text[2:4]}:{text[4:]}")


def _amount(raw: bytes) -> Text:
    return same(structures.money(formats.number(raw)))


def _binary_amount(raw: bytes) -> Text:
    return same(structures.money(int.from_bytes(raw, "big")))


def _count(raw: bytes) -> Text:
    return same(str(int.from_bytes(raw, "big")))


def _currency(raw: bytes) -> Text:
    return _known(formats.number(raw), codes.CURRENCIES)


def _country(raw: bytes) -> Text:
    return _known(formats.number(raw), codes.COUNTRIES)


def _known(number: int, table: Mapping[int, codes.Currency | codes.Country]) -> Text:
    held = table.get(number)
    lead = f"{number:03d}"
    return Text(f"{lead} {held.code} {held.name}", f"{lead} {held.code} {held.zh}") if held else same(lead)


def _currencies(raw: bytes) -> Text:
    if len(raw) % 2:
        raise MalformedData("currency codes have 2 bytes each")
    texts = [_currency(raw[at : at + 2]) for at in range(0, len(raw), 2)]
    return Text("; ".join(text.en for text in texts), ";".join(text.zh for text in texts))


def _pan(raw: bytes) -> Text:
    return same(formats.truncated_pan(formats.digits(raw)))


def _hidden(raw: bytes) -> Text:
    return same("*" * len(raw))


def _arc(raw: bytes) -> Text:
    shown, words = structures.response_code(raw)
    return Text(f"{shown}: {words.en}", f"{shown}:{words.zh}")


def _service_code(raw: bytes) -> Text:
    need(raw, 2)
    return structures.service(raw.hex()[1:])


def _aid(raw: bytes) -> Text:
    text = raw.decode("ascii", "replace")
    if raw[:1].isalnum() and text.isprintable() and text.isascii():
        return same(text)
    owner = _OWNERS.get(raw[:5].hex().upper(), "")
    return same(f"{raw.hex().upper()} {owner}".rstrip())


_OWNERS = {
    "A000000333": "UnionPay 银联", "A000000632": "China T-Union 交通联合", "A000000003": "Visa",
    "A000000004": "Mastercard", "A000000025": "American Express", "A000000065": "JCB", "A000000152": "Discover",
}  # fmt: skip
_SUPPORT = {0: Text("not supported", "不支持"), 1: Text("supported", "支持")}
_MANDATORY = {0x00: Text("issuer authentication optional", "发卡行认证可选"),
              0x80: Text("issuer authentication mandatory", "发卡行认证强制")}  # fmt: skip
_EXTENDED = {
    0: Text("normal payment", "普通支付"),
    1: Text("segment deduction", "分段扣费"),
    2: Text("offline pre-authorisation", "脱机预授权"),
}

_LISTS: dict[int, Callable[[bytes, Dictionary], Parts]] = {
    **dict.fromkeys((tags.PDOL, tags.CDOL1, tags.CDOL2, tags.TDOL, tags.DDOL, tags.LOG_FORMAT, pboc.LOAD_LOG_FORMAT),
                    structures.dol_list),
    tags.SDA_TAG_LIST: structures.tag_list,
}  # fmt: skip

_PARTS: dict[int, Callable[[bytes], Parts]] = {
    **{int(name, 16): partial(structures.flags, kind) for name, kind in BITS.items() if name[0].isdigit()},
    tags.AFL: structures.afl,
    tags.CVM_LIST: structures.cvm_list,
    tags.CVM_RESULTS: structures.cvm_results,
    tags.CID: structures.cid,
    tags.IAD: structures.iad,
    tags.TRACK2: structures.track2,
    tags.SCRIPT_RESULTS: structures.script_results,
    pboc.SCRIPT_RESULTS_HOST: structures.script_results,
    tags.TERMINAL_TYPE: structures.terminal_type,
    tags.PRIORITY: structures.priority,
    tags.LOG_ENTRY: structures.log_entry,
    pboc.LOAD_LOG_ENTRY: structures.log_entry,
    tags.ISSUER_AUTHENTICATION_DATA: structures.issuer_authentication,
    pboc.CARD_AUTHENTICATION_DATA: structures.fdda_data,
    tags.TYPE: _coded(meanings.TRANSACTION_TYPES),
    tags.ENTRY_MODE: _coded(meanings.ENTRY_MODES),
    tags.ACCOUNT_TYPE: _coded(meanings.ACCOUNT_TYPES),
    tags.CODE_TABLE: _coded(meanings.CODE_TABLES),
    pboc.DOCUMENT_TYPE: _coded(meanings.DOCUMENT_TYPES),
    pboc.CASH_INDICATOR: _coded(_SUPPORT),
    pboc.SM_INDICATOR: _coded(_SUPPORT),
    pboc.EXTENDED_INDICATOR: _coded(_EXTENDED),
    pboc.ISSUER_AUTHENTICATION_INDICATOR: _coded(_MANDATORY),
    **dict.fromkeys((tags.EXPIRATION_DATE, tags.EFFECTIVE_DATE, tags.DATE), _only(_date)),
    tags.TIME: _only(_time),
    **dict.fromkeys(
        (tags.AMOUNT, tags.OTHER_AMOUNT, pboc.CUMULATIVE_LIMIT, pboc.CUMULATIVE_UPPER_LIMIT, pboc.AVAILABLE_OFFLINE,
         pboc.CARD_CVM_LIMIT, pboc.RESET_THRESHOLD, pboc.CASH_BALANCE_LIMIT, pboc.CASH_SINGLE_LIMIT, pboc.CASH_BALANCE,
         pboc.CASH_TERMINAL_LIMIT, pboc.SECOND_RESET_THRESHOLD, pboc.SECOND_BALANCE_LIMIT, pboc.SECOND_SINGLE_LIMIT,
         pboc.SECOND_BALANCE, pboc.SECOND_CVM_LIMIT, pboc.SEGMENT_LIMIT, pboc.SEGMENT_AMOUNT, pboc.DUAL_CURRENCY_LIMIT),
        _only(_amount),
    ),
    **dict.fromkeys(
        (tags.AMOUNT_BINARY, tags.OTHER_AMOUNT_BINARY, tags.REFERENCE_AMOUNT, tags.FLOOR_LIMIT), _only(_binary_amount)
    ),
    **dict.fromkeys(
        (tags.ATC, tags.LAST_ONLINE_ATC, tags.LOWER_OFFLINE_LIMIT, tags.UPPER_OFFLINE_LIMIT, tags.PIN_TRY_COUNTER,
         pboc.OFFLINE_LIMIT_CURRENCY, pboc.OFFLINE_LIMIT_COUNTRY, pboc.LOWER_LIMIT_INTERNAL, pboc.UPPER_LIMIT_INTERNAL,
         tags.SFI),
        _only(_count),
    ),
    **dict.fromkeys(
        (tags.CURRENCY, tags.REFERENCE_CURRENCY, tags.APPLICATION_CURRENCY, pboc.CARD_CURRENCY, pboc.SECOND_CURRENCY,
         pboc.SECOND_CARD_CURRENCY),
        _only(_currency),
    ),
    tags.APPLICATION_REFERENCE_CURRENCY: _only(_currencies),
    **dict.fromkeys((tags.TERMINAL_COUNTRY, tags.ISSUER_COUNTRY, pboc.ISSUER_COUNTRY_INTERNAL), _only(_country)),
    tags.PAN: _only(_pan),
    **dict.fromkeys(
        (tags.PIN_DATA, tags.TRACK1_DISCRETIONARY, tags.TRACK2_DISCRETIONARY, tags.CARDHOLDER_NAME,
         tags.CARDHOLDER_NAME_EXTENDED, pboc.DOCUMENT_NUMBER),
        _only(_hidden),
    ),
    tags.ARC: _only(_arc),
    tags.SERVICE_CODE: _only(_service_code),
    **dict.fromkeys((tags.ADF_NAME, tags.DF_NAME, tags.AID_TERMINAL, tags.DDF_NAME), _only(_aid)),
}  # fmt: skip
