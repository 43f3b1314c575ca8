"""ATR: what a card says of itself when it is reset (ISO/IEC 7816-3 clause 8, EMV 4.4 Book 1 clause 8.3).

    TS T0 | TA1 TB1 TC1 TD1 | TA2 TB2 TC2 TD2 | TA3 ... | historical bytes | TCK

T0 and every TDi say which interface bytes come next and TDi names a protocol T=0..15. The terminal needs two things
from it: the protocol to speak, which for EMV is the first one offered (a reader left alone may take another), and
whether an EMV terminal may go on with this card at all. Pure: bytes in, values out.
"""

from dataclasses import dataclass

from jinka.kernel.errors import MalformedData

_ISO = "iso7816-3/8.2"
_GLOBAL = 15  # "T=15" is no protocol: it marks interface bytes that hold for the whole card


@dataclass(frozen=True, slots=True)
class Interface:
    """One round of interface bytes, TAi to TDi; None for a byte that was not sent."""

    ta: int | None = None
    tb: int | None = None
    tc: int | None = None
    td: int | None = None


@dataclass(frozen=True, slots=True)
class Atr:
    """A well-formed answer to reset. `rounds[0]` holds TA1 to TD1; `tck` is None when the ATR has no check byte."""

    raw: bytes
    rounds: tuple[Interface, ...]
    historical: bytes = b""
    tck: int | None = None

    @classmethod
    def parse(cls, raw: bytes) -> "Atr":
        """Reads 2 to 33 bytes. Raises `MalformedData` for a wrong TS, length or TCK.

        # spec: emv-b1/8.3.4
        """
        if not 2 <= len(raw) <= 33:
            raise _bad(f"an ATR has 2 to 33 bytes, not {len(raw)}")
        if raw[0] not in (0x3B, 0x3F):
            raise _bad(f"TS is {raw[0]:02X}, neither 3B (direct) nor 3F (inverse)")
        at, present, rounds = 2, raw[1] >> 4, []
        while True:
            found: list[int | None] = []
            for number in range(4):
                there = bool(present >> number & 1)
                if there and at >= len(raw):
                    raise _bad("cut off in the interface bytes")
                found.append(raw[at] if there else None)
                at += there
            rounds.append(Interface(*found))
            td = rounds[-1].td
            if td is None:
                break
            present = td >> 4
        end = at + (raw[1] & 0x0F)
        checked = any(one.td is not None and one.td & 0x0F for one in rounds)
        if len(raw) != end + checked:
            raise _bad(f"{len(raw)} bytes where T0 and the TDi announce {end + checked}")
        if checked and _xor(raw[1:]):
            raise _bad(f"TCK is {raw[-1]:02X}, the bytes give {_xor(raw[1:-1]):02X}")
        return cls(bytes(raw), tuple(rounds), raw[at:end], raw[-1] if checked else None)

    @property
    def inverse(self) -> bool:
        """True when TS announces the inverse convention."""
        return self.raw[0] == 0x3F

    @property
    def protocols(self) -> tuple[int, ...]:
        """The protocols offered, in the card's order; T=0 when it names none (clause 8.2.3)."""
        named = [one.td & 0x0F for one in self.rounds if one.td is not None]
        return tuple(dict.fromkeys(number for number in named if number != _GLOBAL)) or (0,)

    @property
    def first(self) -> int:
        """The first protocol offered."""
        return self.protocols[0]

    @property
    def specific(self) -> bool:
        """True when TA2 puts the card in specific mode: no negotiation, the card already speaks TA2's protocol."""
        return self._round(2).ta is not None

    @property
    def chosen(self) -> int:
        """The protocol an EMV terminal speaks: the one of TA2 in specific mode, else the first offered.

        # spec: emv-b1/8.3.3
        """
        ta2 = self._round(2).ta
        return self.first if ta2 is None else ta2 & 0x0F

    @property
    def fd(self) -> int:
        """Fi and Di as TA1 codes them, 11 (372, 1) when absent."""
        ta1 = self._round(1).ta
        return 0x11 if ta1 is None else ta1

    @property
    def guard(self) -> int:
        """Extra guard time N of TC1, 0 to 254 etu; 255 stands for the shortest the protocol knows."""
        return self._round(1).tc or 0

    @property
    def wi(self) -> int:
        """T=0 waiting time integer of TC2, 10 when absent: the card answers within 960 x D x WI etu."""
        tc2 = self._round(2).tc
        return 10 if tc2 is None else tc2

    @property
    def t1(self) -> Interface:
        """The interface bytes that belong to T=1, empty when there are none (clause 11.4)."""
        for index in range(2, len(self.rounds)):
            td = self.rounds[index - 1].td
            if td is not None and td & 0x0F == 1:
                return self.rounds[index]
        return Interface()

    @property
    def ifsc(self) -> int:
        """The longest information field the card takes in T=1, in bytes; 32 when absent."""
        return 32 if self.t1.ta is None else self.t1.ta

    @property
    def bwi(self) -> int:
        """T=1 block waiting time integer, 4 when absent."""
        return 4 if self.t1.tb is None else self.t1.tb >> 4

    @property
    def cwi(self) -> int:
        """T=1 character waiting time integer, 13 when absent."""
        return 13 if self.t1.tb is None else self.t1.tb & 0x0F

    @property
    def crc(self) -> bool:
        """True when T=1 blocks end in a CRC of 2 bytes instead of an LRC."""
        return bool((self.t1.tc or 0) & 1)

    def emv_fault(self, *, warm: bool = False) -> str:
        """Why an EMV terminal turns this ATR down, or "" when it must take it.

        `warm` says that it answers a warm reset, after which TB1 may be anything. A SAM need not meet these rules.

        # spec: emv-b1/8.3.3
        """
        for reason, wrong in (*self._emv_common(warm), *self._emv_t1()):
            if wrong:
                return reason
        return ""

    def _emv_common(self, warm: bool) -> tuple[tuple[str, bool], ...]:
        one, two = self._round(1), self._round(2)
        first = 0 if one.td is None else one.td & 0x0F
        second = None if two.td is None else two.td & 0x0F
        return (
            ("TB1 is not 00 after a cold reset", not warm and one.tb != 0),
            ("TD1 offers neither T=0 nor T=1", first > 1),
            ("TA1 asks for a rate outside 11 to 13", two.ta is not None and not 0x11 <= self.fd <= 0x13),
            ("TA2 is not the first offered protocol", two.ta is not None and two.ta & 0x0F != first),
            ("TA2 asks for implicit parameters", two.ta is not None and bool(two.ta & 0x10)),
            ("TB2 is present", two.tb is not None),
            ("TC2 is not 0A", two.tc not in (None, 0x0A)),
            ("TD2 does not go with TD1", second is not None and second != (1 if first else _GLOBAL)),
        )

    def _emv_t1(self) -> tuple[tuple[str, bool], ...]:
        if self.first != 1:
            return ()
        taken, n = self.t1, -1 if self.guard == 0xFF else self.guard
        return (
            ("TA3 is outside 10 to FE", not 0x10 <= self.ifsc <= 0xFE),
            ("TB3 is absent", taken.tb is None),
            ("TB3 has BWI above 4 or CWI above 5", self.bwi > 4 or self.cwi > 5),
            ("TB3's CWI is too short for TC1", 2**self.cwi <= n + 1),
            ("TC3 is not 00", taken.tc not in (None, 0x00)),
        )

    def _round(self, number: int) -> Interface:
        return self.rounds[number - 1] if number <= len(self.rounds) else Interface()


def with_check(body: bytes) -> bytes:
    """`body`, an ATR from TS on without its check byte, with the TCK that makes T0 to TCK add up to zero."""
    return body + bytes((_xor(body[1:]),))


def _xor(data: bytes) -> int:
    total = 0
    for byte in data:
        total ^= byte
    return total


def _bad(reason: str) -> MalformedData:
    return MalformedData(reason, path="ATR", clause=_ISO)
