"""Faults on the wire, and the person in front."""

import pytest
from jinka.kernel.apdu import Command, Response
from jinka.kernel.effects import AskChoice, AskPin, Message, Option, PinKind, PinState, Question, Tell
from jinka.kernel.errors import Cancelled, CardRemoved, LinkTimeout
from jinka.kernel.secret import Secret
from jinka.kernel.station import Person
from jinka.kernel.transports.local import LocalCard
from jinka.simulator.card import Card
from jinka.simulator.faults import Fault, FaultySlot
from jinka.simulator.human import Human, zone_cipher
from jinka.simulator.objects import Hex
from jinka.simulator.personality import load_personality


class Echo:
    """Answers ten bytes and counts."""

    def __init__(self) -> None:
        self.count = 0

    def transmit(self, command: Command, /) -> Response:
        self.count += 1
        return Response(bytes(range(10)))


GPO, GAC = Command(0x80, 0xA8, le=256), Command(0x80, 0xAE, 0x40, le=256)


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        (Fault("truncate", size=3), Response(b"\0\1\2")),
        (Fault("flip", size=0), Response(b"\x80" + bytes(range(1, 10)))),
        (Fault("flip", size=79), Response(bytes(range(9)) + b"\x08")),
        (Fault("oversize", size=2), Response(bytes(range(10)) + b"\xff\xff")),
        (Fault("status", status=0x6985), Response(sw=0x6985)),
        (Fault("data", data=Hex(b"\1")), Response(b"\1")),
    ],
)
def test_what_a_fault_does(fault: Fault, wanted: Response) -> None:
    assert FaultySlot(Echo(), [fault]).transmit(GPO) == wanted


def test_which_command_it_strikes() -> None:
    echo = Echo()
    slot = FaultySlot(echo, [Fault("status", ins=0xAE, nth=2), Fault("mute", p1=7), Fault("remove", nth=5)])
    assert [slot.transmit(command).sw for command in (GPO, GAC, GPO, GAC)] == [0x9000, 0x9000, 0x9000, 0x6F00]
    with pytest.raises(CardRemoved):
        slot.transmit(GPO)
    with pytest.raises(LinkTimeout):
        slot.transmit(Command(0, 0, 7))
    assert (echo.count, len(slot.commands)) == (6, 6)
    never = FaultySlot(echo, [Fault("status", executed=False), Fault("delay", seconds=2.5)])
    assert never.transmit(GPO).elapsed == 2.5
    assert echo.count == 6
    assert FaultySlot(echo, [Fault("flip", size=1), Fault("truncate", size=0)]).transmit(GPO).data == b""
    assert FaultySlot(echo, [Fault("truncate", size=0), Fault("flip", size=1)]).transmit(GPO).data == b""


def test_around_a_card() -> None:
    slot = FaultySlot(LocalCard(Card(load_personality("unionpay-debit"))), [Fault("data", ins=0xA4, data=Hex(b"\x6f"))])
    assert slot.transmit(Command(0, 0xA4, 4, 0, b"1PAY.SYS.DDF01", 256)) == Response(b"\x6f")


PAN = Secret(b"6212340000000000012")


def test_pins() -> None:
    human = Human(pin="1234", wrong=("0000", "1111"))
    offline = AskPin(PinKind.OFFLINE, tries=3)
    entered = [human.ask_pin(offline).pin for _ in range(4)]
    assert [pin.reveal() for pin in entered if pin] == [b"0000", b"1111", b"1234", b"1234"]
    assert human.ask_pin(AskPin(PinKind.ONLINE, pan=PAN)).state is PinState.NO_PIN_PAD
    assert Human(pin=None).ask_pin(offline).state is PinState.BYPASSED
    assert Human(pin_pad=False).ask_pin(offline).state is PinState.NO_PIN_PAD
    with pytest.raises(Cancelled):
        Human(cancels=True).ask_pin(offline)


def test_online_pin_block() -> None:
    from jinka.kernel.crypto import tdes

    key = Secret(bytes(range(16)))
    entry = Human(pin_cipher=zone_cipher(key)).ask_pin(AskPin(PinKind.ONLINE, pan=PAN))
    assert entry.state is PinState.ENTERED
    assert entry.pin is not None
    clear = tdes.decrypt_ecb(key.reveal(), entry.pin.reveal())
    pan = bytes.fromhex("0000" + "000000000001")
    assert bytes(a ^ b for a, b in zip(clear, pan, strict=True)) == bytes.fromhex("041234FFFFFFFFFF")


def test_choices_and_messages() -> None:
    asked = AskChoice(Question.APPLICATION, (Option("UnionPay Debit"), Option("UnionPay Credit")))
    assert Human().ask_choice(asked) == 0
    assert Human(choice="UnionPay C").ask_choice(asked) == 1
    assert Human(choice="Other").ask_choice(asked) is None
    assert Human(choice=2).ask_choice(asked) is None
    assert Human(choice=None).ask_choice(asked) is None
    confirm = AskChoice(Question.CONFIRM, (Option("UnionPay Debit"),))
    assert Human().ask_choice(confirm) == 0
    assert Human(agrees=False).ask_choice(confirm) is None
    assert Human(answers={Question.CONFIRM: None}).ask_choice(confirm) is None
    human: Person = Human()
    human.tell(Tell(Message.APPROVED))
    assert isinstance(human, Human)
    assert human.told == [Tell(Message.APPROVED)]
