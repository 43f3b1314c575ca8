"""Messages: the wire format, as a table. ISO 8583:1987 as UnionPay terminals speak it: BCD numbers, ASCII text.

The simulated host reads and writes with the same table. A message is a dict of text by field number, "t" its type;
binary fields are hexadecimal text. Field 64 is a MAC over everything from the type to field 63.
"""

import hmac
from typing import Any

import iso8583
from jinka.kernel.crypto.mac import Algorithm, mac
from jinka.kernel.errors import LinkFault
from jinka.kernel.secret import Secret

Message = dict[str, str]

MAC_FIELD, MAC_BYTES = "64", 8
LARGEST = 2048  # of a frame; the longest message of the table is about half of it

# Forms. n: digits, two a byte; z: as n with the separator D; an: ASCII; b: bytes. One dot: length in one byte BCD,
# two dots: in two. The number is the length or the greatest length, in digits, characters or bytes.
_TABLE: tuple[tuple[int, str, int, str], ...] = (
    (2, "n.", 19, "primary account number"),
    (3, "n", 6, "processing code"),
    (4, "n", 12, "amount"),
    (7, "n", 10, "transmission date and time MMDDhhmmss"),
    (11, "n", 6, "system trace audit number (STAN)"),
    (12, "n", 6, "local time hhmmss"),
    (13, "n", 4, "local date MMDD"),
    (14, "n", 4, "expiry YYMM"),
    (15, "n", 4, "settlement date MMDD"),
    (22, "n", 3, "point of service entry mode"),
    (23, "n", 3, "card sequence number"),
    (25, "n", 2, "point of service condition code"),
    (26, "n", 2, "PIN capture code: longest PIN"),
    (32, "n.", 11, "acquiring institution"),
    (35, "z.", 37, "track 2"),
    (37, "an", 12, "retrieval reference number"),
    (38, "an", 6, "authorisation code"),
    (39, "an", 2, "response code"),
    (41, "an", 8, "terminal"),
    (42, "an", 15, "merchant"),
    (44, "an.", 25, "additional response data"),
    (48, "n..", 62, "settlement totals"),
    (49, "an", 3, "currency"),
    (52, "b", 8, "PIN block"),
    (53, "n", 16, "security control information"),
    (54, "an..", 20, "additional amount: balance"),
    (55, "b..", 255, "chip data"),
    (60, "n..", 17, "message kind (2), batch (6), network management code (3), terminal capability (1), fallback (1)"),
    (61, "n..", 29, "original message: batch (6), STAN (6), date (4)"),
    (62, "b..", 512, "working keys"),
    (63, "an..", 163, "operator, free text"),
    (64, "b", 8, "message authentication code"),
)


class WireError(LinkFault):
    """Bytes that are no message. The text names a field, never a content."""


def _form(form: str, most: int, what: str) -> dict[str, Any]:
    kind, dots = form.rstrip("."), form.count(".")
    entry: dict[str, Any] = {"data_enc": "b", "len_enc": "bcd", "len_type": dots, "max_len": most, "desc": what}
    if kind == "an":
        entry["data_enc"] = "ascii"
    elif kind in ("n", "z"):
        entry |= {"len_count": "nibbles", "right_pad" if dots else "left_pad": "0"}
    return entry


def wire(pin: Algorithm = Algorithm.TDES) -> dict[str, dict[str, Any]]:
    """The table in the form of the codec. Only field 52 depends on anything: it is one block of the PIN algorithm."""
    spec = {
        "h": _form("b", 0, "header"),
        "t": _form("b", 2, "message type"),
        "p": _form("b", 8, "bitmap"),
        "1": _form("b", 8, "secondary bitmap"),
    }
    spec |= {str(number): _form(form, most, what) for number, form, most, what in _TABLE}
    unused = {str(number): _form("b", 0, "not used") for number in range(2, 129) if str(number) not in spec}
    spec["52"]["max_len"] = pin.block
    return spec | unused


def pack(message: Message, spec: dict[str, dict[str, Any]], key: tuple[Algorithm, Secret] | None = None) -> bytes:
    """A message as bytes; with a key, field 64 is computed and added. Raises `WireError` for a field that does not
    fit its form."""
    plain = dict(message)
    if key is not None:
        plain[MAC_FIELD] = "00" * MAC_BYTES
    failed = ""
    try:
        raw = bytes(iso8583.encode(plain, spec)[0])
    except iso8583.EncodeError as fault:
        failed = str(fault.field)
    if failed:  # raised out here, so that the codec's error and the card data it carries are not chained to it
        raise WireError(f"field {failed} does not fit the message format")
    if key is None:
        return raw
    return raw[:-MAC_BYTES] + mac(key[0], key[1].reveal(), raw[:-MAC_BYTES], MAC_BYTES)


def unpack(raw: bytes, spec: dict[str, dict[str, Any]]) -> Message:
    """Bytes as a message. Raises `WireError` for anything else, such as a field outside the table."""
    failed = ""
    try:
        decoded, _ = iso8583.decode(raw, spec)
    except iso8583.DecodeError as fault:
        failed = str(fault.field)
    except UnicodeDecodeError:
        failed = "of text"
    if failed:
        raise WireError(f"field {failed} is not in the message format")
    unknown = [name for name in decoded if name.isdigit() and name != "1" and int(name) not in _KNOWN]
    if unknown:
        raise WireError(f"field {unknown[0]} is not in the message format")
    return {name: text for name, text in decoded.items() if name not in ("h", "p", "1")}


def authentic(raw: bytes, message: Message, key: tuple[Algorithm, Secret]) -> bool:
    """Whether field 64 of a received message is right. A message without it is not authentic."""
    if MAC_FIELD not in message:
        return False
    return hmac.compare_digest(raw[-MAC_BYTES:], mac(key[0], key[1].reveal(), raw[:-MAC_BYTES], MAC_BYTES))


def response_type(kind: str) -> str:
    """The type of the answer to a message type: 0200 gives 0210."""
    return f"{int(kind) + 10:04d}"


_KNOWN = frozenset(number for number, *_ in _TABLE)
