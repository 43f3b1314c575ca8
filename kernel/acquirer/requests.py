"""Requests: what stands in each message (UnionPay-like profile; JR/T 0025.6 for field 55). Pure functions.

A terminal's own record of a message, the note, is its plain fields: never 2, 35, 52 or 55. A reversal is made of the
note, the PAN the ledger kept sealed, and the few chip objects a reversal carries.
"""

from datetime import datetime

from jinka.kernel.acquirer.config import HostConfig
from jinka.kernel.acquirer.messages import Message
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.tlv import encode_all
from jinka.kernel.effects import OnlineRequest, Record, Service

CAPABILITY = "6"  # 60.4: contact and contactless chip, and magnetic stripe
# 60.1 of a financial message.
_KINDS = {
    Service.PURCHASE: "22", Service.CASH: "22", Service.CASHBACK: "22", Service.REFUND: "25", Service.BALANCE: "01",
    Service.LOAD: "45", Service.LOAD_OTHER_ACCOUNT: "47", Service.LOAD_CASH: "46",
}  # fmt: skip
_DUAL = frozenset({Service.PURCHASE, Service.CASH, Service.CASHBACK})
ADVICE_KIND = "36"
_NOT_NOTED = frozenset({"2", "35", "52", "53", "26", "55"})
# Field 55 of a reversal: enough for the issuer to find the card's side of it.
_REVERSAL_CHIP = frozenset(
    {tags.TVR, tags.INTERFACE_SERIAL, tags.IAD, tags.ATC, tags.CRYPTOGRAM, tags.UNPREDICTABLE_NUMBER,
     pboc.SCRIPT_RESULTS_HOST, tags.SEQUENCE_COUNTER}
)  # fmt: skip
# Network management: sign-on with working keys for triple DES or SM4; batch upload of chip transactions; settlement.
SIGN_ON = {Algorithm.TDES: "003", Algorithm.SM4: "005"}
_UPLOAD, _SETTLE = "203", "201"


def sixty(kind: str, batch: int, code: str = "000") -> str:
    """Field 60: message kind, batch number, network management code, terminal capability, fallback (none)."""
    return f"{kind}{batch:06d}{code}{CAPABILITY}0"


def sign_on(config: HostConfig, stan: int, batch: int) -> Message:
    """0800: asks for working keys."""
    sixty_field = f"00{batch:06d}{SIGN_ON[config.key_algorithm]}"
    return _head(config, "0800", stan) | {"60": sixty_field, "63": "01"}


def financial(config: HostConfig, request: OnlineRequest, stan: int, batch: int, now: datetime) -> Message:
    """0100, 0200 or 0220 for an authorisation, with everything the issuer gets to see."""
    service = request.service
    kind = "0200"
    if service is Service.REFUND:
        kind = config.refund_type
    elif config.dual_message and service in _DUAL:
        kind = "0100"
    message = _head(config, kind, stan) | {
        "2": request.pan.reveal().decode("ascii"),
        "3": f"{service.value:02X}0000",
        "12": f"{now:%H%M%S}",
        "13": f"{now:%m%d}",
        "14": request.expiry[:4],
        "22": (request.entry_mode + ("1" if request.pin_block is not None else "2"))[:3],
        "25": "00",
        "49": f"{request.currency:03d}",
        "55": encode_all(request.chip).hex().upper(),
        "60": sixty(_KINDS[service], batch),
    }
    if service is not Service.BALANCE:
        message["4"] = f"{request.amount:012d}"
    if request.pan_sequence is not None:
        message["23"] = f"{request.pan_sequence:03d}"
    if config.acquirer_id:
        message["32"] = config.acquirer_id
    if request.track2 is not None:
        message["35"] = request.track2.reveal().hex().upper().rstrip("F")
    if request.pin_block is not None:
        # 53: PIN block with the PAN in it (2), under a double-length key (6) or SM4 (3).
        security = "26" if config.pin_algorithm is Algorithm.TDES else "23"
        message |= {"26": "12", "52": request.pin_block.reveal().hex().upper(), "53": security.ljust(16, "0")}
    return {name: text for name, text in message.items() if text}


def note(message: Message) -> Message:
    """What of a message may be written down."""
    return {name: text for name, text in message.items() if name not in _NOT_NOTED}


def kept(config: HostConfig, record: Record, stan: int, batch: int, now: datetime) -> Message:
    """The note of a record for which no message was ever sent: an offline sale, or a reversal without its note."""
    chip = dict(record.chip)
    service = Service.__members__.get(str(record.get("service")), Service.PURCHASE)
    amount, sequence = record.get("amount"), record.get("pan_sequence")
    day, hour = chip.get(tags.DATE), chip.get(tags.TIME)
    message = _head(config, "0200", stan) | {
        "3": f"{service.value:02X}0000",
        "4": f"{int(chip.get(tags.AMOUNT, bytes(6)).hex() if amount is None else amount):012d}",
        "12": hour.hex() if hour is not None else f"{now:%H%M%S}",
        "13": day.hex()[2:] if day is not None else f"{now:%m%d}",
        "22": "052",
        "25": "00",
        "49": f"{int(record.get('currency') or chip.get(tags.CURRENCY, b'').hex() or 156):03d}",
        "60": sixty(_KINDS[service], batch),
    }
    return message | ({"23": f"{sequence:03d}"} if isinstance(sequence, int) else {})


def reversal(noted: Message, record: Record) -> Message:
    """0400: the noted message with its own STAN; 39 is the reason: 98 no usable answer, 06 the card or the terminal
    did not go along with an approval."""
    approved = bool(record.get("approval_code"))
    chip = tuple((tag, value) for tag, value in record.chip if tag in _REVERSAL_CHIP)
    return _with_card({**noted, "t": "0400", "39": "06" if approved else "98", "61": _original(noted)}, record, chip)


def advice(noted: Message, record: Record) -> Message:
    """0220 with kind 36: what happened without the host."""
    message = {**noted, "t": "0220", "60": ADVICE_KIND + noted["60"][2:], "61": _original(noted)}
    return _with_card(message, record, record.chip)


def upload(noted: Message, record: Record) -> Message:
    """0320: one sale of the batch with the card's certificate of it (TC)."""
    approval = str(record.get("approval_code") or "")
    message = {**noted, "t": "0320", "60": f"00{noted['60'][2:8]}{_UPLOAD}{CAPABILITY}0", "61": _original(noted)}
    amount = record.get("amount")
    if isinstance(amount, int):
        message["4"] = f"{amount:012d}"  # less than was asked for, where the issuer approved a part
    return _with_card(message | ({"38": approval.ljust(6)} if approval else {}), record, record.chip)


def settlement(config: HostConfig, totals: tuple[int, int, int, int], stan: int, batch: int) -> Message:
    """0500: debit amount (12) and count (3), credit amount (12) and count (3), and a digit for the host's answer."""
    debits, debit_count, credits, credit_count = totals
    said = f"{debits:012d}{debit_count:03d}{credits:012d}{credit_count:03d}0"
    return _head(config, "0500", stan) | {"48": said.ljust(62, "0"), "49": "156", "60": f"00{batch:06d}{_SETTLE}"}


def _head(config: HostConfig, kind: str, stan: int) -> Message:
    return {"t": kind, "11": f"{stan:06d}", "41": config.terminal_id, "42": config.merchant_id}


def _original(noted: Message) -> str:
    return f"{noted['60'][2:8]}{noted['11']}{noted.get('13', '0000')}"


def _with_card(message: Message, record: Record, chip: tuple[tuple[int, bytes], ...]) -> Message:
    if record.pan is not None:
        message["2"] = record.pan.reveal().decode("ascii")
    if chip:
        message["55"] = encode_all(chip).hex().upper()
    return message
