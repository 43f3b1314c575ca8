"""Scripts: issuer script templates 71 and 72, written out of words. # spec: jrt0025-5/script, emv-b3/10.10

A word is one command: `block`, `unblock`, `card-block`, `pin-unblock`, `pin=<digits>`, `cash=<minor units>` (the new
absolute electronic cash balance), `put=<tag>:<hex>`, `record=<sfi>.<number>:<hex>`, `raw=<hex of a whole APDU>`.
Two more say something about the template: `id=<hex>` is its identifier, `whole=<hex>` is all of it, byte for byte.
A script in text form is `<71 or 72>:<word>,<word>...`, such as `72:cash=20000,pin-unblock`.
"""

from dataclasses import dataclass

from jinka.kernel.crypto.cryptogram import encipher_script, pin_change_block, script_mac
from jinka.kernel.data import tags
from jinka.kernel.data.formats import numeric
from jinka.kernel.data.tlv import encode
from jinka.simulator.issuer.chip import CardSession

_MAC_BYTES = 4
_COMMAND, _IDENTIFIER = 0x86, 0x9F18
_CASH_BALANCE = 0x9F79
# The commands that carry nothing but their MAC: CLA INS P1 P2.
_PLAIN = {"block": "841E0000", "unblock": "84180000", "card-block": "84160000", "pin-unblock": "84240000"}


@dataclass(frozen=True, slots=True)
class Script:
    """One template: 71 goes to the card before the final GENERATE AC, 72 after it. `identifier` is 9F18 (4 bytes)."""

    template: int
    words: tuple[str, ...]
    identifier: bytes = b"\0\0\0\1"

    @classmethod
    def parse(cls, text: str) -> "Script":
        """Reads the text form. Raises `ValueError`."""
        head, _, words = text.partition(":")
        if head not in ("71", "72") or not words:
            raise ValueError(f"a script is 71:... or 72:..., not {text!r}")
        named = [word for word in words.split(",") if word.startswith("id=")]
        rest = tuple(word for word in words.split(",") if word not in named)
        return cls(int(head, 16), rest, bytes.fromhex(named[-1][3:]) if named else b"\0\0\0\1")

    def text(self) -> str:
        """The text form."""
        named = () if self.identifier == b"\0\0\0\1" else (f"id={self.identifier.hex().upper()}",)
        return f"{self.template:X}:{','.join((*named, *self.words))}"

    def write(self, session: CardSession) -> bytes:
        """The whole template with its commands, each under the session's MAC. Raises `ValueError` at a bad word."""
        if self.words and self.words[0].startswith("whole="):
            return bytes.fromhex(self.words[0][6:])
        commands = (encode(_COMMAND, _command(word, session)) for word in self.words)
        return encode(self.template, encode(_IDENTIFIER, self.identifier) + b"".join(commands))


def cash_script(balance: int) -> Script:
    """The load: PUT DATA 9F79 with the new absolute balance, after the final GENERATE AC."""
    return Script(tags.SCRIPT_TEMPLATE_2, (f"cash={balance}",))


def _command(word: str, session: CardSession) -> bytes:
    name, _, value = word.partition("=")
    if name in _PLAIN:
        return _sealed(_PLAIN[name], b"", session)
    if name == "pin":
        block = pin_change_block(session.card_ac.reveal(), value)
        return _sealed("84240002", encipher_script(session.algorithm, session.enc.reveal(), block), session)
    if name == "cash":
        return _put(_CASH_BALANCE, numeric(int(value), 6), session)
    if name == "put":
        tag, _, data = value.partition(":")
        return _put(int(tag, 16), bytes.fromhex(data), session)
    if name == "record":
        place, _, data = value.partition(":")
        sfi, _, record = place.partition(".")
        return _sealed(f"04DC{int(record):02X}{int(sfi) << 3 | 4:02X}", bytes.fromhex(data), session)
    if name == "raw":
        return bytes.fromhex(value)
    raise ValueError(f"no script command {word!r}")


def _put(tag: int, value: bytes, session: CardSession) -> bytes:
    return _sealed(f"04DA{tag:04X}", value, session)


def _sealed(header: str, data: bytes, session: CardSession) -> bytes:
    """Header, Lc with the MAC counted, data, MAC. The MAC is bound to ATC and ARQC: it is good for one transaction."""
    head = bytes.fromhex(header) + bytes((len(data) + _MAC_BYTES,))
    return head + data + script_mac(session.algorithm, session.mac.reveal(), head, session.atc, session.arqc, data)
