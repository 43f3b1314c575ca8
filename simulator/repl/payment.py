"""Payment: one transaction from the command line, in a world of simulated and real parts."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from jinka.kernel import Station, Terminal, run
from jinka.kernel.config import Config
from jinka.kernel.effects import Slot
from jinka.kernel.errors import MisuseError
from jinka.kernel.faces.story import Story
from jinka.kernel.load import load_config
from jinka.kernel.secret import Secret
from jinka.kernel.station import Host, Keeper
from jinka.simulator.human import Human
from jinka.simulator.repl.till import exit_code, found, session
from jinka.simulator.repl.wish import wish
from jinka.simulator.world import CA_KEYS, SimulatedWorld, simulated_config


@dataclass(frozen=True, slots=True)
class Payment:
    """What was asked for, as the command line has it. `reader` None: the simulated card in this process."""

    amount: str
    service: str
    other: str
    card: str
    seed: int
    pin: str | None
    host: str
    reader: str | None
    wait: float
    connect: str
    config: Path | None
    ledger: Path | None
    force_online: bool


def perform(wanted: Payment) -> tuple[Story, int]:
    """Runs it; gives the story and the exit code. Raises what the world raises."""
    if wanted.pin is not None and not (wanted.pin.isascii() and wanted.pin.isdigit() and 4 <= len(wanted.pin) <= 12):
        raise MisuseError("a PIN has 4 to 12 digits")
    config = terminal_config(wanted.config)
    asked = session(Terminal(config), wanted.service, wanted.amount, wanted.other, online=wanted.force_online)
    story = Story()
    with _world(wanted, config, story) as world:
        outcome = run(asked, world)
    story.end(outcome)
    return story, exit_code(outcome)


def terminal_config(path: Path | None) -> Config:
    """The terminal of that file, or the stock one; either trusts the simulator's certification authority."""
    return simulated_config() if path is None else load_config(path, keys=CA_KEYS)


@contextmanager
def _world(wanted: Payment, config: Config, story: Story) -> Iterator[Station]:
    with ExitStack() as held:
        keeper: Keeper | None = None
        if wanted.ledger is not None:
            from jinka.kernel.journal import open_ledger

            keeper = held.enter_context(open_ledger(wanted.ledger))
        behaviour = wish(wanted.host)
        person, host = None, None
        if wanted.connect:
            person, host = _linked(wanted, config, keeper, held)
        world = SimulatedWorld(
            found(wanted.card), seed=wanted.seed, pin=wanted.pin, behaviour=behaviour, person=person, host=host,
            keeper=keeper, observer=story,
        )  # fmt: skip
        if wanted.reader is not None:
            from jinka.kernel.transports.pcsc import PcscReader

            world.slots[Slot.CARD] = held.enter_context(PcscReader(wanted.reader).session(wanted.wait))
        yield world


def _linked(wanted: Payment, config: Config, keeper: Keeper | None, held: ExitStack) -> tuple[Human, Host]:
    """The host link to HOST:PORT, under the simulator's terminal keys, and a PIN pad that uses its working key."""
    from jinka.kernel.acquirer import AcquirerLink, HostConfig
    from jinka.kernel.crypto.mac import Algorithm
    from jinka.kernel.journal import Ledger, open_ledger
    from jinka.simulator.issuer import load_book

    address, _, port = wanted.connect.rpartition(":")
    if not address or not port.isdigit():
        raise MisuseError(f"{wanted.connect!r} is not HOST:PORT")
    notebook = keeper
    if not isinstance(notebook, Ledger):
        folder = held.enter_context(tempfile.TemporaryDirectory(prefix="jinka-"))
        notebook = held.enter_context(open_ledger(Path(folder) / "ledger"))
    master = load_book().terminal[Algorithm.TDES]
    device = config.device
    link = AcquirerLink(
        HostConfig(address, int(port), master, terminal_id=device.terminal_id, merchant_id=device.merchant_id), notebook
    )
    held.callback(link.close)
    link.sign_on()  # as at the start of the day: a host that is not there is told before a card is touched

    def cipher(pin: Secret, pan: Secret) -> Secret:
        return link.pin_block(pin, pan)

    return Human(wanted.pin, pin_cipher=cipher), link
