"""Human: the cardholder and the attendant as a script. Fits `Person` of `jinka.kernel.station`.

    Human(pin="1234", wrong=("0000",), choice="UnionPay Credit")
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from jinka.kernel.crypto import pinblock
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.effects import AskChoice, AskPin, PinEntry, PinKind, PinState, Question, Tell
from jinka.kernel.errors import Cancelled
from jinka.kernel.secret import Secret

PinCipher = Callable[[Secret, Secret], Secret]
"""Enciphers a PIN for the host: PIN digits and PAN in ASCII to field 52."""


def zone_cipher(key: Secret, algorithm: Algorithm = Algorithm.TDES) -> PinCipher:
    """A PIN pad that makes format 0 blocks (ISO 9564-1) under one fixed key."""
    return partial(pinblock.encipher, algorithm, key)


@dataclass
class Human:
    """Answers what a terminal asks, always the same way.

    pin: what is entered in the end; None bypasses the PIN. wrong: PINs entered first, one each time a PIN is asked.
    choice: which application: an index, or a label (whole or its beginning); None for none of them.
    agrees: the answer to every other question: the first option, or none. answers: other answers, by question.
    cancels: the cancel key instead of a PIN. pin_pad: whether there is one.
    pin_cipher: makes the block of an online PIN; without one there is no PIN pad for online PINs.
    told, asked: all messages and questions so far.
    """

    pin: str | None = "1234"
    wrong: tuple[str, ...] = ()
    choice: int | str | None = 0
    agrees: bool = True
    answers: dict[Question, int | None] = field(default_factory=dict)
    cancels: bool = False
    pin_pad: bool = True
    pin_cipher: PinCipher | None = None
    told: list[Tell] = field(default_factory=list)
    asked: list[AskPin | AskChoice] = field(default_factory=list)

    def ask_pin(self, asked: AskPin, /) -> PinEntry:
        """Enters the next PIN. Raises `Cancelled`."""
        before = sum(isinstance(earlier, AskPin) for earlier in self.asked)
        self.asked.append(asked)
        if not self.pin_pad or (asked.kind is PinKind.ONLINE and self.pin_cipher is None):
            return PinEntry(PinState.NO_PIN_PAD)
        if self.cancels:
            raise Cancelled("the cardholder pressed cancel")
        digits = self.wrong[before] if before < len(self.wrong) else self.pin
        if digits is None:
            return PinEntry(PinState.BYPASSED)
        pin = Secret(digits.encode("ascii"))
        if asked.kind is PinKind.ONLINE and self.pin_cipher is not None:
            pin = self.pin_cipher(pin, asked.pan or Secret(b""))
        return PinEntry(PinState.ENTERED, pin)

    def ask_choice(self, asked: AskChoice, /) -> int | None:
        """Chooses an application, or says yes or no."""
        self.asked.append(asked)
        if asked.question in self.answers:
            return self.answers[asked.question]
        if asked.question is not Question.APPLICATION:
            return 0 if self.agrees and asked.options else None
        if isinstance(self.choice, str):
            labels = [option.label for option in asked.options]
            return next((at for at, label in enumerate(labels) if label.startswith(self.choice)), None)
        return self.choice if self.choice is not None and self.choice < len(asked.options) else None

    def tell(self, told: Tell, /) -> None:
        """Remembers the message."""
        self.told.append(told)
