"""Command and Response: the APDU as a value (ISO/IEC 7816-4 clause 5.1, EMV 4.4 Book 1 clause 9.4).

The floor that effects, transports and card machines share. Nothing in here knows what a command means: see
`card/commands.py` for that.
"""

from dataclasses import dataclass, field

from jinka.kernel.errors import MisuseError


@dataclass(frozen=True, slots=True)
class Command:
    """A command APDU with short length fields.

    `le` is the number of bytes expected: None for no Le field, 256 for Le = 00. `sensitive` marks a command whose data
    field is a secret (a plain PIN block): every face that prints or stores a command must use `shown()`.
    """

    cla: int
    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = None
    sensitive: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.data) > 255:
            raise MisuseError(f"command data of {len(self.data)} bytes does not fit one short APDU")

    def __bytes__(self) -> bytes:
        raw = bytes((self.cla, self.ins, self.p1, self.p2))
        if self.data:
            raw += bytes((len(self.data),)) + self.data
        if self.le is not None:
            raw += bytes((self.le & 0xFF,))
        return raw

    @property
    def header(self) -> bytes:
        """CLA INS P1 P2."""
        return bytes((self.cla, self.ins, self.p1, self.p2))

    def shown(self) -> str:
        """Hex for a person or a file, the data field masked when it is a secret."""
        if not self.sensitive:
            return bytes(self).hex().upper()
        tail = "" if self.le is None else f"{self.le & 0xFF:02X}"
        return f"{self.header.hex().upper()}{len(self.data):02X}{'*' * (2 * len(self.data))}{tail}"

    def __repr__(self) -> str:
        return f"Command({self.shown()})"

    @classmethod
    def parse(cls, raw: bytes) -> "Command":
        """Reads a short APDU of any of the four cases. Raises `MisuseError` on anything else."""
        if len(raw) < 4:
            raise MisuseError(f"an APDU has at least 4 bytes, not {len(raw)}")
        cla, ins, p1, p2 = raw[:4]
        body = raw[4:]
        if not body:
            return cls(cla, ins, p1, p2)
        if len(body) == 1:
            return cls(cla, ins, p1, p2, le=body[0] or 256)
        lc, rest = body[0], body[1:]
        if lc == 0 or len(rest) not in (lc, lc + 1):
            raise MisuseError(f"Lc {lc:02X} does not fit the {len(rest)} bytes that follow")
        le = (rest[lc] or 256) if len(rest) > lc else None
        return cls(cla, ins, p1, p2, rest[:lc], le)


@dataclass(frozen=True, slots=True)
class Response:
    """A response APDU: data and SW1 SW2 as one number. `elapsed` is the card's time in seconds, as the wire saw it."""

    data: bytes = b""
    sw: int = 0x9000
    elapsed: float = field(default=0.0, compare=False)

    def __bytes__(self) -> bytes:
        return self.data + self.sw.to_bytes(2, "big")

    @classmethod
    def parse(cls, raw: bytes, elapsed: float = 0.0) -> "Response":
        """Splits data and status word; at least the two status bytes must be there."""
        if len(raw) < 2:
            raise MisuseError(f"a response has at least 2 bytes, not {len(raw)}")
        return cls(raw[:-2], int.from_bytes(raw[-2:], "big"), elapsed)

    def __repr__(self) -> str:
        return f"Response({len(self.data)} bytes, {self.sw:04X})"
