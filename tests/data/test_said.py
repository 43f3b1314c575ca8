"""Said: what people are told of values, whole, against words that were read and approved.

`said.txt` holds values, each with what is said of it. A new value is a new `= ` line there; then

    PYTHONPATH=build/src python -m tests.data.test_said        # writes down what is said, to be read before it is kept
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinka.kernel.data.describe import Description, describe, describe_bits
from jinka.kernel.data.meanings import Text

KEPT = Path(__file__).with_name("said.txt")


def approved() -> dict[str, str]:
    """What was read and approved, by value: a tag or the name of bits, and bytes."""
    parts = re.split(r"^= ", KEPT.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {part.splitlines()[0]: "= " + part.rstrip("\n") + "\n" for part in parts}


def written(value: str) -> str:
    """Everything that is said, a line each."""
    name, _, raw = value.partition(":")
    data = bytes.fromhex(raw)
    said = describe_bits(name, data) if name.isalpha() else describe(int(name, 16), data)
    return "\n".join([f"= {value}", *_lines(said)]) + "\n"


def _lines(said: Description) -> Iterator[str]:
    yield f"  {said.tag:X} {_both(said.name)}{' (sensitive)' if said.sensitive else ''}"
    yield f"  {_both(said.summary)}"
    for line in said.lines:
        place = f"{line.offset}+{line.length}" + (f" b{line.bits}" if line.bits else "")
        state = "" if line.on is None else " on" if line.on else " off"
        yield f"    {place}{state}: {_both(line.name)} = {_both(line.value)}"
    for fault in said.faults:
        yield f"  ! {_both(fault)}"


def _both(text: Text) -> str:
    return text.en if text.en == text.zh else f"{text.en} | {text.zh}"


@pytest.mark.parametrize(("value", "text"), approved().items(), ids=approved())
def test_what_is_said(value: str, text: str) -> None:
    assert written(value) == text


if __name__ == "__main__":
    KEPT.write_text("\n".join(written(value) for value in approved()), "utf-8")
