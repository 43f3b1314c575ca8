"""Small cards for tests of wires: they know no application, only how to answer, stay silent or leave."""

import threading

from jinka.kernel.apdu import Command, Response
from jinka.kernel.card.atr import with_check
from jinka.kernel.errors import CardRemoved

ATR_T0 = bytes.fromhex("3B660000454D5653494D")  # TB1, TC1 and six historical bytes; T=0 by default
ATR_T1 = with_check(bytes.fromhex("3BE6000081" "31FE45" "454D5653494D"))  # TB1 TC1 TD1=81, TD2=31, TA3=FE TB3=45
ATR_BOTH = with_check(bytes.fromhex("3BE0000080" "31FE45"))  # TD1=80 and TD2=31: T=0 first, then T=1
ATR_BAD_TCK = ATR_T1[:-1] + bytes((ATR_T1[-1] ^ 1,))


class Echo:
    """Gives back the command's data, or `le` bytes of a pattern when there is none.

    INS 01 answers with no data; 02 with P1 P2 as the status word; 0A keeps silent until `release`; 0B leaves; 0C is a
    bug in the card. What `power` and `warm` count is what the reader did.
    """

    def __init__(self, atr: bytes = ATR_T0, *, warm_atr: bytes | None = None) -> None:
        self.cold_atr, self.warm_atr, self.atr = atr, atr if warm_atr is None else warm_atr, atr
        self.down = threading.Event()  # set while it has no power: a reader need not have waited for that
        self.down.set()
        self.power_ups = self.warm_resets = 0
        self.seen: list[bytes] = []
        self.silent = threading.Event()  # set while the card is holding an answer back
        self._release = threading.Event()

    def power_on(self) -> None:
        """Counts a cold reset."""
        self.down.clear()
        self.atr = self.cold_atr
        self.power_ups += 1

    def reset(self) -> None:
        """Counts a warm reset, after which the card may give another ATR."""
        self.atr = self.warm_atr
        self.warm_resets += 1

    def power_off(self) -> None:
        """Back to the cold ATR."""
        self.atr = self.cold_atr
        self.down.set()

    def release(self) -> None:
        """Ends a silence."""
        self._release.set()

    def answer(self, command: Command, /) -> Response:
        """See the class."""
        self.seen.append(bytes(command))
        if command.ins == 0x01:
            return Response()
        if command.ins == 0x02:
            return Response(sw=command.p1 << 8 | command.p2)
        if command.ins == 0x0A:
            self.silent.set()
            self._release.wait(60)
        if command.ins == 0x0B:
            raise CardRemoved
        if command.ins == 0x0C:
            raise ZeroDivisionError("a bug in the card")
        return Response(command.data or pattern(command.le or 0))


class Raw:
    """A card without manners: answers every command with the given bytes, whatever they are."""

    def __init__(self, answer: bytes, atr: bytes = ATR_T1) -> None:
        self.atr, self._answer = atr, answer

    def power_on(self) -> None:
        """Nothing."""

    def reset(self) -> None:
        """Nothing."""

    def power_off(self) -> None:
        """Nothing."""

    def answer(self, command: Command, /) -> Response:
        """The given bytes, dressed up as a response."""
        return _Bytes(self._answer)


class _Bytes(Response):
    """A response that goes over the wire as exactly these bytes."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        object.__setattr__(self, "raw", raw)

    def __bytes__(self) -> bytes:
        return bytes(object.__getattribute__(self, "raw"))


def pattern(size: int) -> bytes:
    """`size` bytes that repeat only every 256."""
    return bytes(index & 0xFF for index in range(size))
