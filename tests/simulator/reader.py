"""Reader: a terminal's side of the talk, as little of it as card tests need, and made without the kernel's steps."""

import hashlib
from dataclasses import dataclass

from jinka.kernel.apdu import Command, Response
from jinka.kernel.crypto.cryptogram import arpc, encipher_script, pin_change_block, script_mac
from jinka.kernel.data import dol, tags
from jinka.kernel.data.pboc import PBOC
from jinka.kernel.data.tlv import encode, scan, walk
from jinka.kernel.data.tlv import tree as read_tree
from jinka.simulator.authority import load_authority
from jinka.simulator.card import Card
from jinka.simulator.cards.credit.keys import CardKeys
from jinka.simulator.personality import Personality, load_personality

DEBIT = bytes.fromhex("A000000333010101")
AAC, TC, ARQC, CDA = 0x00, 0x40, 0x80, 0x10


def objects(data: bytes) -> dict[int, bytes]:
    """Every primitive object on any level."""
    return {node.tag: node.value for node in walk(read_tree(data)) if not node.constructed}


def sha1(data: bytes) -> bytes:
    return hashlib.sha1(data).digest()  # noqa: S324 - what the standard says


def recover(signed: bytes, modulus: bytes, exponent: bytes) -> bytes:
    """The signed block under a public key, with nothing but `pow`."""
    size = len(modulus)
    opened = pow(int.from_bytes(signed, "big"), int.from_bytes(exponent, "big"), int.from_bytes(modulus, "big"))
    return opened.to_bytes(size, "big")


def checked(block: bytes, behind: bytes) -> bool:
    """Header, trailer and SHA-1 of a recovered block, `behind` being what is hashed after it."""
    return (
        block[0] == 0x6A and block[-1] == 0xBC and sha1(block[1:-21] + behind) == block[-21:-1]
    )


@dataclass
class Reader:
    """Sends commands to a card and remembers what a terminal would."""

    card: Card

    def __post_init__(self) -> None:
        self.known: dict[int, bytes] = {}
        self.records: dict[tuple[int, int], bytes] = {}
        self.pdol = b""
        self.cryptogram = b""
        self.set(amount=10_00)

    @classmethod
    def of(cls, personality: str | Personality, *, seed: int = 0) -> "Reader":
        found = load_personality(personality) if isinstance(personality, str) else personality
        return cls(Card(found, seed=seed))

    def set(self, *, amount: int, currency: str = "0156", tvr: str = "0000000000", arc: bytes = b"00") -> None:
        self.values = {
            tags.AMOUNT: bytes.fromhex(f"{amount:012d}"), tags.OTHER_AMOUNT: bytes(6),
            tags.TERMINAL_COUNTRY: b"\x01\x56", tags.CURRENCY: bytes.fromhex(currency), tags.TVR: bytes.fromhex(tvr),
            tags.DATE: b"\x26\x11\x23", tags.TIME: b"\x10\x20\x30", tags.TYPE: b"\0",
            tags.UNPREDICTABLE_NUMBER: b"\1\2\3\4", tags.MERCHANT_NAME: b"TEA HOUSE".ljust(20), tags.ARC: arc,
            0x9F7A: b"\1",
        }  # fmt: skip

    def send(self, header: str, data: bytes = b"", le: int | None = 256) -> Response:
        cla, ins, p1, p2 = bytes.fromhex(header)
        return self.card.answer(Command(cla, ins, p1, p2, data, le))

    def select(self, aid: bytes = DEBIT) -> Response:
        answer = self.send("00A40400", aid)
        if answer.sw == 0x9000:
            self.known = objects(answer.data)
        return answer

    def fill(self, tag: int) -> bytes:
        return dol.fill(dol.parse(self.known.get(tag, b"")), self.values.get, PBOC)

    def begin(self) -> Response:
        """GET PROCESSING OPTIONS."""
        self.pdol = self.fill(tags.PDOL)
        answer = self.send("80A80000", encode(tags.COMMAND_TEMPLATE, self.pdol))
        if answer.sw == 0x9000:
            node = scan(answer.data)[0]
            if node.tag == tags.RESPONSE_FORMAT_1:
                self.known |= {tags.AIP: node.value[:2], tags.AFL: node.value[2:]}
            else:
                self.known |= objects(answer.data)
        return answer

    def read(self) -> bytes:
        """All records of the AFL; gives the static data to be authenticated."""
        afl, static = self.known[tags.AFL], b""
        for at in range(0, len(afl), 4):
            sfi, first, last, count = afl[at] >> 3, *afl[at + 1 : at + 4]
            for number in range(first, last + 1):
                answer = self.send(f"00B2{number:02X}{sfi << 3 | 4:02X}")
                assert answer.sw == 0x9000
                self.records[sfi, number] = answer.data
                self.known |= objects(answer.data)
                static += scan(answer.data)[0].value if number < first + count else b""
        return static + (self.known[tags.AIP] if tags.SDA_TAG_LIST in self.known else b"")

    def start(self, aid: bytes = DEBIT) -> bytes:
        """Selection to reading; gives the static data."""
        assert self.select(aid).sw == 0x9000
        assert self.begin().sw == 0x9000
        return self.read()

    def generate(self, kind: int, *, second: bool = False) -> Response:
        answer = self.send(f"80AE{kind:02X}00", self.fill(tags.CDOL2 if second else tags.CDOL1))
        if answer.sw == 0x9000:
            node = scan(answer.data)[0]
            if node.tag == tags.RESPONSE_FORMAT_1:
                raw = node.value
                self.known |= {tags.CID: raw[:1], tags.ATC: raw[1:3], tags.CRYPTOGRAM: raw[3:11], tags.IAD: raw[11:]}
            else:
                self.known |= objects(answer.data)
            if not second:
                self.cryptogram = self.known.get(tags.CRYPTOGRAM, b"")
        return answer

    @property
    def kind(self) -> int:
        """The type of the last cryptogram."""
        return self.known[tags.CID][0] & 0xC0

    @property
    def cvr(self) -> bytes:
        """Card verification results, 4 bytes."""
        return self.known[tags.IAD][3:7]

    @property
    def keys(self) -> CardKeys:
        """The card's keys, as its issuer knows them."""
        keys = self.card.personality.applets()[0].keys  # type: ignore[attr-defined]
        assert isinstance(keys, CardKeys)
        return keys

    @property
    def session(self) -> CardKeys:
        return self.keys.session(int.from_bytes(self.known[tags.ATC], "big"))

    def issuer_data(self, arc: bytes = b"00") -> bytes:
        """Tag 91 as the issuer makes it."""
        return arpc(self.keys.algorithm, self.session.ac, self.cryptogram, arc) + arc

    def authenticate_issuer(self, data: bytes | None = None) -> Response:
        return self.send("00820000", self.issuer_data() if data is None else data, None)

    def script(self, header: str, data: bytes = b"", *, wrong: bool = False) -> int:
        """A script command with its MAC; the status word."""
        raw = bytes.fromhex(header)
        atc = int.from_bytes(self.known[tags.ATC], "big")
        head = raw + bytes((len(data) + 4,))
        mac = script_mac(self.keys.algorithm, self.session.mac, head, atc, self.cryptogram, data)
        mac = bytes(4) if wrong else mac
        return self.send(header, data + mac, None).sw

    def new_pin(self, pin: str, current: str | None = None) -> int:
        block = pin_change_block(self.keys.ac, pin, current)
        data = encipher_script(self.keys.algorithm, self.session.enc, block)
        return self.script("84240001" if current else "84240002", data)

    def online(self, second: int = TC) -> int:
        """From the first ARQC to the second cryptogram, with issuer authentication; gives its type."""
        assert self.generate(ARQC).sw == 0x9000
        assert self.authenticate_issuer().sw == 0x9000
        assert self.generate(second, second=True).sw == 0x9000
        return self.kind

    def get(self, tag: int) -> bytes | None:
        answer = self.send(f"80CA{tag:04X}")
        return scan(answer.data)[0].value if answer.sw == 0x9000 else None

    def issuer_key(self) -> tuple[bytes, bytes]:
        """The issuer's modulus and exponent, recovered and checked against the authority's public key."""
        root = load_authority().authorities[self.known[tags.CA_KEY_INDEX][0]]
        block = recover(self.known[tags.ISSUER_CERTIFICATE], root.modulus_bytes, root.exponent_bytes)
        rest, exponent = self.known.get(tags.ISSUER_REMAINDER, b""), self.known[tags.ISSUER_EXPONENT]
        assert checked(block, rest + exponent)
        assert block[1] == 2
        size = block[13]
        assert block[14] == len(exponent)
        return (block[15:-21] + rest)[:size] if rest else block[15:-21][:size], exponent

    def card_key(self, static: bytes) -> tuple[bytes, bytes]:
        """The card's modulus and exponent, recovered and checked against the issuer's."""
        block = recover(self.known[tags.ICC_CERTIFICATE], *self.issuer_key())
        rest, exponent = self.known.get(tags.ICC_REMAINDER, b""), self.known[tags.ICC_EXPONENT]
        assert checked(block, rest + exponent + static)
        assert block[1] == 4
        assert block[2:12].hex().rstrip("f") == self.known[tags.PAN].hex().rstrip("f")
        return (block[21:-21] + rest)[: block[19]], exponent

