"""Money: what the issuer believes. Accounts and postings in SQLite, in memory or in a file.

A posting has the key of the message that made it. Every operation may be repeated: the same key never moves money
twice, and a reversal that comes before its request (or without it) leaves a mark that stops the late request.
"""

import sqlite3
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinka.simulator.issuer.book import Book

APPROVED, DECLINED, REVERSED, MARKED = "approved", "declined", "reversed", "reversed before it came"

_TABLES = """
CREATE TABLE IF NOT EXISTS accounts (
    name TEXT PRIMARY KEY, balance INTEGER NOT NULL, cash_balance INTEGER NOT NULL,
    tries INTEGER NOT NULL, approvals INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS postings (
    key TEXT PRIMARY KEY, name TEXT NOT NULL, service TEXT NOT NULL, amount INTEGER NOT NULL,
    delta INTEGER NOT NULL, cash_delta INTEGER NOT NULL, state TEXT NOT NULL, arc TEXT NOT NULL,
    captured INTEGER NOT NULL, settled TEXT NOT NULL, step INTEGER);
CREATE TABLE IF NOT EXISTS advices (key TEXT PRIMARY KEY, name TEXT NOT NULL, amount INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS settlements (key TEXT PRIMARY KEY, balanced INTEGER NOT NULL);
"""
PIN_TRIES = 3


@dataclass(frozen=True, slots=True)
class Posting:
    """One authorisation as the host sees it. `delta` is what it did to the account, `cash_delta` to the card's purse;
    `captured`: it came in a batch; `settled`: the key of the settlement it was in."""

    key: str
    name: str
    service: str
    amount: int
    delta: int = 0
    cash_delta: int = 0
    state: str = DECLINED
    arc: str = ""
    captured: bool = False
    settled: str = ""


Rows = tuple[tuple[str, int, int, int, int], ...]


def _open(place: str | Path) -> sqlite3.Connection:
    return sqlite3.connect(place, isolation_level=None, check_same_thread=False)


def _fill(database: sqlite3.Connection, accounts: Rows) -> None:
    """Tables and accounts, where they are not there yet."""
    database.executescript(_TABLES)
    database.executemany("INSERT OR IGNORE INTO accounts VALUES (?, ?, ?, ?, ?)", accounts)


@lru_cache(maxsize=4)
def _fresh(accounts: Rows) -> sqlite3.Connection:
    """Untouched books in memory, to be copied: a world lives for a transaction or two, and making them took longer."""
    made = _open(":memory:")
    _fill(made, accounts)
    return made


class Money:
    """The books. Not for two threads at a time: a server holds a lock around it."""

    def __init__(self, book: Book, path: Path | None = None) -> None:
        rows = tuple((account.name, account.balance, account.cash_balance, PIN_TRIES, 0) for account in book.accounts)
        self._database = _open(path or ":memory:")
        if path is None:
            _fresh(rows).backup(self._database)
        else:
            self._database.execute("PRAGMA journal_mode=WAL")
            _fill(self._database, rows)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def balance(self, name: str) -> int:
        """What the account may spend."""
        return self._account("balance", name)

    def cash_balance(self, name: str) -> int:
        """The electronic cash believed to be on the card."""
        return self._account("cash_balance", name)

    def tries(self, name: str) -> int:
        """PIN tries left."""
        return self._account("tries", name)

    def approvals(self, name: str) -> int:
        """Online approvals so far."""
        return self._account("approvals", name)

    def set_tries(self, name: str, tries: int) -> None:
        """After a PIN was checked."""
        self._database.execute("UPDATE accounts SET tries = ? WHERE name = ?", (tries, name))

    def set_cash_balance(self, name: str, balance: int) -> None:
        """What a card has just said about itself."""
        self._database.execute("UPDATE accounts SET cash_balance = ? WHERE name = ?", (balance, name))

    def find(self, key: str) -> Posting | None:
        """The posting of that key."""
        row = self._database.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone()
        return _posting(row) if row is not None else None

    def post(self, posting: Posting) -> Posting:
        """Books a posting once; the one that is there already wins."""
        there = self.find(posting.key)
        if there is not None:
            return there
        self._database.execute("BEGIN IMMEDIATE")
        self._insert(posting)
        if posting.state == APPROVED:
            self._move(posting, +1)
        self._database.execute("COMMIT")
        return posting

    def reverse(self, key: str) -> bool:
        """Takes a posting back, once. False when there was none: then a mark is left against a late request."""
        there = self.find(key)
        self._database.execute("BEGIN IMMEDIATE")
        if there is None:
            self._insert(Posting(key, "", "", 0, state=MARKED))
        elif there.state == APPROVED:
            self._database.execute("UPDATE postings SET state = ?, captured = 0 WHERE key = ?", (REVERSED, key))
            self._move(there, -1)
        self._database.execute("COMMIT")
        return there is not None

    def capture(self, key: str) -> None:
        """The batch names this posting."""
        self._database.execute("UPDATE postings SET captured = 1 WHERE key = ? AND state = ?", (key, APPROVED))

    def advise(self, key: str, name: str, amount: int) -> None:
        """Keeps an advice, once."""
        self._database.execute("INSERT OR IGNORE INTO advices VALUES (?, ?, ?)", (key, name, amount))

    def settle(self, key: str, terminal: str, said: tuple[int, int, int, int]) -> bool:
        """Compares debit amount, debit count, credit amount and credit count of a terminal's open captured postings
        with what it `said`, and closes them when equal. A repeated settlement gets the first answer."""
        row = self._database.execute("SELECT balanced FROM settlements WHERE key = ?", (key,)).fetchone()
        if row is not None:
            return bool(row[0])
        if self.totals(terminal) != said:
            return False
        self._database.execute("BEGIN IMMEDIATE")
        self._database.execute(
            "UPDATE postings SET settled = ? WHERE captured = 1 AND settled = '' AND key LIKE ?", (key, f"{terminal}/%")
        )
        self._database.execute("INSERT INTO settlements VALUES (?, 1)", (key,))
        self._database.execute("COMMIT")
        return True

    def totals(self, terminal: str) -> tuple[int, int, int, int]:
        """Debit amount and count, credit amount and count of what a terminal uploaded and did not settle yet."""
        debits = credits = debit_count = credit_count = 0
        for posting in self.postings():
            if posting.captured and not posting.settled and posting.key.startswith(f"{terminal}/"):
                if posting.service == "REFUND":
                    credits, credit_count = credits + posting.amount, credit_count + 1
                else:
                    debits, debit_count = debits + posting.amount, debit_count + 1
        return debits, debit_count, credits, credit_count

    def postings(self) -> tuple[Posting, ...]:
        """All of them, in the order they came."""
        return tuple(_posting(row) for row in self._database.execute(f"{_SELECT} ORDER BY step"))

    def advices(self) -> tuple[tuple[str, str, int], ...]:
        """Key, account and amount of each advice."""
        return tuple(self._database.execute("SELECT key, name, amount FROM advices ORDER BY key"))

    def _account(self, column: str, name: str) -> int:
        row = self._database.execute(f"SELECT {column} FROM accounts WHERE name = ?", (name,)).fetchone()  # noqa: S608
        return int(row[0])

    def _insert(self, posting: Posting) -> None:
        row = (
            posting.key, posting.name, posting.service, posting.amount, posting.delta, posting.cash_delta,
            posting.state, posting.arc, posting.captured, posting.settled,
        )  # fmt: skip
        self._database.execute(
            "INSERT INTO postings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
            "(SELECT coalesce(max(step), 0) + 1 FROM postings))",
            row,
        )

    def _move(self, posting: Posting, sign: int) -> None:
        self._database.execute(
            "UPDATE accounts SET balance = balance + ?, cash_balance = cash_balance + ?, approvals = approvals + ? "
            "WHERE name = ?",
            (sign * posting.delta, sign * posting.cash_delta, sign, posting.name),
        )


_SELECT = (
    "SELECT key, name, service, amount, delta, cash_delta, state, arc, captured, settled FROM postings"
)


def _posting(row: tuple[str, str, str, int, int, int, str, str, int, str]) -> Posting:
    return Posting(*row[:8], captured=bool(row[8]), settled=row[9])
