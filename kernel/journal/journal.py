"""Journal: a run, as one JSON line for each effect with its answer.

`Journal(...)` is the `observer` of a `Station`. Redacted by default: no line holds a PIN, a key, track data, a name or
a whole PAN. With `full=True` it keeps everything and can be replayed: for simulated cards only, never for real ones.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from jinka.kernel.effects import Effect
from jinka.kernel.errors import MisuseError
from jinka.kernel.journal import codec


class Journal:
    """Writes to a file, a line at a time, flushed: what was asked before a crash can be read after it."""

    def __init__(self, path: str | Path, *, full: bool = False) -> None:
        self._encode = codec.plain if full else codec.redacted
        self._file: TextIO = open(path, "w", encoding="utf-8")

    def __call__(self, effect: Effect[Any], answer: Any) -> None:
        """One effect and its answer, or the exception that was raised instead."""
        line = {"effect": self._encode(effect), "answer": self._encode(answer)}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def read_journal(path: str | Path) -> Iterator[tuple[Effect[Any], Any]]:
    """The effects and answers of a full journal. Raises `MisuseError` at a line that is redacted or damaged."""
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                entry = json.loads(line)
                effect, answer = entry["effect"], entry["answer"]
            except (ValueError, KeyError, TypeError):
                raise MisuseError(f"journal line {number} is damaged") from None
            try:
                yield codec.parse(effect), codec.parse(answer)
            except MisuseError as fault:
                raise MisuseError(f"journal line {number}: {fault}") from None
