"""Ledger: the terminal's memory of money, in one SQLite file. Implements `Keeper` and what the host link asks of it.

A record is durable when `remember` returns. Debts (REVERSAL, SALE, ADVICE) end only by `acknowledged` or `settled`;
an INTENT found at a start means that the power failed in between, and `recover` makes it a REVERSAL. One thread a
ledger. The only text of a PAN in the file is first six and last four; see `vault.py` for the rest.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from jinka.kernel.effects import Memory, Recall, Record, RecordKind
from jinka.kernel.errors import MisuseError
from jinka.kernel.journal import entries
from jinka.kernel.journal.database import bump, open_database, transaction
from jinka.kernel.journal.vault import FileVault, Vault
from jinka.kernel.secret import Secret

LAST_NUMBER = 99_999_999
_ROW = "kind, reference, fields, chip, sealed"


class Ledger:
    """`keep` bounds what is remembered of the past: so many closed entries and so many last sales.

    `vault` None: the keys are in `<path>.key`, made together with a new database. Raises `ConfigError` when file or
    key are not usable.
    """

    def __init__(self, path: str | Path, *, vault: Vault | None = None, keep: int = 1000) -> None:
        self.path, self.keep = Path(path), keep
        if vault is None:
            fresh = not self.path.exists()
            vault = FileVault(self.path.with_name(f"{self.path.name}.key"), create=fresh)
        self._vault: Vault = vault
        self._database = open_database(self.path)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- Keeper: what a flow may do -----------------------------------------------------------------------------

    def remember(self, record: Record, /) -> None:
        """Keeps a record. Fields it does not name, its chip data and its PAN are taken over from the record before.

        Raises `MisuseError`, and keeps what was there, when the record would wipe out a debt, holds a PAN in its plain
        fields, or is a counter outside 1 to 99999999.
        """
        if record.kind is RecordKind.COUNTER or record.get("counter"):
            self._remember_counter(record)
            return
        with transaction(self._database):
            self._put(record)

    def recall(self, asked: Recall, /) -> Record | None:
        """Finds a counter, the last sale of a card, or a card on the hot list (by PAN and PSN, or by PAN alone)."""
        if asked.memory is Memory.COUNTER:
            row = self._one("SELECT value FROM counters WHERE name = ?", asked.name)
            if row is None:
                return None
            return Record(RecordKind.COUNTER, asked.name, (("counter", asked.name), ("value", row[0])))
        pan = entries.pan_digits(asked.pan)
        if asked.memory is Memory.LAST_SALE:
            row = self._one("SELECT reference, fields FROM sales WHERE card = ?", self._card(pan, asked.pan_sequence))
            return Record(RecordKind.SALE, row[0], tuple(json.loads(row[1]).items())) if row is not None else None
        marks = (self._card(pan, asked.pan_sequence), self._card(pan, None))
        found = self._one("SELECT 1 FROM hot WHERE card IN (?, ?)", *marks)
        return Record(RecordKind.CLOSED, "hot") if found is not None else None

    # --- what is owed -------------------------------------------------------------------------------------------

    def recover(self) -> tuple[str, ...]:
        """Call once at a start, before the first transaction: every INTENT becomes a REVERSAL. Returns their
        references. Calling it again changes nothing."""
        with transaction(self._database):
            open_ones = self.owed(RecordKind.INTENT, limit=-1)
            for record in open_ones:
                self._put(Record(RecordKind.REVERSAL, record.reference, (("reason", "restart"),)))
        return tuple(record.reference for record in open_ones)

    def owed(self, kind: RecordKind, limit: int = 100) -> tuple[Record, ...]:
        """Entries of a kind, oldest first, with their PAN opened. A SALE that was uploaded is no longer owed."""
        rows = self._database.execute(
            f"SELECT {_ROW} FROM entries WHERE kind = ? AND uploaded = 0 ORDER BY step LIMIT ?",  # noqa: S608
            (kind.value, limit),
        ).fetchall()
        return tuple(self._record(row) for row in rows)

    def taken(self) -> int:
        """How many sales the host has taken into the open batch."""
        return int(self._one("SELECT count(*) FROM entries WHERE kind = ? AND uploaded = 1", RecordKind.SALE.value)[0])

    def pending(self) -> int | None:
        """The number of the batch that is being settled; None when none is."""
        row = self._one("SELECT value FROM counters WHERE name = 'settling'")
        return int(row[0]) if row is not None else None

    def freeze(self) -> int:
        """Begins the settlement of the open batch and returns its number: what the host has taken belongs to it, what
        comes from now on belongs to the next. When the answer to a settlement was lost, the batch must be the same at
        the next try."""
        batch = self.batch()
        with transaction(self._database):
            if (pending := self.pending()) is not None:
                return pending
            self._database.execute(
                "UPDATE entries SET uploaded = 2 WHERE kind = ? AND uploaded = 1", (RecordKind.SALE.value,)
            )
            self._database.execute("INSERT INTO counters VALUES ('settling', ?)", (batch,))
            bump(self._database, "batch", 999_999)
        return batch

    def frozen(self, limit: int = 100, after: str = "") -> tuple[Record, ...]:
        """Sales of the batch that is being settled, by reference, from behind `after`."""
        rows = self._database.execute(
            f"SELECT {_ROW} FROM entries WHERE kind = ? AND uploaded = 2 AND reference > ? "  # noqa: S608
            "ORDER BY reference LIMIT ?",
            (RecordKind.SALE.value, after, limit),
        ).fetchall()
        return tuple(self._record(row) for row in rows)

    def entry(self, reference: str) -> Record | None:
        """The entry of that reference."""
        row = self._one(f"SELECT {_ROW} FROM entries WHERE reference = ?", reference)  # noqa: S608
        return self._record(row) if row is not None else None

    def counts(self) -> dict[RecordKind, int]:
        """How many entries of each kind there are."""
        rows = self._database.execute("SELECT kind, count(*) FROM entries GROUP BY kind").fetchall()
        return {RecordKind(kind): count for kind, count in rows}

    def attempted(self, reference: str) -> int:
        """Counts one more try to send an entry; returns the tries so far."""
        with transaction(self._database):
            self._database.execute("UPDATE entries SET attempts = attempts + 1 WHERE reference = ?", (reference,))
            row = self._one("SELECT attempts FROM entries WHERE reference = ?", reference)
        return int(row[0]) if row is not None else 0

    def acknowledged(self, reference: str) -> None:
        """The host has taken an entry: a reversal or an advice is closed, a sale waits for the settlement."""
        with transaction(self._database):
            row = self._one("SELECT kind FROM entries WHERE reference = ?", reference)
            if row is None:
                raise MisuseError(f"{reference}: nothing is kept under this reference")
            if row[0] == RecordKind.SALE.value:
                self._database.execute("UPDATE entries SET uploaded = 1 WHERE reference = ?", (reference,))
            else:
                self._close(reference)

    def settled(self) -> int:
        """The batch that was being settled is closed, and its sales with it. Returns how many. An attendant may call it
        for a batch about which host and terminal do not agree."""
        with transaction(self._database):
            taken = self._database.execute(
                "SELECT reference FROM entries WHERE kind = ? AND uploaded = 2", (RecordKind.SALE.value,)
            ).fetchall()
            for (reference,) in taken:
                self._close(reference)
            self._database.execute("DELETE FROM counters WHERE name = 'settling'")
        return len(taken)

    def resolve(self, reference: str, kind: RecordKind, note: str) -> None:
        """An attendant's decision about an UNCERTAIN entry, or about a debt the host will never acknowledge."""
        with transaction(self._database):
            row = self._one("SELECT fields FROM entries WHERE reference = ?", reference)
            if row is None:
                raise MisuseError(f"{reference}: nothing is kept under this reference")
            fields = json.dumps({**json.loads(row[0]), "resolved": note})
            self._database.execute(
                "UPDATE entries SET kind = ?, fields = ?, uploaded = 0, step = ? WHERE reference = ?",
                (kind.value, fields, self._step(), reference),
            )

    # --- what the host link notes -------------------------------------------------------------------------------

    def note(self, reference: str, message: Mapping[str, str]) -> None:
        """Keeps the plain fields of a message that is about to leave, so that its reversal can name them."""
        with transaction(self._database):
            text = json.dumps(dict(message))
            self._database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (reference, text))

    def noted(self, reference: str) -> dict[str, str] | None:
        """The fields of the message sent for that reference."""
        row = self._one("SELECT message FROM notes WHERE reference = ?", reference)
        return dict(json.loads(row[0])) if row is not None else None

    def next(self, name: str, most: int = LAST_NUMBER) -> int:
        """Moves a counter on and returns it: 1 to `most` and round again, durable, never the same twice in a round."""
        with transaction(self._database):
            return bump(self._database, name, most)

    def batch(self) -> int:
        """The number of the open batch, from 1."""
        row = self._one("SELECT value FROM counters WHERE name = 'batch'")
        return int(row[0]) if row is not None else self.next("batch", 999_999)

    # --- the hot list -------------------------------------------------------------------------------------------

    def load_hot_list(self, cards: Iterable[tuple[Secret, int | None]]) -> int:
        """Replaces the exception file by PAN and PSN pairs (None: every card of that PAN). Returns its size."""
        with transaction(self._database):
            self._database.execute("DELETE FROM hot")
            for pan, pan_sequence in cards:
                mark = self._card(entries.pan_digits(pan), pan_sequence)
                self._database.execute("INSERT OR IGNORE INTO hot VALUES (?)", (mark,))
            return int(self._database.execute("SELECT count(*) FROM hot").fetchone()[0])

    # --- inside -------------------------------------------------------------------------------------------------

    def _one(self, question: str, *values: Any) -> Any:
        return self._database.execute(question, values).fetchone()

    def _step(self) -> int:
        """The order of changes; a counter, since the greatest step in a table may have been deleted."""
        return bump(self._database, "step", 2**62)

    def _card(self, pan: str, pan_sequence: int | None) -> bytes:
        """The mark of a card: PAN, and PSN when it counts."""
        suffix = "" if pan_sequence is None else f"/{pan_sequence}"
        return self._vault.mark(Secret(f"{pan}{suffix}".encode()))

    def _record(self, row: Any) -> Record:
        kind, reference, fields, chip, sealed = row
        pan = self._vault.open(sealed, reference) if sealed is not None else None
        return entries.build(kind, reference, fields, chip, pan)

    def _remember_counter(self, record: Record) -> None:
        name, value = str(record.get("counter") or record.reference), record.get("value")
        if not isinstance(value, int) or not 1 <= value <= LAST_NUMBER:
            raise MisuseError(f"counter {name} cannot be {value}: it runs from 1 to {LAST_NUMBER}")
        with transaction(self._database):
            self._database.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", (name, value))

    def _put(self, record: Record) -> None:
        pan = entries.pan_digits(record.pan)
        fields, chip = entries.clean_fields(record, pan), entries.clean_chip(record, pan)
        reference, kind = record.reference, record.kind
        before = self._one("SELECT kind, fields, chip, shown, card, sealed FROM entries WHERE reference = ?", reference)
        shown, card, sealed = "", None, None
        if before is not None:
            entries.check_order(reference, RecordKind(before[0]), kind)
            fields = {**json.loads(before[1]), **fields}
            chip = chip or json.loads(before[2])
            shown, card, sealed = before[3:]
        if record.pan is not None:
            psn = fields.get("pan_sequence")
            card = self._card(pan, psn if isinstance(psn, int) else None)
            shown, sealed = entries.shown(pan), self._vault.seal(record.pan, reference)
        step = self._step()
        self._database.execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
            (reference, kind.value, json.dumps(fields), json.dumps(chip), shown, card, sealed, step),
        )
        self._keep_last_sale(kind, reference, card, fields, step)
        if kind is RecordKind.CLOSED:
            self._close(reference)

    def _keep_last_sale(
        self, kind: RecordKind, reference: str, card: bytes | None, fields: entries.Fields, step: int
    ) -> None:
        """For split sales: the amount of the last sale of a card that was not taken back (emv-b4/6.3.5.1)."""
        if kind is RecordKind.SALE and card is not None and "amount" in fields:
            text = json.dumps({"amount": fields["amount"]})
            self._database.execute("INSERT OR REPLACE INTO sales VALUES (?, ?, ?, ?)", (card, reference, text, step))
            self._database.execute("DELETE FROM sales WHERE step <= ?", (self._bound("sales"),))
        elif kind is not RecordKind.SALE:
            self._database.execute("DELETE FROM sales WHERE reference = ?", (reference,))

    def _close(self, reference: str) -> None:
        """Closes an entry: the PAN is no longer needed and goes; the oldest closed ones beyond `keep` go whole."""
        self._database.execute(
            "UPDATE entries SET kind = ?, uploaded = 0, sealed = NULL, step = ? WHERE reference = ?",
            (RecordKind.CLOSED.value, self._step(), reference),
        )
        self._database.execute("DELETE FROM notes WHERE reference = ?", (reference,))
        self._database.execute(
            "DELETE FROM entries WHERE kind = ? AND uploaded = 0 AND step <= ?",
            (RecordKind.CLOSED.value, self._bound("entries")),
        )

    def _bound(self, table: str) -> int:
        """The step up to which old rows are no longer kept; -1 while there are few."""
        closed = "WHERE kind = 'closed' AND uploaded = 0 " if table == "entries" else ""
        query = f"SELECT step FROM {table} {closed}ORDER BY step DESC LIMIT 1 OFFSET ?"  # noqa: S608
        row = self._one(query, self.keep)
        return int(row[0]) if row is not None else -1


def open_ledger(path: str | Path, *, vault: Vault | None = None) -> Ledger:
    """A ledger that has recovered: what a terminal opens at its start."""
    ledger = Ledger(path, vault=vault)
    try:
        ledger.recover()
    except BaseException:
        ledger.close()
        raise
    return ledger
