"""Human: the scripted cardholder and attendant of a simulated world."""

from jinka.kernel.crypto import pinblock
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.effects import AskChoice, AskPin, PinEntry, PinKind, PinState, Tell
from jinka.kernel.secret import Secret


class Human:
    """Types `pin` (None: refuses), takes the first choice, and remembers what was shown.

    `zone_key`: algorithm and key that the PIN pad enciphers an online PIN under.
    """

    def __init__(self, pin: str | None, *, zone_key: tuple[Algorithm, Secret]) -> None:
        self.pin, self.zone_key = pin, zone_key
        self.told: list[Tell] = []

    def ask_pin(self, asked: AskPin, /) -> PinEntry:
        """Types the PIN; an online one leaves the PIN pad enciphered."""
        if self.pin is None:
            return PinEntry(PinState.BYPASSED)
        digits = Secret(self.pin.encode("ascii"))
        if asked.kind is PinKind.ONLINE and asked.pan is not None:
            return PinEntry(PinState.ENTERED, pinblock.encipher(*self.zone_key, digits, asked.pan))
        return PinEntry(PinState.ENTERED, digits)

    def ask_choice(self, asked: AskChoice, /) -> int | None:
        """Takes the first option."""
        return 0 if asked.options else None

    def tell(self, told: Tell, /) -> None:
        """Remembers the message."""
        self.told.append(told)
