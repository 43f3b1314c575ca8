"""Bench: a card in its contacts, simulated or in a reader, with what is known about it beforehand."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from jinka.conformance.cards.issuer import IssuerKeys
from jinka.conformance.case import CaseError
from jinka.conformance.stand import PROFILES
from jinka.conformance.subject import BenchError
from jinka.kernel import Command, LinkFault, Response
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Aip
from jinka.kernel.errors import JinkaError
from jinka.kernel.transports.local import LocalCard
from jinka.simulator.card import Card
from jinka.simulator.issuer import ISSUER_FILE
from jinka.simulator.personality import Personality, load_personality

UNIONPAY = tuple(bytes.fromhex(f"A0000003330101{last:02X}") for last in (1, 2, 3, 6))


class Contacts(Protocol):
    """A powered card."""

    def transmit(self, command: Command, /) -> Response:
        """One command, one response, 61xx and 6Cxx as they come."""
        ...

    def power(self) -> None:
        """Takes the power away and gives it back."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """What is known about a card before it is asked: its application's AID, and PIN and issuer keys where they are ours.

    `facts` decide which cases apply: sda, dda, cda and no-dda by its AIP; pse; single for one application; log; put-data
    for a card whose 9F52 a script may change; pin and issuer-keys where they are ours; follows for one that answers what
    it is asked for.
    """

    aid: bytes
    facts: frozenset[str]
    pin: str = field(default="", repr=False)
    keys: IssuerKeys | None = None


class CardSubject(Protocol):
    """A card that can be judged."""

    name: str
    real: bool
    known: Known

    def seat(self) -> AbstractContextManager[Contacts]:
        """A fresh simulated card; the one real card, powered anew."""
        ...


class _Simulated:
    def __init__(self, personality: Personality) -> None:
        self.card = Card(personality)
        self._wire = LocalCard(self.card)

    def transmit(self, command: Command, /) -> Response:
        """Into the card."""
        return self._wire.transmit(command)

    def power(self) -> None:
        """A reset."""
        self.card.power_on()


class SimulatedCard:
    """A personality, by name or file, new for every case."""

    real = False

    def __init__(self, personality: Personality) -> None:
        self.personality = personality
        self.name = personality.name
        profile: Any = personality.applications[0]
        aip = Aip.parse(bytes(profile.aip))
        facts = {"pin", "issuer-keys"}
        for fact, bit in (("sda", Aip.SDA_SUPPORTED), ("dda", Aip.DDA_SUPPORTED), ("cda", Aip.CDA_SUPPORTED)):
            if bit in aip:
                facts.add(fact)
        for fact, holds in (
            ("follows", profile.first == "asked" and profile.second == "asked"),
            ("pse", personality.pse is not None),
            ("single", len(personality.applications) == 1),
            ("log", profile.discretionary.get(tags.LOG_ENTRY) is not None),
            ("put-data", profile.data.get(0x9F52) is not None),
            ("no-dda", Aip.DDA_SUPPORTED not in aip and Aip.CDA_SUPPORTED not in aip),
        ):
            if holds:
                facts.add(fact)
        keys = IssuerKeys.load(ISSUER_FILE, profile.algorithm)
        self.known = Known(bytes(profile.aid), frozenset(facts), profile.pin, keys)

    @contextmanager
    def seat(self) -> Iterator[Contacts]:
        """A new card."""
        yield _Simulated(self.personality)


class _Powered:
    def __init__(self, card: Any) -> None:
        self._card = card

    def transmit(self, command: Command, /) -> Response:
        """Through the reader."""
        response: Response = self._card.transmit(command)
        return response

    def power(self) -> None:
        """A cold reset."""
        self._card.reset(cold=True)


class CardInReader:
    """Whatever card is in a PC/SC reader. Its facts come from its own answers; its keys are not known unless given."""

    def __init__(self, reader: str, *, real: bool = True, like: SimulatedCard | None = None) -> None:
        from jinka.kernel.transports.pcsc import PcscReader

        self._reader = PcscReader(reader, emv=True)
        self.name, self.real = f"reader:{reader}", real
        self.known = like.known if like is not None else self._probe()

    def _probe(self) -> Known:
        for aid in UNIONPAY:
            with self.seat() as contacts:
                response = contacts.transmit(Command(0x00, 0xA4, 0x04, 0x00, aid, 256))
                if response.sw == 0x9000 or response.sw >> 8 == 0x61:
                    return Known(aid, frozenset(self._facts(contacts)))
        raise BenchError(f"{self.name}: no UnionPay application answers")

    def _facts(self, contacts: Contacts) -> set[str]:
        """The AIP, from GET PROCESSING OPTIONS with a PDOL of zeros."""
        from jinka.conformance.cards.talk import Talk

        talk = Talk(contacts, Known(b"", frozenset()))
        talk.select(b"")
        talk.options({})
        aip = Aip.parse(talk.objects.get(0x82, b"\0\0"))
        bits = (("sda", Aip.SDA_SUPPORTED), ("dda", Aip.DDA_SUPPORTED), ("cda", Aip.CDA_SUPPORTED))
        return {fact for fact, bit in bits if bit in aip}

    @contextmanager
    def seat(self) -> Iterator[Contacts]:
        """The card, powered up and down again."""
        try:
            with self._reader.session(30.0) as card:
                yield _Powered(card)
        except LinkFault as fault:
            raise BenchError(str(fault)) from None


def card_subject(text: str) -> CardSubject:
    """A personality by name or file, or `reader:` and the name of a PC/SC reader. Raises `CaseError`, `BenchError`."""
    kind, _, rest = text.partition(":")
    if kind == "reader":
        return CardInReader(rest)
    try:
        path = PROFILES / f"{text}.toml"
        return SimulatedCard(load_personality(path if path.exists() else Path(text) if Path(text).exists() else text))
    except JinkaError as fault:
        raise CaseError(str(fault)) from None
