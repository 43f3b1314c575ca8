"""Talk: a terminal's side of the dialogue, reduced to what a card test needs, and what came of it so far."""

from dataclasses import replace

from jinka.conformance.cards.bench import Contacts, Known
from jinka.conformance.cards.case import Step
from jinka.conformance.cards.issuer import IssuerKeys
from jinka.conformance.case import CaseError
from jinka.kernel import Command, Response
from jinka.kernel.data import dol, tlv
from jinka.kernel.errors import JinkaError, MalformedData

TERMINAL = {
    0x9F02: "000000001000", 0x9F03: "000000000000", 0x9F1A: "0156", 0x95: "0000000000", 0x5F2A: "0156",
    0x9A: "260601", 0x9C: "00", 0x9F37: "11223344", 0x9F21: "093000", 0x9F33: "E0F8C8", 0x9F35: "22", 0x9F40: "6000F0A001",
    0x9F4E: "4A494E4B41", 0x8A: "3030", 0x9F7A: "00", 0xDF60: "00", 0xDF69: "00", 0x9F66: "00000000",
}  # fmt: skip
SFI_RECORD = 0x04


class Talk:
    """One dialogue, or several with a power cycle between them.

    Since the last power cycle: `objects`, data objects the card gave; `answers`, the responses to GENERATE AC taken apart;
    `sent`, the data of PDOL, CDOL1 and CDOL2; `wire`, all commands with their responses. Of the whole case: `counters`,
    `challenges`, `signatures`, `cryptograms`; `kept`, a command to send once more.
    """

    def __init__(self, contacts: Contacts, known: Known) -> None:
        self._contacts, self.known = contacts, known
        self.values = {tag: bytes.fromhex(text) for tag, text in TERMINAL.items()}
        self._forget()
        self.counters: list[int] = []
        self.challenges: list[bytes] = []
        self.signatures: list[bytes] = []
        self.cryptograms: list[bytes] = []
        self.kept: Command | None = None
        self.before: dict[str, bytes] = {}

    def _forget(self) -> None:
        self.objects: dict[int, bytes] = {}
        self.wire: list[tuple[bytes, bytes | None]] = []
        self.answers: list[dict[int, bytes]] = []
        self.sent: list[bytes] = []
        self.arqc = b""

    def exchange(self, command: Command) -> Response:
        """One command and its whole answer."""
        self.last, asked = command, command
        data = b""
        for _ in range(64):
            response = self._contacts.transmit(asked)
            self.wire.append((bytes(asked), bytes(response)))
            if response.sw >> 8 == 0x6C:
                asked = replace(asked, le=response.sw & 0xFF or 256)
            elif response.sw >> 8 == 0x61:
                data += response.data
                asked = Command(0x00, 0xC0, 0x00, 0x00, b"", response.sw & 0xFF or 256)
            else:
                break
        self.answer = Response(data + response.data, response.sw)
        return self.answer

    def power(self) -> None:
        """A power cycle: the card has forgotten its session, and so does this side."""
        self._contacts.power()
        self._forget()

    def select(self, aid: bytes) -> Response:
        """SELECT by name."""
        self._forget()
        response = self.exchange(Command(0x00, 0xA4, 0x04, 0x00, aid or self.known.aid, 256))
        self._keep(response, 0x6F)
        return response

    def options(self, values: dict[int, bytes], spoil: int = 0) -> Response:
        """GET PROCESSING OPTIONS with the card's PDOL filled. `spoil` drops so many bytes of it."""
        self.values |= values
        data = self._filled(0x9F38)
        data = data[: len(data) - spoil] if spoil else data
        response = self.exchange(Command(0x80, 0xA8, 0x00, 0x00, tlv.encode(0x83, data), 256))
        self.sent = [data]
        if response.sw == 0x9000:
            if response.data[:1] == b"\x80":
                body = _first(response).value
                self.objects |= {0x82: body[:2], 0x94: body[2:]}
            else:
                self._keep(response, 0x77)
        return response

    def read_all(self) -> Response:
        """The records the AFL names; the last response, or the first that fails."""
        response = Response()
        afl = self.objects.get(0x94, b"")
        for at in range(0, len(afl), 4):
            sfi, first, last = afl[at] >> 3, afl[at + 1], afl[at + 2]
            for number in range(first, last + 1):
                response = self.read(sfi, number)
                if response.sw != 0x9000:
                    return response
                self._keep(response, 0x70)
        return response

    def read(self, sfi: int, number: int) -> Response:
        """READ RECORD."""
        return self.exchange(Command(0x00, 0xB2, number, sfi << 3 | SFI_RECORD, b"", 256))

    def get(self, tag: int) -> Response:
        """GET DATA."""
        return self.exchange(Command(0x80, 0xCA, tag >> 8, tag & 0xFF, b"", 256))

    def generate(self, step: Step) -> Response:
        """GENERATE AC with CDOL1, after an ARQC with CDOL2."""
        data = self._filled(0x8D if self.answers else 0x8C)
        response = self.exchange(Command(0x80, 0xAE, int(step.ask, 16), 0x00, data if step.good else data[:-1], 256))
        if response.sw == 0x9000:
            self.sent.append(data)
            self._cryptogram(response)
        return response

    def _cryptogram(self, response: Response) -> None:
        node = _first(response)
        if node.tag == 0x80:
            body = node.value
            answer = {0x9F27: body[:1], 0x9F36: body[1:3], 0x9F26: body[3:11], 0x9F10: body[11:]}
        else:
            answer = {held.tag: held.value for held in tlv.scan(node.value)}
        self.answers.append(answer)
        self.cryptograms.append(answer.get(0x9F26, b""))
        if len(self.answers) == 1:
            self.arqc = answer.get(0x9F26, b"")
        if len(counter := answer.get(0x9F36, b"")) == 2:
            self.counters.append(int.from_bytes(counter, "big"))

    def verify(self, pin: str, *, good: bool) -> Response:
        """VERIFY with a plain block; `good` False spoils its length."""
        block = bytes.fromhex(f"2{len(pin):X}{pin}".ljust(16, "F"))
        return self.exchange(Command(0x00, 0x20, 0x00, 0x80, block if good else block[:-1], sensitive=True))

    def ask_challenge(self) -> Response:
        """GET CHALLENGE."""
        response = self.exchange(Command(0x00, 0x84, 0x00, 0x00, b"", 256))
        self.challenges.append(response.data)
        return response

    def sign(self, *, good: bool) -> Response:
        """INTERNAL AUTHENTICATE over the DDOL's data; `good` False sends a byte too few."""
        data = self._filled(0x9F49) or self.values[0x9F37]
        response = self.exchange(Command(0x00, 0x88, 0x00, 0x00, data if good else data[:-1], 256))
        if response.sw == 0x9000:
            node = _first(response)
            signature = node.value if node.tag == 0x80 else tlv.find(tlv.scan(node.value), 0x9F4B) or b""
            self.signatures.append(signature)
        return response

    def authenticate_issuer(self, *, good: bool) -> Response:
        """EXTERNAL AUTHENTICATE with the issuer's answer to this ARQC."""
        keys = self.issuer
        data = keys.response(self.session("ac"), self.arqc, self.values[0x8A]) + self.values[0x8A]
        if not good:
            data = bytes((data[0] ^ 1,)) + data[1:]
        self.values[0x91] = data
        return self.exchange(Command(0x00, 0x82, 0x00, 0x00, data))

    def script(self, step: Step) -> Response:
        """A script command with its MAC over header, counter, cryptogram and data."""
        keys = self.issuer
        head, data = bytes.fromhex(step.command), bytes.fromhex(step.data)
        if step.pin is not None:
            data = self._pin_change(step.pin)
        if step.secret or step.pin is not None:
            data = keys.hidden(self.session("enc"), data)
        cla, ins, p1, p2 = head
        header = head + bytes((len(data) + 4,))
        counter = self.counters[-1].to_bytes(2, "big")
        mac = keys.mac_of(self.session("mac"), header + counter + self.arqc + data)[:4]
        if not step.good:
            mac = bytes((mac[0] ^ 0x80,)) + mac[1:]
        return self.exchange(Command(cla, ins, p1, p2, data + mac))

    def _pin_change(self, pin: str) -> bytes:
        keys = self.issuer
        mask = keys.card_key(keys.ac, *self._holder())
        block = bytes.fromhex(f"0{len(pin):X}{pin}".ljust(16, "F"))
        return bytes(a ^ b for a, b in zip(block, bytes(4) + mask[4:8], strict=True))

    def session(self, use: str) -> bytes:
        """The issuer's session key for this card and transaction: ac, mac or enc."""
        keys = self.issuer
        return keys.session(getattr(keys, use), *self._holder(), self.counters[-1])

    @property
    def issuer(self) -> IssuerKeys:
        """The issuer's keys. Raises `CaseError` where they are not known."""
        if self.known.keys is None:
            raise CaseError("the step needs issuer-keys")
        return self.known.keys

    def _holder(self) -> tuple[str, int]:
        """PAN and its sequence number, from the records."""
        pan = self.objects.get(0x5A, b"").hex().rstrip("f")
        return pan, int(self.objects.get(0x5F34, b"\0").hex())

    def _filled(self, tag: int) -> bytes:
        """The values a data object list asks for; what is not known or too short is filled with zeros on the right."""
        return b"".join(
            self.values.get(wanted, b"")[:length].ljust(length, b"\0")
            for wanted, length in dol.parse(self.objects.get(tag, b""))
        )

    def _keep(self, response: Response, tag: int) -> None:
        if response.sw not in (0x9000, 0x6283):
            return
        try:
            for node in tlv.template(response.data, tag):
                if node.tag == 0xA5:
                    self.objects |= {held.tag: held.value for held in tlv.scan(node.value)}
                self.objects[node.tag] = node.value
        except JinkaError:
            return


def _first(response: Response) -> tlv.Node:
    """The object an answer begins with. Raises `MalformedData`."""
    nodes = tlv.scan(response.data)
    if not nodes:
        raise MalformedData("an answer without data")
    return nodes[0]
