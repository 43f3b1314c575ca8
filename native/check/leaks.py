"""Constant time, judged on the machine code of x86-64: no branch and no address may depend on a secret.

Valgrind does the same while a program runs (`ctime.c`), but knows neither GFNI nor AVX-512. Here nothing runs: the code
is followed register by register and byte of the stack by byte, along every path, until nothing changes any more.

Public is what a function is given (pointers and lengths) and every constant. Secret is whatever is loaded from memory,
but from constants and from places of the stack that were given something public; so is whatever is computed from a
secret. A parameter that points to pointers and lengths is named, and what is loaded through it is public: `rsp` for all
that the function's own arrays hold, `rax` for a function whose answer may be known. Reported are: a conditional jump on
flags made of a secret, an address or the mask of an access made of one, a call of one, a division, a gather, a jump by a table.

    python -m jinka.native.check.leaks file.o [FUNCTION=rdi,rsi ...]

What it cannot see: a place of the stack that is given something public and overwritten through a pointer; the callee of
a function pointer.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path

from jinka.native.check.listing import BIT, FLAGS, GIVEN, MASKS, STACK, VECTORS, Function, Line, Place, disassemble, read

_SCRATCH = ("rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11")
LOST = sum(BIT[name] for name in _SCRATCH) | FLAGS | VECTORS | MASKS

# Functions of other files: how many of their arguments decide where and how much they access.
KNOWN = {"jk_wipe": 2, "memcpy": 3, "memmove": 3, "memset": 3}

_TAKES_FLAGS = re.compile(r"(j|set|cmov)(?!mp)[a-z]+$|adc$|sbb$|adox$|adcx$|rc[lr]$")
_KEEPS_FLAGS = re.compile(
    r"v(?!ptest$|u?comis)|mov|lea|push|pop|rorx|s[ah][lr]x$|mulx|pdep|pext|bswap|cmov|set|nop|endbr|not$|"
    r"k(?!ortest|test)|xchg|ret|leave|stos|cdqe|cqo|cdq|cwde|j|prefetch|[lsm]fence|p(?!test$|op)|aes|gf2p8|sha|punpck|cvt"
)
_ONLY_READS = re.compile(r"cmp|test|v?ptest$|kortest|ktest|bt$|push|v?u?comis|j|call|ret|nop|prefetch|div|idiv")
_UNNAMED = re.compile(r"i?(mul|div)$|cdq|cqo|cwde|cmpxchg|cpuid|xgetbv|rdtsc")


@dataclass(frozen=True)
class Leak:
    """What was found, and where."""

    function: str
    address: int
    text: str
    what: str

    def __str__(self) -> str:
        return f"{self.function}+{self.address:#x}: {self.what}: {self.text}"


class Follow:
    """One function. Before every line: what is secret and which registers point to public things, as sets of bits, one
    for each register and then one for each byte of the stack; and how far down the stack pointer is."""

    def __init__(self, function: Function, given: int, answers: Mapping[str, int], lost: Mapping[str, int]) -> None:
        self.function, self.given, self.answers, self.lost = function, given, answers, lost
        self.at = {line.address: number for number, line in enumerate(function.lines)}
        self.calls: dict[str, int] = {}
        self.leaks: dict[int, Leak] = {}
        # Deep enough for everything below the return address, which is at 0; what was passed on the stack is above.
        pushed = 8 * sum(line.name == "push" for line in function.lines)
        self.room = 1024 + pushed + sum(max(0, _lowered(line)) for line in function.lines)
        self.frame: int | None = None  # where rbp points, when it is a frame pointer

    def run(self) -> list[Leak]:
        """Along every path until nothing changes."""
        lines = self.function.lines
        local = ((1 << self.room) - 1) << 64
        before: list[tuple[int, int, int] | None] = [None] * len(lines)
        work = [(0, (self.given | local, self.function.public, 0))]
        while work:
            number, state = work.pop()
            while number < len(lines):
                known = before[number]
                if known is not None:
                    joined = (known[0] | state[0], known[1] & state[1], known[2])
                    if joined == known:
                        break
                    state = joined
                before[number] = state
                line = lines[number]
                state = self._step(line, *state)
                if line.name[0] == "j" and line.target is not None and line.target in self.at:
                    work.append((self.at[line.target], state))
                if line.name in ("jmp", "ret", "ud2"):
                    break
                number += 1
        return list(self.leaks.values())

    def _found(self, line: Line, what: str) -> None:
        self.leaks[line.address] = Leak(self.function.name, line.address, line.text, what)

    def _bytes(self, place: Place, depth: int) -> int | None:
        """The bits of a place of the stack; None when it is elsewhere, or nobody knows where."""
        if place.indexed or place.base not in ("rsp", "rbp") or (place.base == "rbp" and self.frame is None):
            return None
        at = place.at - (depth if place.base == "rsp" else self.frame or 0) + self.room
        return ((1 << place.size) - 1) << 64 + at if at >= 0 else None

    def _loaded(self, place: Place, secret: int, public: int, depth: int) -> bool:
        """Whether what is there is secret."""
        if place.base == "rip" and not place.indexed:
            return False
        bits = self._bytes(place, depth)
        return bool(secret & bits) if bits is not None else not (BIT.get(place.base, 0) & public)

    def _step(self, line: Line, secret: int, public: int, depth: int) -> tuple[int, int, int]:
        name, place = line.name, line.place
        if place is not None and name not in ("lea", "nop"):
            if place.registers & secret:
                self._found(line, "an address made of a secret")
            if line.mask & secret:
                self._found(line, "the mask of an access is made of a secret")
            if "gather" in name or "scatter" in name:
                self._found(line, "a gather")
        if name in ("div", "idiv"):
            self._found(line, "a division")
        if name[0] == "j" and name != "jmp" and secret & FLAGS:
            self._found(line, "a jump on a secret")
        if name == "jmp" and line.target is None and not line.linked:
            self._found(line, "a jump that cannot be followed")
        elif name == "call" or (name == "jmp" and line.target not in self.at):
            return *self._call(line, secret, public), depth
        if line.text == "mov rbp,rsp":
            self.frame = depth
        secret, public = self._compute(line, secret, public, depth)
        return secret, public, depth + _lowered(line) + {"push": 8, "pop": -8}.get(name, 0)

    def _call(self, line: Line, secret: int, public: int) -> tuple[int, int]:
        callee = line.callee
        if not callee and any(bit & secret for bit in line.registers):
            self._found(line, "a call of a secret")
        if callee.split(".")[0] in KNOWN:
            for name in ("rdi", "rsi", "rdx")[: KNOWN[callee.split(".")[0]]]:
                if secret & BIT[name] and not (callee == "memset" and name == "rsi"):
                    self._found(line, f"{name} is secret")
        elif callee:
            self.calls[callee] = self.calls.get(callee, 0) | secret & GIVEN
        answer, lost = BIT["rax"] & self.answers.get(callee, 0), self.lost.get(callee, LOST)
        return (secret | lost) & ~answer, public & ~lost

    def _opened(self, line: Line, public: int, depth: int) -> bool:
        """Whether what a line makes points to public things: a copy, or a sum, of something that does."""
        name, place, registers = line.name, line.place, line.registers
        if re.fullmatch(r"mov|v?mov[dq]", name) and len(registers) == 2:
            if place is None or not registers[0]:
                return bool(registers[-1] & public)
            bits = self._bytes(place, depth)
            # What the linker's table or a constant's address gives points to what is constant, or chosen once for all.
            return bool(line.linked) or (bits is not None and bits & public == bits)
        if name == "lea" and place is not None:
            on_stack = place.base in ("rsp", "rbp") and bool(self.function.public & STACK)
            return bool(line.linked or place.registers & public) or on_stack or line.text == "lea r10,[rsp+0x8]"
        return name in ("add", "sub") and bool(registers[0] & public)

    def _compute(self, line: Line, secret: int, public: int, depth: int) -> tuple[int, int]:
        name, place, registers = line.name, line.place, line.registers
        first = registers[0] if registers else 0
        alone = len(registers) >= 2 and len(set(registers)) == 1 and place is None and first
        if alone and re.fullmatch(r"v?p?(xor|sub)[bwdq]*|sbb|k?xn?or[bwdq]|vxorps|xorps", name) and name != "sbb":
            return secret & ~(first | (0 if _KEEPS_FLAGS.match(name) else FLAGS)), public & ~first
        reads = 0
        writes = 0 if _ONLY_READS.match(name) else first
        overwrites = bool(re.match(r"(v?mov|lea|v(?!p?madd|fm|pternlog|p?dp|perm[it]2|psh[lr]dv)|kmov|k|rorx|s[ah][lr]x|"
                                   r"mulx|pop|set|pshufd|pext|pmovmskb|movmsk|bswap|andn|imul)", name))  # fmt: skip
        for number, bit in enumerate(registers):
            if not (number == 0 and overwrites and writes and len(registers) > 1 and not line.mask):
                reads |= bit
        if name == "mulx":
            writes |= registers[1]
            reads = registers[2] | BIT["rdx"]
        if name in ("mul", "imul") and len(registers) == 1:
            reads, writes = reads | BIT["rax"], BIT["rax"] | BIT["rdx"]
        if name == "xchg" and len(registers) > 1:
            writes |= registers[1]
        if name in ("cdq", "cqo"):
            reads, writes = BIT["rax"], BIT["rdx"]
        if name in ("push", "pop"):
            place = Place(STACK, "rsp", False, -8 if name == "push" else 0, 8)
            bits = self._bytes(place, depth) or 0
            taken = bool((reads if name == "push" else bits) & secret)
            target = bits if name == "push" else first & ~STACK
            return (secret | target if taken else secret & ~target), public & ~target
        if name.startswith("set"):
            reads = 0
        if line.narrow and first:
            reads |= first
        taken = bool(reads & secret) or bool(line.mask & secret)
        if _TAKES_FLAGS.match(name) and secret & FLAGS:
            taken = True
        stores = place is not None and first == 0 and bool(registers) and name != "lea" and not _ONLY_READS.match(name)
        if place is not None and name not in ("lea", "nop") and not (stores and overwrites):
            taken = taken or self._loaded(place, secret, public, depth)
        if name == "lea" and place is not None:
            taken = bool(place.registers & secret)
        if stores and place is not None:
            writes = self._bytes(place, depth) or 0
        opened = self._opened(line, public, depth)
        # A vector is secret unless it is a general register put aside.
        if writes & VECTORS and not re.fullmatch(r"v?mov[dq]|v?movdq[au]\w*|v?mova?p[sd]", name):
            taken = True
        writes &= ~STACK
        secret = secret | writes if taken else secret & ~writes
        public = public | writes if opened else public & ~writes
        if not _KEEPS_FLAGS.match(name):
            secret = secret | FLAGS if taken else secret & ~FLAGS
        return secret, public


def _lost(functions: Mapping[str, Function]) -> dict[str, int]:
    """The registers that have another value after a call of each function: the compiler relies on the others."""
    made = {name: _all(map(_touched, function.lines)) & LOST | FLAGS for name, function in functions.items()}
    calls = {name: {line.callee for line in held.lines if line.name == "call"} for name, held in functions.items()}
    for _ in functions:
        made = {name: held | _all(made.get(callee, LOST) for callee in calls[name]) for name, held in made.items()}
    return made


def _touched(line: Line) -> int:
    """Every register that the line names or, as a few do, changes without naming it."""
    return _all(line.registers) | (BIT["rax"] | BIT["rdx"] if _UNNAMED.match(line.name) else 0)


def _all(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)


def _lowered(line: Line) -> int:
    """By how many bytes an instruction lowers the stack pointer, other than a push."""
    moved = re.fullmatch(r"(sub|add) rsp,(0x[0-9a-f]+)", line.text)
    if moved is None:
        return 0
    by = (int(moved[2], 16) + (1 << 63)) % (1 << 64) - (1 << 63)
    return by if moved[1] == "sub" else -by


def leaks(listing: str, public: Mapping[str, Iterable[str]] | None = None) -> list[Leak]:
    """What a listing's functions leak. A function of the file that is given a secret has it in its parameters too.
    Raises `KeyError` for a parameter that is no register."""
    opened = {name: sum(BIT[register] for register in registers) for name, registers in (public or {}).items()}
    functions = read(listing, opened)
    given, lost = dict.fromkeys(functions, 0), _lost(functions)
    while True:
        found: list[Leak] = []
        passed = dict(given)
        for name, function in functions.items():
            follow = Follow(function, given[name], opened, lost)
            found += follow.run()
            for callee, secret in follow.calls.items():
                if callee in passed:
                    passed[callee] |= secret
        if passed == given:
            return sorted(found, key=lambda leak: (leak.function, leak.address))
        given = passed


def main() -> int:
    """Judges the files named."""
    public = {name: names.split(",") for name, _, names in (word.partition("=") for word in sys.argv[1:] if "=" in word)}
    found = [leak for word in sys.argv[1:] if "=" not in word for leak in leaks(disassemble(Path(word)), public)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
