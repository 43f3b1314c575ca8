"""Listing: what objdump prints of an object file for x86-64, taken apart: functions, instructions, operands.

Sets of registers are numbers with a bit for each: sixteen general ones, thirty-two of vectors, eight masks, the flags.
"""

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

WIDE = ("rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", *(f"r{n}" for n in range(8, 16)))


def _names() -> dict[str, int]:
    made: dict[str, int] = {}
    for n, wide in enumerate(WIDE):
        a, b = wide[1:], wide[1]
        parts = (f"{wide}d", f"{wide}w", f"{wide}b") if n >= 8 else (f"e{a}", a, f"{a}l", f"{b}l", f"{b}h")
        made |= dict.fromkeys((wide, *parts[: None if n >= 8 or n < 4 else 3]), 1 << n)
    for n in range(32):
        made |= dict.fromkeys((f"xmm{n}", f"ymm{n}", f"zmm{n}"), 1 << 16 + n)
    return made | {f"k{n}": 1 << 48 + n for n in range(8)}


BIT = _names()
VECTORS = (1 << 32) - 1 << 16
MASKS = (1 << 8) - 1 << 48
FLAGS = 1 << 56
STACK = BIT["rsp"]
GIVEN = sum(BIT[name] for name in ("rdi", "rsi", "rdx", "rcx", "r8", "r9"))

_SIZES = {"BYTE": 1, "WORD": 2, "DWORD": 4, "QWORD": 8, "XMMWORD": 16, "YMMWORD": 32, "ZMMWORD": 64, "TBYTE": 10}


@dataclass(frozen=True)
class Place:
    """A memory operand: its registers, the first of them, whether there is another or a factor, displacement, bytes."""

    registers: int
    base: str
    indexed: bool
    at: int
    size: int


@dataclass(frozen=True)
class Line:
    """One instruction. `registers` are those of its operands in order, 0 for an operand that is none; `narrow`: the first
    leaves the rest of its register as it is. `linked` is what the linker puts in: a function, a table, a constant."""

    address: int
    name: str
    text: str
    registers: tuple[int, ...]
    narrow: bool
    place: Place | None
    mask: int
    target: int | None
    linked: str

    @property
    def callee(self) -> str:
        """The function called or jumped to, empty for a pointer's."""
        inside = re.search(r"<([^+>]+)>", self.text)
        return self.linked.removesuffix("@plt") or (inside[1] if inside else "")


@dataclass
class Function:
    """The instructions of a function, and which parameters point to public things."""

    name: str
    lines: list[Line] = field(default_factory=list)
    public: int = 0


def disassemble(target: Path) -> str:
    """What objdump prints."""
    command = ["objdump", "-d", "-r", "-w", "-M", "intel", "--no-show-raw-insn", str(target)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _place(operand: str) -> Place | None:
    inside = re.search(r"\[(.*)\]", operand)
    if inside is None:
        return None
    registers, base, indexed, at = 0, "", False, 0
    for sign, part in re.findall(r"([+-]?)([^+-]+)", inside[1]):
        name, times, _ = part.partition("*")
        if name in BIT:
            registers |= BIT[name]
            indexed = indexed or bool(base) or bool(times)
            base = base or name
        elif name == "rip":
            base = "rip"
        elif re.fullmatch(r"0x[0-9a-f]+|\d+", part):
            at += int(part, 0) * (-1 if sign == "-" else 1)
    size = re.match(r"(\w+) (?:PTR|BCST)", operand)
    return Place(registers, base, indexed, at, _SIZES.get(size[1], 64) if size else 8)


def _line(address: int, text: str, relocation: str) -> Line:
    text = re.sub(r"^((rep[nz]*|lock|cs|ds|es|data16|notrack|bnd) )+", "", text)
    name, _, rest = text.partition(" ")
    rest = rest.split("#")[0].strip()
    target = re.match(r"([0-9a-f]+) <", rest) if name[0] == "j" or name == "call" else None
    named = name in ("call", "jmp") or "GOTPCREL" in relocation or ".rodata" in relocation or ".LC" in relocation
    linked = re.split(r"[-+]0x", relocation)[0].split()[-1] if named and relocation else ""
    operands = [] if target else re.split(r",(?![^\[]*\])", rest)
    registers, place, mask = [], None, 0
    for operand in operands:
        plain = re.sub(r"\{(.*?)\}", "", operand).strip()
        for inside in re.findall(r"\{(k\d)\}", operand):
            mask |= BIT[inside]
        place = _place(plain) or place
        registers.append(BIT.get(plain, 0))
    narrow = bool(operands) and re.fullmatch(r"[abcd][lhx]|(si|di|bp)l?|r\d+[wb]", operands[0].strip()) is not None
    return Line(address, name, text, tuple(registers), narrow, place, mask, int(target[1], 16) if target else None, linked)


def read(listing: str, public: Mapping[str, int]) -> dict[str, Function]:
    """The functions of a listing by name."""
    found: dict[str, Function] = {}
    function = None
    relocated = re.sub(r"\t[0-9a-f]+: (R_X86_64_\S+)\s+(\S+)", r";;\1 \2", listing)
    for row in relocated.splitlines():
        if head := re.fullmatch(r"[0-9a-f]+ <(.+)>:", row):
            function = found[head[1]] = Function(head[1], public=public.get(head[1].split(".")[0], 0))
        elif function is not None and (body := re.match(r"\s*([0-9a-f]+):\s+(.+)", row)):
            text, _, relocation = body[2].partition(";;")
            function.lines.append(_line(int(body[1], 16), " ".join(text.split()), relocation))
    return found
