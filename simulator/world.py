"""World: a whole simulated world in one process, the same every time for the same seed.

Card, cardholder and issuer are the simulator's; the terminal's memory is in RAM unless a ledger is given. The clock
starts at a fixed moment and moves on by a second each time it is read: a run never depends on when it is made.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from jinka.kernel import Station
from jinka.kernel.config import Config
from jinka.kernel.effects import Slot
from jinka.kernel.load import default_config
from jinka.kernel.station import Host, Keeper, Observer, Person
from jinka.kernel.transports.local import LocalCard
from jinka.simulator.card import Card
from jinka.simulator.human import Human, zone_cipher
from jinka.simulator.issuer.behaviour import Behaviour
from jinka.simulator.issuer.host import IssuerHost
from jinka.simulator.personality import Personality, load_personality

MORNING = datetime(2026, 6, 1, 9, 30, 0)
CA_KEYS = Path(__file__).parent / "data" / "capk.toml"


@cache
def simulated_config() -> Config:
    """The stock terminal, trusting the simulator's certification authority."""
    return default_config(keys=CA_KEYS)


class Clock:
    """A clock that moves by a second at each look, or by another step."""

    def __init__(self, start: datetime = MORNING, step: timedelta = timedelta(seconds=1)) -> None:
        self.now = start
        self.step = step

    def __call__(self) -> datetime:
        now = self.now
        self.now += self.step
        return now


class SimulatedWorld(Station):
    """A station whose card, person and host are simulated.

    `personality`: a name, a file or a value. `seed` decides what card and terminal draw. `pin`: what the cardholder
    types; "" is the right one, None bypasses the PIN. `behaviour`: how the host treats every request. `person`, `host`
    and `keeper` replace the simulated ones.
    """

    def __init__(
        self,
        personality: str | Path | Personality = "unionpay-debit",
        *,
        seed: int = 1,
        clock: datetime | None = None,
        pin: str | None = "",
        behaviour: Behaviour | None = None,
        person: Person | None = None,
        host: Host | None = None,
        keeper: Keeper | None = None,
        observer: Observer | None = None,
    ) -> None:
        self.seed = seed
        self.simulated = IssuerHost(behaviour=behaviour)
        draw: Callable[[int], bytes] = Random(f"terminal/{seed}").randbytes
        algorithm, key = self.simulated.issuer.zone_key
        found = personality if isinstance(personality, Personality) else load_personality(personality)
        if pin == "":
            pin = str(getattr(next(iter(found.applications)), "pin", ""))
        super().__init__(
            person=person or Human(pin, pin_cipher=zone_cipher(key, algorithm)),
            host=host or self.simulated,
            keeper=keeper,
            clock=Clock(clock or MORNING),
            random=draw,
            observer=observer,
        )
        self.insert(found)

    def insert(self, personality: str | Path | Personality | None = None) -> Card:
        """Puts a card in and powers it: a new one, or the one that is there once more."""
        if personality is not None:
            found = personality if isinstance(personality, Personality) else load_personality(personality)
            self.card = Card(found, seed=self.seed)
        self.card.power_on()
        self.slots[Slot.CARD] = LocalCard(self.card)
        return self.card
