"""The edges of what a step accepts, where no command would show them."""

from dataclasses import replace

import pytest
from jinka.kernel import Terminal, Verdict, run
from jinka.kernel.config import Config
from jinka.kernel.data import pboc, tags
from jinka.kernel.data.fields import AdditionalCapabilities, Tvr
from jinka.kernel.effects import AskChoice, AskPin, GoOnline, Memory, Message, Random, Record, RecordKind, Tell
from jinka.kernel.errors import MalformedData, MisuseError
from jinka.kernel.secret import Secret
from jinka.kernel.steps.authenticate import dynamic_number
from jinka.kernel.steps.pin import plain_block
from jinka.kernel.steps.read import locate
from jinka.kernel.steps.verify import CvmList
from jinka.simulator.human import Human
from jinka.simulator.personality import load_personality
from jinka.simulator.world import SimulatedWorld, simulated_config


@pytest.mark.parametrize(
    ("content", "number"),
    [("", None), ("01AA", None), ("02AABB", "AABB"), ("02AA", None), ("081122334455667788CC", "1122334455667788"),
     ("09112233445566778899", None), ("0811223344556677", None)],
)  # fmt: skip
def test_a_dynamic_number_has_two_to_eight_bytes(content, number):
    assert dynamic_number(bytes.fromhex(content)) == (None if number is None else bytes.fromhex(number))


def test_a_dynamic_number_that_is_none_fails_the_signature():
    card = load_personality("dda-only").changed({"sign.dynamic_number": 9})
    outcome = run(Terminal(simulated_config()).purchase(150_00), SimulatedWorld(card))
    assert Tvr.DDA_FAILED in Tvr.parse(outcome.tvr)
    assert tags.ICC_DYNAMIC_NUMBER not in dict(outcome.data)


@pytest.mark.parametrize(
    ("digits", "block"),
    [("1234", "241234FFFFFFFFFF"), ("123456789012", "2C123456789012FF"), ("123", None), ("1234567890123", None), ("12a4", None)],
)
def test_a_pin_has_four_to_twelve_digits(digits, block):
    if block is None:
        with pytest.raises(MisuseError):
            plain_block(Secret(digits.encode()))
    else:
        assert plain_block(Secret(digits.encode())).hex().upper() == block
    with pytest.raises(MisuseError):
        plain_block(Secret(b"\xff234"))


class Shelf:
    """A memory that knows one counter, and nothing else."""

    def __init__(self, *fields: tuple[str, int | str]) -> None:
        self.fields = fields
        self.kept: list[Record] = []

    def remember(self, record: Record) -> None:
        self.kept.append(record)

    def recall(self, asked) -> Record | None:
        known = (asked.memory, asked.name) == (Memory.COUNTER, "sequence")
        return Record(RecordKind.COUNTER, "counter:sequence", self.fields) if known else None


@pytest.mark.parametrize(
    ("fields", "number"),
    [((("value", 7),), 8), ((("value", 99_999_998),), 99_999_999), ((("value", 99_999_999),), 1), ((), 1), ((("value", "7"),), 1)],
)
def test_the_sequence_counter_goes_round(fields, number):
    shelf = Shelf(*fields)
    outcome = run(Terminal(simulated_config()).purchase(150_00), SimulatedWorld(keeper=shelf))
    assert outcome.reference == f"20260601-00000001-{number:08d}"
    assert dict(outcome.data)[tags.SEQUENCE_COUNTER].hex() == f"{number:08d}"
    assert dict(shelf.kept[0].fields)["value"] == number


@pytest.mark.parametrize(
    ("table", "name", "label"),
    [("10", b"\xa1", "Ą"), ("09", b"\xd0", "Ğ"), ("01", b"\xff", "ÿ"), ("0A", b"A", "LABEL"), ("11", b"A", "LABEL")],
)
def test_code_tables_of_preferred_names(table, name, label):
    base = simulated_config()
    every = AdditionalCapabilities.parse(bytes.fromhex("FF80F0F3FF"))
    conf = replace(base, device=replace(base.device, additional_capabilities=bytes(every)))
    card = load_personality("unionpay-debit").changed({"50": "text:LABEL", "9F12": name.hex(), "pse.9F11": table})
    assert run(Terminal(conf).purchase(150_00), SimulatedWorld(card)).label == label


def test_a_label_that_is_no_text_is_shown_as_far_as_it_can_be():
    card = load_personality("unionpay-debit").changed({"50": "41FF42", "9F12": "-"})
    outcome = run(Terminal(simulated_config()).purchase(150_00), SimulatedWorld(card))
    assert outcome.verdict is Verdict.APPROVED
    assert outcome.label.startswith("A")


def test_questions_are_in_the_language_of_the_transaction():
    base = simulated_config()
    conf = replace(base, device=replace(base.device, languages=("zh", "en")))
    for name, changes in (("unionpay-debit", {"87": "81", "pse.5F2D": "656E"}), ("multi-application", {"pse.5F2D": "656E"})):
        asked = []
        world = SimulatedWorld(
            load_personality(name).changed(changes), observer=lambda effect, answer, held=asked: held.append(effect)
        )
        run(Terminal(conf).purchase(150_00), world)
        spoken = [(one.language, len(one.options)) for one in asked if isinstance(one, AskChoice)]
        assert spoken
        assert {language for language, _ in spoken} == {"en"}
        assert all(count for _, count in spoken)


def config(*, device: dict | None = None, options: dict | None = None, **application: object) -> Config:
    base = simulated_config()
    return replace(
        base,
        device=replace(base.device, **(device or {})),
        options=replace(base.options, **(options or {})),
        applications=tuple(replace(entry, **application) for entry in base.applications),
    )


@pytest.mark.parametrize(("amount", "other", "sound"), [(10_00, 10_00, True), (10_00, 10_01, False), (10**12, 0, False)])
def test_amounts_that_make_a_transaction(amount, other, sound):
    card = load_personality("unionpay-debit").changed({"9F07": "FFC0"})
    if sound:
        assert run(Terminal(config()).cashback(amount, other), SimulatedWorld(card)).amount == amount
    else:
        with pytest.raises(MisuseError, match="do not make a transaction"):
            Terminal(config()).cashback(amount, other)


def test_what_a_terminal_says_of_itself():
    conf = config(device={"terminal_id": "终端01"}, options={"sm": True})
    data = dict(run(Terminal(conf).purchase(150_00), SimulatedWorld()).data)
    assert data[tags.TERMINAL_ID] == b"??01    "
    assert data[pboc.SM_INDICATOR] == b"\x01"


class Drawing(SimulatedWorld):
    """A world that draws what it is told for the random selection."""

    drawn = 0

    def answer(self, effect):
        if isinstance(effect, Random):
            self.purposes = [*getattr(self, "purposes", ()), (effect.size, effect.purpose)]
            if effect.purpose == "random selection":
                return self.drawn.to_bytes(8, "big")
        return super().answer(effect)


@pytest.mark.parametrize(
    ("drawn", "target", "chosen"),
    [(0, 1, True), (1, 1, False), (98, 98, False), (97, 98, True), (99, 1, True), (256, 57, False), (256, 58, False), (256, 59, True)],
)
def test_the_draw_is_from_one_to_ninety_nine(drawn, target, chosen):
    world = Drawing()
    world.drawn = drawn
    conf = config(floor_limit=1000_00, threshold=1000_00, target=target, max_target=target)
    outcome = run(Terminal(conf).purchase(150_00), world)
    assert (Tvr.RANDOM_ONLINE in Tvr.parse(outcome.tvr)) is chosen
    assert world.purposes[:2] == [(4, "9F37"), (8, "random selection")]


@pytest.mark.parametrize(
    ("floor", "target", "most", "drawn"), [(100_00, 50, 99, False), (1000_00, 0, 0, False), (1000_00, 0, 99, True), (1000_00, 1, 0, True)]
)
def test_nothing_is_drawn_where_nothing_can_be_selected(floor, target, most, drawn):
    world = Drawing()
    run(Terminal(config(floor_limit=floor, threshold=0, target=target, max_target=most)).purchase(150_00), world)
    assert ((8, "random selection") in world.purposes) is drawn


def test_the_try_that_is_left_is_told():
    seen = []
    human = Human(wrong=("0000",), pin_cipher=lambda pin, pan: bytes(8))
    world = SimulatedWorld("unionpay-quasi-credit", person=human, observer=lambda effect, answer: seen.append(effect))
    run(Terminal(config(device={"languages": ("en", "zh")})).purchase(150_00), world)
    asked = [one for one in seen if isinstance(one, AskPin)]
    assert [(one.tries, one.language, one.amount) for one in asked] == [(3, asked[0].language, 150_00), (2, asked[0].language, 150_00)]
    assert asked[0].language in ("zh", "en")
    assert [one.detail for one in seen if isinstance(one, Tell) and one.message is Message.INCORRECT_PIN] == [2]


def test_a_card_without_track_2_goes_online_without():
    seen = []
    card = load_personality("unionpay-debit").changed({"57": None})
    run(Terminal(config()).purchase(150_00), SimulatedWorld(card, observer=lambda effect, answer: seen.append(effect)))
    assert [one.request.track2 for one in seen if isinstance(one, GoOnline)] == [None]


@pytest.mark.parametrize(
    ("afl", "limit", "entries"),
    [
        ("08010201", 2, [(1, 1, 2, 1)]),
        ("08010200" "F0050500", 3, [(1, 1, 2, 0), (30, 5, 5, 0)]),
        ("08010200" "F0050500", 2, None),
        ("", 9, None),
        ("080102", 9, None),
        ("F8010100", 9, None),
        ("00010100", 9, None),
        ("08000100", 9, None),
        ("08020100", 9, None),
        ("08010102", 9, None),
        ("09010100", 9, None),
    ],
)  # fmt: skip
def test_a_file_locator(afl, limit, entries):
    if entries is None:
        with pytest.raises(MalformedData):
            locate(bytes.fromhex(afl), limit)
    else:
        assert locate(bytes.fromhex(afl), limit) == entries


def test_a_list_of_methods_has_its_two_amounts():
    assert CvmList.parse(bytes.fromhex("01020304 05060708 1F00".replace(" ", ""))) == (0x01020304, 0x05060708, ((0x1F, 0),))
    for text in ("01020304050607", "0102030405060708 1F"):
        with pytest.raises(MalformedData):
            CvmList.parse(bytes.fromhex(text.replace(" ", "")))
