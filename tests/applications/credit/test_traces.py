"""The kernel against published traces of test cards: certificates, signatures and decisions made by others."""

from datetime import datetime

from jinka.kernel import Station, Terminal, Verdict, run
from jinka.kernel.config import Application, Config, Device, Hex
from jinka.kernel.data import tags
from jinka.kernel.effects import Authorisation, OnlineRequest, PinEntry, PinState, Reached, Step
from jinka.kernel.secret import Secret

from tests.support.traces import TraceCard, ca_key, load


class FixedHost:
    """Answers every request alike."""

    def __init__(self, answer):
        self.answer, self.requests = answer, []

    def authorise(self, request: OnlineRequest):
        self.requests.append(request)
        return self.answer


def mask_of(values: dict[str, str], *free: str) -> bytes:
    """FF for the bytes of a DOL that must agree, 00 for those of the tags named."""
    return b"".join((b"\0" if tag in free else b"\xff") * (len(value) // 2) for tag, value in values.items())


def milestones(seen):
    return {effect.step: effect.snapshot for effect, _ in seen if isinstance(effect, Reached)}


def test_unionpay_test_card_online_purchase_with_dda():
    """UnionPay International's test card FT01, online purchase of AUD 65.80 in Australia on 2015-03-16.

    The traced terminal drew a second unpredictable number for GENERATE AC; those four bytes are left free.
    """
    trace = load("unionpay_ft01_contact_sda_dda")
    terminal = trace["terminal"]
    card = TraceCard(
        trace,
        {0xAE: b""},
    )
    first, second = mask_of(terminal["gac1_values"], "9F37"), mask_of(terminal["gac2_values"], "9F37")

    def transmit(command):
        card.masks[0xAE] = first if command.p1 == 0x80 else second
        return TraceCard.transmit(card, command)

    config = Config(
        device=Device(country=36, currency=36, capabilities=Hex.fromhex("E0F8C8")),
        applications=(
            Application(Hex.fromhex("A000000333010102"), floor_limit=5000, version=Hex.fromhex("0020")),
        ),
        keys=(ca_key(trace),),
    )
    host = FixedHost(Authorisation("00", bytes.fromhex("1122334455667788")))
    seen = []
    station = Station(
        type("Wire", (), {"transmit": staticmethod(transmit)})(),
        host=host,
        clock=lambda: datetime(2015, 3, 16, 16, 1, 36),
        random=lambda size: bytes.fromhex("7863AFC6") if size == 4 else bytes(size),
        observer=lambda effect, answer: seen.append((effect, answer)),
    )
    outcome = run(Terminal(config).purchase(6580), station)

    assert card.unknown == []
    assert outcome.verdict is Verdict.APPROVED
    assert outcome.online
    assert outcome.tvr.hex() == "0000008040"
    assert outcome.tsi.hex() == "f800"
    assert outcome.cvm_results.hex() == "5e0300"
    assert outcome.signature
    data = dict(outcome.data)
    assert data[tags.ICC_DYNAMIC_NUMBER].hex() == "000659a2f145f4"
    assert milestones(seen)[Step.AUTHENTICATED].note == "DDA: successful"
    # The chip data for the host is that of the first cryptogram, and so is its TVR.
    sent = dict(host.requests[0].chip)
    assert sent[tags.CRYPTOGRAM].hex() == "b04398d218017bf9"
    assert sent[tags.TVR].hex() == "0000008000"
    assert sent[tags.IAD].hex() == "07000103a0a80201"
    assert host.requests[0].pan.reveal() == b"6210948000000011"
    # Every command of the trace was sent, and nothing else.
    headers = [command.header.hex() for command in card.log]
    assert sorted(headers) == sorted(pair["command"][:8].lower() for pair in trace["apdus"])


def test_unionpay_test_card_with_sda():
    """The same card at a terminal that can only do SDA: the signed static data verifies, and the code it carries is kept."""
    trace = load("unionpay_ft01_contact_sda_dda")
    config = Config(
        device=Device(country=36, currency=36, capabilities=Hex.fromhex("E0F880")),
        applications=(Application(Hex.fromhex("A000000333010102"), floor_limit=5000, version=Hex.fromhex("0020")),),
        keys=(ca_key(trace),),
    )
    seen = []
    station = Station(
        TraceCard(trace),
        clock=lambda: datetime(2015, 3, 16, 16, 1, 36),
        observer=lambda effect, answer: seen.append((effect, answer)),
    )
    run(Terminal(config).purchase(6580), station)
    snapshot = milestones(seen)[Step.AUTHENTICATED]
    assert snapshot.note == "SDA: successful"
    assert snapshot.tvr.hex() == "0200000000"
    assert snapshot.tsi.hex() == "8000"


class PinPad:
    """Enters an online PIN; what the block holds does not matter to the card."""

    def ask_pin(self, asked):
        return PinEntry(PinState.ENTERED, Secret(bytes(8)))

    def ask_choice(self, asked):
        return 0

    def tell(self, told):
        return None


def test_american_express_test_card_with_cda():
    """An AEIPS test card whose ARQC came with a CDA signature: both GENERATE AC hashes and the cryptogram inside.

    The signature covers everything the traced terminal sent, its odd terminal type included, so each byte must agree.
    The trace ends with the first GENERATE AC.
    """
    trace = load("amex_aeips_cda")
    config = Config(
        device=Device(type="EA", country=36, currency=36, capabilities=Hex.fromhex("E0F8C8")),
        applications=(Application(Hex.fromhex("A000000025010403"), floor_limit=100, version=Hex.fromhex("0001")),),
        keys=(ca_key(trace),),
    )
    card, host, seen = TraceCard(trace), FixedHost(Authorisation("00")), []
    station = Station(
        card,
        person=PinPad(),
        host=host,
        clock=lambda: datetime(2014, 10, 31, 12, 0, 0),
        random=lambda size: bytes.fromhex("327273B9") if size == 4 else bytes(size),
        observer=lambda effect, answer: seen.append((effect, answer)),
    )
    outcome = run(Terminal(config).purchase(12000), station)
    notes = [effect.snapshot.note for effect, _ in seen if isinstance(effect, Reached)]
    assert "CDA: prepared" in notes
    assert "CDA: successful" in notes
    sent = dict(host.requests[0].chip)
    assert sent[tags.CRYPTOGRAM].hex() == "51f4f65dde43732d"
    assert sent[tags.TVR].hex() == "0000048000"
    assert dict(outcome.data)[tags.ICC_DYNAMIC_NUMBER].hex() == "b1bd198460deba64"
    # No second GENERATE AC was recorded: the kernel asks for it, gets nothing, and takes the approval back.
    assert outcome.verdict is Verdict.TERMINATED
    assert outcome.reversal
