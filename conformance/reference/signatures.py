"""Signatures: certificates and signed data checked a second time, with nothing but whole numbers and a hash.

# spec: emv-b2/5.4, emv-b2/6.3, emv-b2/6.4, emv-b2/6.5.2, emv-b2/6.6.2, emv-b2/7.1, emv-b3/7.5, emv-b3/10.3

Everything comes from the card's records and the commands on the wire (`wire.py`). Each check is one `demand`, in the
order of the clause: the first that does not hold says why the method failed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from hashlib import sha1

from construct import Byte, Bytes, Struct, this
from jinka.conformance.reference.wire import GENERATE, INTERNAL, Dialogue, Turn, Unreadable, items, listed, names, pick

# Bits of TVR byte 1.
NOT_PERFORMED, SDA_FAILED, MISSING, DDA_FAILED, CDA_FAILED, SDA_SELECTED = 0x80, 0x40, 0x20, 0x08, 0x04, 0x02
METHODS = ("CDA", "DDA", "SDA")
# Bits of AIP byte 1 and of the third byte of 9F33, in that order.
CARD_HAS = {"CDA": 0x01, "DDA": 0x20, "SDA": 0x40}
TERMINAL_HAS = {"CDA": 0x08, "DDA": 0x40, "SDA": 0x80}
FAILED = {"CDA": CDA_FAILED, "DDA": DDA_FAILED, "SDA": SDA_FAILED}
NEEDED = {
    "SDA": ("8F", "90", "9F32", "93"),
    "DDA": ("8F", "90", "9F32", "9F46", "9F47"),
    "CDA": ("8F", "90", "9F32", "9F46", "9F47"),
}
LONGEST = 248
# Certificates without header and trailer; the caller says how long the holder is and what room is left for the key.
CERTIFICATE = Struct(
    "format" / Byte,
    "holder" / Bytes(this._.holder),
    "expiry" / Bytes(2),
    "serial" / Bytes(3),
    "hash_algorithm" / Byte,
    "key_algorithm" / Byte,
    "size" / Byte,
    "exponent_size" / Byte,
    "key" / Bytes(this._.room),
    "hash" / Bytes(20),
)


class Wrong(Exception):
    """A check that does not hold. `missing`: the card left out what it needs."""

    def __init__(self, why: str, missing: bool = False) -> None:
        super().__init__(why)
        self.missing = missing


def demand(holds: bool, why: str, *, missing: bool = False) -> None:
    """One check."""
    if not holds:
        raise Wrong(why, missing)


@dataclass(frozen=True, slots=True)
class Key:
    """A public key; `serial` is that of its certificate."""

    modulus: bytes
    exponent: bytes
    serial: bytes = b""

    def opened(self, block: bytes, form: int) -> bytes:
        """A signed block without its header 6A and trailer BC; `form` is the byte behind the header."""
        size = len(self.modulus)
        demand(0 < size <= LONGEST and len(block) == size, "as long as the key that opens it")
        power, n = int.from_bytes(self.exponent, "big"), int.from_bytes(self.modulus, "big")
        demand(power in (3, 65537), "exponent 3 or 65537")
        number = int.from_bytes(block, "big")
        demand(number < n and n % 2 == 1, "a number below the modulus")
        plain = pow(number, power, n).to_bytes(size, "big")
        demand(plain[0] == 0x6A and plain[-1] == 0xBC, "header 6A and trailer BC")
        demand(plain[1] == form, f"format {form:02X}")
        return plain[1:-1]


@dataclass(frozen=True, slots=True)
class Trust:
    """What the terminal brings: CA keys by RID and index as (modulus, exponent, last day or None), revoked issuer
    certificates as (RID, index, serial), the day, and the DDOL for a card that has none."""

    keys: Mapping[tuple[bytes, int], tuple[bytes, bytes, date | None]]
    revoked: Collection[tuple[bytes, int, bytes]] = ()
    today: date = date.max
    ddol: bytes = b""


def last_day(mmyy: bytes) -> date:
    """The last day of a month written MMYY in BCD; years 50 to 99 are 19xx."""
    text = mmyy.hex()
    demand(text.isdigit() and 1 <= int(text[:2]) <= 12, "an expiration month")
    month, year = int(text[:2]), int(text[2:])
    year += 1900 if year >= 50 else 2000
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


@lru_cache(maxsize=64)
def certified(signer: Key, block: bytes, form: int, rest: tuple[bytes, bytes], more: bytes, today: date) -> tuple[bytes, Key]:
    """The holder's identification and the key out of a certificate. `rest` is remainder and exponent, `more` what the
    hash covers behind them."""
    plain = signer.opened(block, form)
    holder = 4 if form == 0x02 else 10
    room = len(plain) - holder - 30
    demand(room >= 0, "room for the fields of a certificate")
    read = CERTIFICATE.parse(plain, holder=holder, room=room)
    remainder, exponent = rest
    if read.size > room:
        demand(bool(remainder), "a remainder is needed", missing=True)
    demand(sha1(plain[:-20] + remainder + exponent + more).digest() == read.hash, "the hash")  # noqa: S324
    demand(read.hash_algorithm == 1, "hash algorithm SHA-1")
    demand(today <= last_day(read.expiry), "not expired")
    demand(read.key_algorithm == 1, "key algorithm RSA")
    demand(read.exponent_size == len(exponent) and int.from_bytes(exponent, "big") in (3, 65537), "the exponent")
    demand(0 < read.size <= (LONGEST if form == 0x02 else len(signer.modulus)), "the length of the key")
    demand(len(remainder) == read.size - room if read.size > room else True, "the length of the remainder")
    key = read.key + remainder if read.size > room else read.key
    return read.holder, Key(key[: read.size], exponent, read.serial)


def issuer_key(card: Dialogue, trust: Trust) -> Key:
    """The issuer's key under the authority's."""
    for tag in ("8F", "90", "9F32"):
        demand(tag in card.objects, f"{tag} is there", missing=True)
    index = card.objects["8F"][0]
    demand((card.rid, index) in trust.keys, "a CA key")
    modulus, exponent, last = trust.keys[card.rid, index]
    demand(last is None or trust.today <= last, "a CA key that has not expired")
    rest = card.objects.get("92", b""), card.objects["9F32"]
    holder, key = certified(Key(modulus, exponent), card.objects["90"], 0x02, rest, b"", trust.today)
    digits = holder.hex().rstrip("f")
    demand(3 <= len(digits) <= 8 and card.pan.startswith(digits), "the issuer identifier begins the PAN")
    demand((card.rid, index, key.serial) not in trust.revoked, "not revoked")
    return key


def static(card: Dialogue) -> bytes:
    """The static data to be authenticated."""
    demand(card.static is not None, "records that can be authenticated")
    tag_list = card.objects.get("9F4A")
    demand(tag_list in (None, b"\x82"), "a tag list of the AIP alone")
    return (card.static or b"") + (card.aip if tag_list else b"")


def card_key(card: Dialogue, trust: Trust, tags: tuple[str, str, str] = ("9F46", "9F48", "9F47")) -> Key:
    """A key of the card: by default the one that signs, else by the tags of certificate, remainder and exponent of the
    one that enciphers PINs, whose certificate covers no static data."""
    issuer = issuer_key(card, trust)
    certificate, remainder, exponent = (card.objects.get(tag, b"") for tag in tags)
    demand(bool(certificate and exponent), "certificate and exponent are there", missing=True)
    more = static(card) if tags[0] == "9F46" else b""
    holder, key = certified(issuer, certificate, 0x04, (remainder, exponent), more, trust.today)
    demand(holder.hex().rstrip("f") == card.pan, "the PAN of the card")
    return key


def pin_key(card: Dialogue, trust: Trust) -> Key:
    """The key a PIN is enciphered under. Raises `Wrong`."""
    own = "9F2D" in card.objects
    key = card_key(card, trust, ("9F2D", "9F2F", "9F2E")) if own else card_key(card, trust)
    n = key.modulus
    demand(len(n) >= 17 and n[0] >= 0x80 and n[-1] % 2 == 1, "room for a PIN block and a challenge")
    return key


@dataclass(slots=True)
class Verdict:
    """What offline data authentication must come to.

    `tvr`: TVR byte 1 without the bits other stages set, `missing` for ICC data missing on account of the keys.
    `code`: 9F45; `number`: 9F4C; `cryptograms`: what came out of the signatures, by GENERATE AC. `ready`: the card's key
    is known, so that CDA is to be asked for. `why`: what failed.
    """

    method: str
    tvr: int = 0
    missing: bool = False
    code: bytes | None = None
    number: bytes | None = None
    cryptograms: dict[int, bytes] = field(default_factory=dict)
    ready: bool = False
    why: str = ""

    def fail(self, wrong: Wrong) -> None:
        """The method failed."""
        self.tvr |= FAILED[self.method]
        self.missing |= wrong.missing
        self.why = self.why or str(wrong)


def chosen(aip: bytes, can: int) -> str:
    """The method: the best both sides have, or "none". `can` is the third byte of 9F33."""
    for method in METHODS:
        if aip[0] & CARD_HAS[method] and can & TERMINAL_HAS[method]:
            return method
    return "none"


def examine(card: Dialogue, can: int, trust: Trust) -> Verdict:
    """The whole of it: method, keys, and the signatures that went over the wire. Raises `Unreadable`."""
    made = Verdict(chosen(card.aip, can))
    if made.method == "none":
        made.tvr = NOT_PERFORMED
        return made
    if made.method == "SDA":
        made.tvr = SDA_SELECTED
    try:
        for tag in NEEDED[made.method]:
            demand(tag in card.objects, f"{tag} is there", missing=True)
        if made.method == "SDA":
            made.code = signed_static(card, trust)
        elif made.method == "DDA":
            made.number = signed_dynamic(card, trust)
        else:
            key = card_key(card, trust)
            made.ready = True
            combined(card, key, made)
    except Wrong as wrong:
        made.fail(wrong)
    return made


def signed_static(card: Dialogue, trust: Trust) -> bytes:
    """SDA: the data authentication code the signature carries."""
    plain = issuer_key(card, trust).opened(card.objects["93"], 0x03)
    demand(sha1(plain[:-20] + static(card)).digest() == plain[-20:], "the hash")  # noqa: S324
    demand(plain[1] == 1, "hash algorithm SHA-1")
    return plain[2:4]


def dynamic_content(key: Key, signature: bytes, terminal: bytes) -> bytes:
    """The ICC dynamic data under a dynamic signature over `terminal`."""
    plain = key.opened(signature, 0x05)
    demand(sha1(plain[:-20] + terminal).digest() == plain[-20:], "the hash")  # noqa: S324
    demand(plain[1] == 1, "hash algorithm SHA-1")
    size = plain[2]
    demand(3 + size <= len(plain) - 20, "the length of the dynamic data")
    return plain[3 : 3 + size]


def dynamic_number(content: bytes) -> bytes:
    """The ICC dynamic number, 2 to 8 bytes behind its length."""
    demand(bool(content) and 2 <= content[0] <= 8 and len(content) > content[0], "the ICC dynamic number")
    return content[1 : 1 + content[0]]


def signed_dynamic(card: Dialogue, trust: Trust) -> bytes:
    """DDA: the ICC dynamic number, after the card has signed what the terminal sent."""
    key = card_key(card, trust)
    wanted = card.objects.get("9F49") or trust.ddol
    demand("9F37" in names(wanted), "a DDOL with the unpredictable number")
    sent = card.sent(INTERNAL)
    if len(sent) != 1:
        raise Unreadable(f"{len(sent)} INTERNAL AUTHENTICATEs")
    answer = sent[0].answer
    signature = pick(answer, "80")
    if signature is None:
        signature = pick(answer, "77", "9F4B")
    if signature is None:
        raise Unreadable("an answer to INTERNAL AUTHENTICATE without a signature")
    return dynamic_number(dynamic_content(key, signature, sent[0].data))


def unpredictable(card: Dialogue, turn: Turn, second: bool) -> bytes:
    """The number sent with a GENERATE AC, or the last one the card was given before."""
    lists = [(card.pdol, card.pdol_data), (card.objects["8C"], card.sent(GENERATE)[0].data)]
    if second:
        lists.append((card.objects["8D"], turn.data))
    for wanted, values in reversed(lists):
        if number := listed(wanted, values).get("9F37"):
            return number
    raise Unreadable("no unpredictable number was sent")


def combined(card: Dialogue, key: Key, made: Verdict) -> None:
    """CDA: the signatures of all GENERATE ACs that asked for one and were not answered with an AAC."""
    sent = card.sent(GENERATE)
    for place, turn in enumerate(sent, 1):
        if turn.sw != 0x9000 or not turn.p1 & 0x10:
            continue
        outer = items(turn.answer)
        plain = outer[0].tag == "80"
        fields = [] if plain else items(outer[0].value)
        held = {item.tag: item.value for item in fields}
        cid = outer[0].value[0] if plain else held.get("9F27", b"\xc0")[0]
        if cid & 0xC0 == 0:
            continue
        demand("9F4B" in held, "a signature in the answer")
        content = dynamic_content(key, held["9F4B"], unpredictable(card, turn, place == 2))
        number = dynamic_number(content)
        inner = content[1 + len(number) :]
        demand(len(inner) >= 29, "the ICC dynamic data is long enough")
        seen = card.pdol_data + sent[0].data + (turn.data if place == 2 else b"")
        seen += b"".join(item.written for item in fields if item.tag != "9F4B")
        demand(sha1(seen).digest() == inner[9:29], "the transaction data hash")  # noqa: S324
        demand(inner[0] == cid, "the cryptogram information inside and outside")
        made.number, made.cryptograms[place] = number, inner[1:9]
