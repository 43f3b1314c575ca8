"""The ledger: what follows what, what is found again, what is never in the file."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinka.kernel.data import tags
from jinka.kernel.effects import Memory, Recall, Record, RecordKind
from jinka.kernel.errors import ConfigError, MisuseError
from jinka.kernel.journal import FileVault, Ledger, open_ledger
from jinka.kernel.secret import Secret

PAN = "6212340000000000012"
TRACK2 = bytes.fromhex(f"{PAN}D301222010000123450F"[:38])
CARD = Secret(PAN.encode())
INTENT, REVERSAL, SALE = RecordKind.INTENT, RecordKind.REVERSAL, RecordKind.SALE
ADVICE, CLOSED, UNCERTAIN = RecordKind.ADVICE, RecordKind.CLOSED, RecordKind.UNCERTAIN


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as made:
        yield made


def record(kind: RecordKind, reference: str = "a", *more: tuple[str, int | str], pan: Secret | None = CARD) -> Record:
    return Record(kind, reference, (("amount", 100), *more), ((tags.ATC, b"\0\1"),), pan)


def counter(ledger: Ledger, name: str = "sequence") -> object:
    found = ledger.recall(Recall(Memory.COUNTER, name))
    return found.get("value") if found is not None else None


def last_sale(ledger: Ledger, psn: int | None = None) -> object:
    found = ledger.recall(Recall(Memory.LAST_SALE, pan=CARD, pan_sequence=psn))
    return found.get("amount") if found is not None else None


def test_every_commit_is_forced_to_the_disk(ledger: Ledger) -> None:
    ask = ledger._database.execute
    assert ask("PRAGMA journal_mode").fetchone() == ("wal",)
    assert ask("PRAGMA synchronous").fetchone() == (2,)


def test_files_are_the_owners_alone(ledger: Ledger) -> None:
    ledger.remember(record(SALE))
    for path in ledger.path.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_record_comes_back(ledger: Ledger) -> None:
    ledger.remember(record(SALE, "a", ("service", "PURCHASE")))
    (found,) = ledger.owed(SALE)
    assert found == record(SALE, "a", ("service", "PURCHASE"))


def test_what_a_later_record_does_not_say_is_taken_over(ledger: Ledger) -> None:
    ledger.remember(record(INTENT, "a", ("service", "PURCHASE")))
    ledger.remember(Record(REVERSAL, "a", (("reason", "time-out"),)))
    (found,) = ledger.owed(REVERSAL)
    assert dict(found.fields) == {"amount": 100, "service": "PURCHASE", "reason": "time-out"}
    assert found.pan == CARD
    assert found.chip == ((tags.ATC, b"\0\1"),)


ALLOWED = {
    INTENT: {INTENT, REVERSAL, SALE, ADVICE, CLOSED, UNCERTAIN},
    CLOSED: {INTENT, REVERSAL, SALE, ADVICE, CLOSED, UNCERTAIN},
    UNCERTAIN: {INTENT, REVERSAL, SALE, ADVICE, CLOSED, UNCERTAIN},
    SALE: {SALE, REVERSAL, UNCERTAIN},
    REVERSAL: {REVERSAL},
    ADVICE: {ADVICE, REVERSAL},
}


@pytest.mark.parametrize("before", list(ALLOWED))
@pytest.mark.parametrize("after", list(ALLOWED))
def test_a_debt_is_not_overwritten(ledger: Ledger, before: RecordKind, after: RecordKind) -> None:
    ledger.remember(record(before))
    if after in ALLOWED[before]:
        ledger.remember(record(after))
        assert ledger.counts() == {after: 1}
    else:
        with pytest.raises(MisuseError, match="cannot become"):
            ledger.remember(record(after))
        assert ledger.counts() == {before: 1}


def test_recover_makes_an_intent_a_reversal(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l.db") as ledger:
        for kind in ALLOWED:
            ledger.remember(record(kind, kind.value))
    with open_ledger(tmp_path / "l.db") as ledger:
        assert {found.reference for found in ledger.owed(REVERSAL)} == {"intent", "reversal"}
        assert ledger.entry("intent") == record(REVERSAL, "intent", ("reason", "restart"))
        assert ledger.recover() == ()
        assert ledger.counts() == {REVERSAL: 2, SALE: 1, ADVICE: 1, CLOSED: 1, UNCERTAIN: 1}


def test_acknowledged_debts_are_closed_and_lose_their_pan(ledger: Ledger) -> None:
    for kind in (REVERSAL, ADVICE):
        ledger.note(kind.value, {"11": "000001"})
        ledger.remember(record(kind, kind.value))
        assert ledger.attempted(kind.value) == 1
        ledger.acknowledged(kind.value)
        found = ledger.entry(kind.value)
        assert found is not None
        assert (found.kind, found.pan, ledger.noted(kind.value)) == (CLOSED, None, None)
    with pytest.raises(MisuseError, match="nothing is kept"):
        ledger.acknowledged("unknown")


def test_a_sale_is_owed_until_uploaded_and_kept_until_settled(ledger: Ledger) -> None:
    for reference in "ab":
        ledger.remember(record(SALE, reference))
    ledger.acknowledged("a")
    assert [found.reference for found in ledger.owed(SALE)] == ["b"]
    assert (ledger.taken(), ledger.pending(), ledger.batch()) == (1, None, 1)
    assert [ledger.freeze() for _ in range(2)] == [1, 1]
    assert (ledger.taken(), ledger.pending(), ledger.batch()) == (0, 1, 2)
    ledger.acknowledged("b")
    assert [found.reference for found in ledger.frozen()] == ["a"]
    assert (ledger.settled(), ledger.pending(), ledger.taken()) == (1, None, 1)
    assert ledger.counts() == {SALE: 1, CLOSED: 1}


def test_an_attendant_resolves(ledger: Ledger) -> None:
    ledger.remember(record(UNCERTAIN))
    ledger.resolve("a", SALE, "card shows the debit")
    assert ledger.owed(SALE)[0].get("resolved") == "card shows the debit"
    with pytest.raises(MisuseError):
        ledger.resolve("b", CLOSED, "")


# --- counters ---------------------------------------------------------------------------------------------------


def test_counters(ledger: Ledger, tmp_path: Path) -> None:
    assert counter(ledger) is None
    for value in (1, 2, 99_999_999):
        ledger.remember(Record(RecordKind.COUNTER, "counter:sequence", (("counter", "sequence"), ("value", value))))
        assert counter(ledger) == value
    assert ledger.next("sequence") == 1
    for wrong in (0, -1, 100_000_000, "1"):
        with pytest.raises(MisuseError, match="runs from 1"):
            ledger.remember(Record(RecordKind.COUNTER, "sequence", (("value", wrong),)))
    assert [ledger.next("small", 3) for _ in range(7)] == [1, 2, 3, 1, 2, 3, 1]


def test_two_processes_never_get_the_same_number(ledger: Ledger) -> None:
    with Ledger(ledger.path) as other:
        taken = [owner.next("stan") for _ in range(10) for owner in (ledger, other)]
    assert taken == list(range(1, 21))


# --- cards ------------------------------------------------------------------------------------------------------


def test_last_sale_of_a_card(ledger: Ledger) -> None:
    assert last_sale(ledger) is None
    ledger.remember(record(SALE, "a"))
    ledger.remember(record(SALE, "b", ("pan_sequence", 1), ("amount", 250)))
    assert (last_sale(ledger), last_sale(ledger, 1), last_sale(ledger, 2)) == (100, 250, None)
    ledger.remember(record(REVERSAL, "b"))
    assert last_sale(ledger, 1) is None
    ledger.acknowledged("a")
    ledger.freeze()
    ledger.settled()
    assert last_sale(ledger) == 100


@pytest.mark.parametrize(
    ("listed", "asked", "found"), [((PAN, 1), 1, True), ((PAN, 1), 2, False), ((PAN, None), 2, True), ((PAN, 1), None, False)]
)
def test_hot_list(ledger: Ledger, listed: tuple[str, int | None], asked: int | None, found: bool) -> None:
    assert ledger.load_hot_list([(Secret(listed[0].encode()), listed[1])]) == 1
    assert (ledger.recall(Recall(Memory.HOT_LIST, pan=CARD, pan_sequence=asked)) is not None) is found
    assert ledger.recall(Recall(Memory.HOT_LIST, pan=Secret(b"6212349999"), pan_sequence=asked)) is None
    assert ledger.load_hot_list([]) == 0
    assert ledger.recall(Recall(Memory.HOT_LIST, pan=CARD, pan_sequence=asked)) is None


# --- what is never in the file ----------------------------------------------------------------------------------


def raw_files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


def test_no_card_data_in_the_bytes_of_the_files(ledger: Ledger) -> None:
    chip = (
        (tags.PAN, bytes.fromhex(f"{PAN}F")), (tags.TRACK2, TRACK2), (tags.CARDHOLDER_NAME, b"ZHANG/SAN"),
        (tags.CRYPTOGRAM, bytes(range(8))), (0x9F5A, PAN.encode()), (0x9F5B, bytes.fromhex(f"00{PAN}F")),
    )  # fmt: skip
    for kind in (INTENT, REVERSAL):
        ledger.remember(Record(kind, "a", (("amount", 1),), chip, CARD))
    ledger.remember(Record(SALE, "b", (("amount", 1),), chip, CARD))
    ledger.load_hot_list([(CARD, None), (CARD, 1)])
    ledger.recall(Recall(Memory.LAST_SALE, pan=CARD))
    for moment in ("open", "closed"):
        content = raw_files(ledger.path.parent)
        bcd = bytes.fromhex(f"{PAN}F")
        for secret in (PAN.encode(), PAN[6:].encode(), bcd, bcd[1:9], TRACK2[:8], TRACK2[10:], b"ZHANG"):
            assert secret not in content, moment
            assert secret.hex().upper().encode() not in content, moment
        assert b"621234*********0012" in content
        ledger.close()
    assert bytes(range(8)).hex().upper().encode() in content


def test_a_pan_in_a_plain_field_is_refused(ledger: Ledger) -> None:
    with pytest.raises(MisuseError, match="field note holds a PAN") as caught:
        ledger.remember(record(SALE, "a", ("note", f"card {PAN}")))
    assert PAN not in str(caught.value)
    assert ledger.counts() == {}
    with pytest.raises(MisuseError, match="ASCII digits"):
        ledger.remember(record(SALE, pan=Secret(bytes.fromhex(f"{PAN}F"))))


def test_a_lost_or_foreign_key_is_noticed(tmp_path: Path) -> None:
    path, key = tmp_path / "l.db", tmp_path / "l.db.key"
    with Ledger(path) as ledger:
        ledger.remember(record(SALE))
    saved = key.read_bytes()
    key.unlink()
    with pytest.raises(ConfigError, match=r"l\.db\.key: cannot read"):
        Ledger(path)
    key.write_bytes(bytes(64))
    key.chmod(0o600)
    with Ledger(path) as ledger, pytest.raises(ConfigError, match="not sealed under this key"):
        ledger.owed(SALE)
    key.write_bytes(saved[:-1])
    with pytest.raises(ConfigError, match="64 bytes"):
        Ledger(path)
    key.write_bytes(saved)
    key.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        Ledger(path)


def test_a_sealed_pan_does_not_open_under_another_reference(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "k", create=True)
    sealed = vault.seal(CARD, "a")
    assert vault.open(sealed, "a") == CARD
    assert vault.seal(CARD, "a") != sealed
    for wrong, reference in ((sealed, "b"), (sealed[:-1], "a"), (b"", "a")):
        with pytest.raises(ConfigError):
            vault.open(wrong, reference)


def test_what_is_no_ledger_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    vault = FileVault(tmp_path / "k", create=True)
    path.write_bytes(b"no database at all, but long enough to look like one" * 10)
    with pytest.raises(ConfigError, match="no ledger"):
        Ledger(path, vault=vault)
    with pytest.raises(ConfigError, match="cannot open"):
        Ledger(tmp_path, vault=vault)
    path.unlink()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version=99")
    other.close()
    with pytest.raises(ConfigError, match="version 99"):
        Ledger(path, vault=vault)


# --- bounds -----------------------------------------------------------------------------------------------------


def test_the_past_is_bounded_and_a_commit_costs_the_same_with_a_long_one(tmp_path: Path) -> None:
    """Cost is counted in instructions of the database's machine, so that no clock decides."""
    with Ledger(tmp_path / "l.db", keep=50) as ledger:
        ledger._database.execute("PRAGMA synchronous=OFF")
        steps = [0]

        def tick() -> int:
            steps[0] += 1
            return 0

        def cost(number: int) -> int:
            steps[0] = 0
            ledger._database.set_progress_handler(tick, 1)
            ledger.remember(record(INTENT, f"r{number}"))
            ledger.remember(record(SALE, f"r{number}"))
            ledger._database.set_progress_handler(None, 1)
            return steps[0]

        def run(first: int, last: int) -> None:
            for number in range(first, last):
                ledger.remember(record(SALE, f"s{number}"))
                ledger.remember(Record(REVERSAL, f"s{number}"))
                ledger.acknowledged(f"s{number}")
                ledger.remember(record(SALE, f"owed{number}", pan=None))

        run(0, 100)
        early = cost(1)
        run(100, 800)
        assert cost(2) < 1.5 * early
        assert ledger.counts()[CLOSED] == 50
        assert ledger.counts()[SALE] == 802
