"""Oracles: what the reference says of a run, held against what was seen of it.

Every case that came as far as the first GENERATE AC has these observables, whether it speaks of them or not. What the
card said is read off the wire, what the person did from the prompts, so that any terminal can be held against them; what
a subject cannot show is passed over. The card is ours: its own cryptograms are recomputed, too, and a wrong one is the
bench's error, not the terminal's.
"""

import tomllib
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from jinka.conformance.case import Run
from jinka.conformance.judge import Finding, Mark
from jinka.conformance.reference import cryptograms, decisions, signatures, verification, wire
from jinka.conformance.reference.decisions import ActionCodes
from jinka.conformance.reference.wire import GENERATE, Dialogue, Unreadable
from jinka.conformance.subject import Evidence, Show
from jinka.kernel import Outcome, Verdict
from jinka.kernel.config import Application, Config, KeyAlgorithm
from jinka.kernel.data.fields import Tvr
from jinka.kernel.effects import (
    AskChoice,
    AskPin,
    Authorisation,
    GoOnline,
    Now,
    PinEntry,
    PinState,
    Question,
    RecordKind,
    Remember,
)
from jinka.simulator.issuer.book import ISSUER_FILE

SERVICES = ("purchase", "cash", "cashback", "balance")
_ENTRIES = {
    PinState.ENTERED: verification.ENTERED,
    PinState.BYPASSED: verification.BYPASSED,
    PinState.NO_PIN_PAD: verification.BROKEN,
}


_LATE = (signatures.CDA_FAILED, 0, 0, 0, 0x10)  # a signature that came with the last cryptogram, and scripts after it
_ODA_BITS = 0xFF & ~signatures.MISSING & ~0x11  # the exception file and XDA are not its affair
Told = tuple[str, str, str]  # what, wanted, seen


class Unexpected(Exception):
    """The reference did something next that was not seen."""


def second_reading(run: Run, outcome: Outcome, seen: Evidence, config: Config, *, honest: bool = False) -> list[Finding]:
    """What the reference finds wrong. With an `honest` card, one of ours that is not made to lie, its cryptograms must be
    right, too: a wrong one is an error of the bench, whatever the terminal did."""
    bench = _bench(run, outcome, seen, config)
    if bench is None:
        return []
    found = [Finding(f"reference: {what}", wanted, shown) for what, wanted, shown in bench.told() if wanted != shown]
    made = bench.sealed() if honest else []
    return found + [Finding(f"the bench: {what}", wanted, shown, Mark.ERROR) for what, wanted, shown in made if wanted != shown]


def comparisons(run: Run, outcome: Outcome, seen: Evidence, config: Config, *, honest: bool = False) -> list[Told]:
    """All that is compared; nothing where the run ended before there was anything."""
    bench = _bench(run, outcome, seen, config)
    if bench is None:
        return []
    return bench.told() + (bench.sealed() if honest else [])


def _bench(run: Run, outcome: Outcome, seen: Evidence, config: Config) -> "_Bench | None":
    """None where there is nothing to compare."""
    if run.service not in SERVICES or Show.TVR in seen.lacks:
        return None
    try:
        exchanges = ((bytes(command), bytes(answer) if answer else None) for command, answer in seen.exchanges)
        return _Bench(run, outcome, seen, config, wire.read(exchanges))
    except (Unreadable, LookupError, ValueError):
        return None  # the card, not the terminal, is at fault, and what it sent cannot be taken further


class _Bench:
    """One run and all it is judged by."""

    def __init__(self, run: Run, outcome: Outcome, seen: Evidence, config: Config, card: Dialogue) -> None:
        self.run, self.outcome, self.seen, self.config, self.card = run, outcome, seen, config, card
        fitting = [entry for entry in config.applications if card.name.startswith(entry.aid)]
        self.application: Application = max(fitting or config.applications, key=lambda entry: len(entry.aid))
        self.whole = outcome.verdict in (Verdict.APPROVED, Verdict.DECLINED, Verdict.COMPLETED)
        self.first = self._listed()
        revoked = [(bytes(entry.rid), entry.index, bytes(entry.serial)) for entry in config.revoked]
        self.trust = signatures.Trust(_authorities(config), revoked, self._today(), bytes(self.application.default_ddol))
        self.oda = signatures.examine(card, config.device.capabilities[2], self.trust)

    def _listed(self) -> dict[str, bytes]:
        """What the first GENERATE AC carried, by tag."""
        sent = self.card.sent(GENERATE)
        if not sent:
            raise Unreadable("no GENERATE AC")
        return wire.listed(self.card.objects["8C"], sent[0].data)

    def _today(self) -> date:
        """The date of the transaction: as the card was told, or else as the terminal asked for it."""
        if len(told := self.first.get("9A", b"")) == 3:
            return datetime.strptime(told.hex(), "%y%m%d").date()
        asked = [answer for effect, answer in self.seen.effects if isinstance(effect, Now)]
        if not asked:
            raise Unreadable("no date")
        day: date = asked[0].date()
        return day

    def told(self) -> list[Told]:
        """All of it; where a part cannot be read, as far as it can."""
        parts = [self._authentication(), self._signed()]
        if not self.seen.lacks & {Show.CVM, Show.PROMPTS}:
            parts.append(self._verification())
        if not self.config.options.ecash:
            parts.append(self._decisions())
        parts.append(self._cryptograms())
        return _readable(*parts)

    def sealed(self) -> list[Told]:
        """The card's own cryptograms; where one cannot be read, or is behind a signature that does not hold, the others."""
        return _readable(*(self._cryptogram(place) for place in range(1, len(self.card.sent(GENERATE)) + 1)))

    def _authentication(self) -> Iterator[Told]:
        """Offline data authentication: its bits and what was inside the signatures."""
        made, tvr = self.oda, self.outcome.tvr[0]
        # A run that was cut short need not have come to the signature of a cryptogram.
        mask = _ODA_BITS if self.whole else _ODA_BITS & ~signatures.CDA_FAILED
        for name in self.run.expect.tvr_open:
            mask &= ~bytes(Tvr.members[name].value)[0]
        yield f"{made.method} in TVR byte 1 ({made.why or 'successful'})", f"{made.tvr & mask:02X}", f"{tvr & mask:02X}"
        if made.missing:
            yield "ICC data missing", "20", f"{tvr & signatures.MISSING:02X}"
        held = dict(self.outcome.data)
        if self.whole and Show.TAGS not in self.seen.lacks:
            for tag, value in ((0x9F45, made.code), (0x9F4C, made.number)):
                if value is not None:
                    yield f"{tag:X}", value.hex(), held.get(tag, b"").hex()

    def _forged(self, place: int) -> bool:
        """Whether the signature that was asked for with a GENERATE AC is missing or wrong."""
        turn = self.card.sent(GENERATE)[place - 1]
        return bool(turn.p1 & 0x10) and place not in self.oda.cryptograms and _kind(turn) != decisions.AAC

    def _signed(self) -> Iterator[Told]:
        """When CDA is asked for. # spec: emv-b4/6.3.2"""
        ready = self.oda.ready
        mode = self.config.options.cda_mode.value
        for place, turn in enumerate(self.card.sent(GENERATE), 1):
            kind = decisions.TYPE_OF[turn.p1 & 0xC0]
            modes = (1, 2) if place == 1 else (1, 4)
            wanted = ready and kind != decisions.AAC and (mode in modes or (place == 1 and kind == decisions.TC))
            yield f"CDA asked for in GENERATE AC {place}", str(wanted), str(bool(turn.p1 & 0x10))
            ready = ready and not self._forged(place)

    def _verification(self) -> Iterator[Told]:
        """Cardholder verification: results, TVR byte 3, TSI bit, signature, and the prompts in their order."""
        options, run = self.config.options, self.run
        currency = self.card.objects.get("9F42")
        given = verification.Setting(
            aip=self.card.aip[0],
            rules=self.card.objects.get("8E"),
            can=self.config.device.capabilities[1],
            terminal_type=self.config.device.type,
            service=run.service,
            amount=run.amount if run.service != "balance" else 0,
            other=run.other,
            same_currency=currency is not None and int(currency.hex()) == self.config.device.currency,
            online_pin=self.application.online_pin,
            bypass_allowed=options.pin_bypass,
            bypass_holds=options.bypass_all,
            asks_counter=options.get_pin_try_counter,
        )
        scene = _Recorded(self.card, self.seen, self.trust)
        try:
            made = verification.verify(given, scene)
        except (verification.Ended, Unexpected) as ended:
            yield "cardholder verification goes on", str(ended), "it did not"
            return
        yield "cardholder verification, prompts and commands left over", "", scene.rest()
        yield "CVM results", made.results.hex(), self.outcome.cvm_results.hex()
        yield "TVR byte 3", f"{made.tvr:02X}", f"{self.outcome.tvr[2]:02X}"
        if made.missing:
            yield "ICC data missing for want of a CVM list", "20", f"{self.outcome.tvr[0] & signatures.MISSING:02X}"
        if Show.TSI not in self.seen.lacks:
            yield "TSI, cardholder verification performed", str(made.performed), str(bool(self.outcome.tsi[0] & 0x40))
        if self.outcome.approved and Show.VERDICT not in self.seen.lacks:
            yield "a signature is wanted", str(made.signature), str(self.outcome.signature)

    def _decisions(self) -> Iterator[Told]:
        """Both cryptograms asked for, the response code and the end."""
        sent, tvr = self.card.sent(GENERATE), self.first.get("95")
        if tvr is None or len(tvr) != 5:
            return
        objects, application, kind = self.card.objects, self.application, self.config.device.type
        issuer = ActionCodes(objects.get("9F0E"), objects.get("9F0F"), objects.get("9F0D"))
        terminal = ActionCodes(application.tac_denial, application.tac_online, application.tac_default)
        wanted = decisions.first(tvr, kind, issuer, terminal, self.run.service)
        yield "first GENERATE AC", wanted, decisions.TYPE_OF[sent[0].p1 & 0xC0]
        replies = [answer for effect, answer in self.seen.effects if isinstance(effect, GoOnline)]
        given = _kind(sent[0])
        forged = self._forged(1)
        if not self.whole or self.run.service == "balance" or (given == decisions.ARQC and not replies and not forged):
            return
        ending = decisions.after_first(
            given,
            tvr=tvr,
            terminal_type=kind,
            issuer=issuer,
            terminal=terminal,
            reply=self._reply(replies),
            approvals=("approved",),
            forged=forged,
            online_only_defaults=self.config.options.online_only_defaults,
        )
        asked = decisions.TYPE_OF[sent[1].p1 & 0xC0] if len(sent) > 1 else None
        yield "second GENERATE AC", str(ending.second), str(asked)
        if ending.arc and Show.ARC not in self.seen.lacks:
            yield "response code", ending.arc, self.outcome.arc
        done = ending.approved and (len(sent) < 2 or (_kind(sent[1]) == decisions.TC and not self._forged(2)))
        if Show.VERDICT not in self.seen.lacks:
            yield "approved", str(done), str(self.outcome.approved)

    def _reply(self, replies: list[Any]) -> str | None:
        """What the host, or after a referral the attendant, said: approved, declined, or nothing."""
        reply = replies[-1] if replies else None
        if not isinstance(reply, Authorisation):
            return None
        options = self.config.options
        if options.referral and reply.arc in options.referral_codes:
            calls = [
                answer
                for effect, answer in self.seen.effects
                if isinstance(effect, AskChoice) and effect.question is Question.REFERRAL
            ]
            return "approved" if calls and calls[-1] == 0 else "declined"
        return "approved" if reply.arc in options.approved_codes else "declined"

    def _cryptograms(self) -> Iterator[Told]:
        """What the terminal hands on must be what the card's cryptogram was made over. # spec: emv-b4/12, jrt0025-5/14.1

        Done again with the key of the simulated issuer, where the cryptogram is over its own command; where it is not, see
        `sealed`.
        """
        sent = self.card.sent(GENERATE)
        made = {place: self._twice(place) for place in range(1, len(sent) + 1)}
        sound = [place for place, (right, seal) in made.items() if right == seal]
        shown = [
            ("the online request", effect.request.chip, 1) for effect, _ in self.seen.effects if isinstance(effect, GoOnline)
        ]
        shown += [
            ("the financial record", effect.record.chip, len(sent))
            for effect, _ in self.seen.effects
            if isinstance(effect, Remember) and effect.record.kind is RecordKind.SALE
        ]
        for what, chip, place in shown:
            told = {f"{tag:X}": value for tag, value in chip}
            values = self._values(place)
            if place not in sound or not _whole(values) or not {*cryptograms.SIZES, "82", "9F10", "9F36"} <= told.keys():
                continue
            # Two bits may be set after the cryptogram was made.
            told["95"] = bytes(a & (b | ~late) & 0xFF for a, b, late in zip(told["95"], values["95"], _LATE, strict=True))
            session = self._session(told["9F10"], told["9F36"])
            again = cryptograms.application_cryptogram(session, told, told["82"], told["9F36"], told["9F10"])
            yield f"cryptogram over the data of {what}", again.hex(), told.get("9F26", b"").hex()

    def _values(self, place: int) -> dict[str, bytes]:
        """What the card has been given up to a GENERATE AC, by tag."""
        if place == 1:
            return self.first
        return {**self.first, **wire.listed(self.card.objects["8D"], self.card.sent(GENERATE)[1].data)}

    def _session(self, iad: bytes, atc: bytes) -> cryptograms.Keys:
        if len(iad) < 8 or iad[2] != 1 or iad[7] not in cryptograms.ALGORITHMS:
            raise Unreadable("a cryptogram of another version")
        if not self.card.pan.isdigit():
            raise Unreadable("a card without a PAN, from which its keys come")
        sequence = self.card.objects.get("5F34")
        return _session_keys(cryptograms.ALGORITHMS[iad[7]], self.card.pan, int(sequence.hex()) if sequence else None, atc)

    def _cryptogram(self, place: int) -> Iterator[Told]:
        """The cryptogram of one GENERATE AC against what its command carried. # spec: jrt0025-5/14.1"""
        right, seal = self._twice(place)
        if seal and _whole(self._values(place)):
            yield f"cryptogram of GENERATE AC {place} over its command", right.hex(), seal.hex()

    def _twice(self, place: int) -> tuple[bytes, bytes]:
        """The cryptogram that the command of a GENERATE AC must give, and the one that its answer holds; that is empty when
        it does not come out of a signature."""
        turn = self.card.sent(GENERATE)[place - 1]
        plain = wire.pick(turn.answer, "80")
        if plain is not None:
            atc, seal, iad = plain[1:3], plain[3:11], plain[11:]
        else:
            atc, seal, iad = (wire.pick(turn.answer, "77", tag) or b"" for tag in ("9F36", "9F26", "9F10"))
            seal = seal or self.oda.cryptograms.get(place, b"")
        session = self._session(iad, atc)
        return cryptograms.application_cryptogram(session, self._values(place), self.card.aip, atc, iad), seal


def _readable(*parts: Iterator[Told]) -> list[Told]:
    """Everything, of a part that cannot be read what comes before."""
    found: list[Told] = []
    for part in parts:
        with suppress(Unreadable, LookupError, ValueError):
            found += part
    return found


def _whole(values: dict[str, bytes]) -> bool:
    """Whether a card was given all that a cryptogram covers."""
    return all(len(values.get(tag, b"")) == size for tag, size in cryptograms.SIZES.items())


@cache
def issuer_keys() -> dict[str, cryptograms.Keys]:
    """The simulated issuer's master keys, by algorithm."""
    table = tomllib.loads(ISSUER_FILE.read_text("utf-8"))["keys"]
    return {
        name: cryptograms.Keys(name, *(bytes.fromhex(table[name][use]) for use in ("ac", "mac", "enc")))
        for name in cryptograms.ALGORITHMS.values()
    }


def _authorities(config: Config) -> dict[tuple[bytes, int], tuple[bytes, bytes, date | None]]:
    """The terminal's CA keys. Cards sign with RSA here: an SM2 key of the same index is not theirs."""
    return {
        (bytes(key.rid), key.index): (bytes(key.modulus), bytes(key.exponent), key.expiry)
        for key in config.keys
        if key.algorithm is KeyAlgorithm.RSA
    }


@lru_cache(maxsize=256)
def _session_keys(algorithm: str, pan: str, sequence: int | None, atc: bytes) -> cryptograms.Keys:
    """The keys of one transaction of one card; most cases are the same card's."""
    return issuer_keys()[algorithm].card(pan, sequence).session(atc)


def _kind(turn: wire.Turn) -> str:
    """The cryptogram an answer to GENERATE AC holds."""
    plain = wire.pick(turn.answer, "80")
    cid = plain if plain is not None else wire.pick(turn.answer, "77", "9F27")
    if not cid or cid[0] & 0xC0 == 0xC0:
        raise Unreadable("no cryptogram information")
    return decisions.TYPE_OF[cid[0] & 0xC0]


class _Recorded:
    """Card and person of a run that is over, asked once more in the same order."""

    def __init__(self, card: Dialogue, seen: Evidence, trust: signatures.Trust) -> None:
        self.card, self.trust = card, trust
        self.held: dict[str, list[Any]] = {
            "PIN": [(effect.kind.value, answer) for effect, answer in seen.effects if isinstance(effect, AskPin)],
            "VERIFY": [turn.sw for turn in card.sent(wire.VERIFY)],
            "GET DATA 9F17": [turn for turn in card.sent(wire.GET_DATA) if turn.raw[2:4] == b"\x9f\x17"],
            "GET CHALLENGE": card.sent(wire.CHALLENGE),
            "document": [
                answer
                for effect, answer in seen.effects
                if isinstance(effect, AskChoice) and effect.question is Question.IDENTITY_DOCUMENT
            ],
        }

    def rest(self) -> str:
        """What was done and the reference would not have done."""
        return ", ".join(f"{len(entries)} {what}" for what, entries in self.held.items() if entries)

    def _next(self, what: str) -> Any:
        if not self.held[what]:
            raise Unexpected(what)
        return self.held[what].pop(0)

    def counter(self) -> int | None:
        """Out of the answer to GET DATA."""
        turn = self._next("GET DATA 9F17")
        try:
            value = wire.pick(turn.answer, "9F17") if turn.sw == 0x9000 else None
        except Unreadable:
            return None
        return value[0] if value is not None and len(value) == 1 else None

    def pin_key(self) -> bool:
        """Out of the certificates."""
        try:
            signatures.pin_key(self.card, self.trust)
        except signatures.Wrong:
            return False
        return True

    def challenge(self) -> bool:
        """Out of the answer to GET CHALLENGE."""
        turn = self._next("GET CHALLENGE")
        return bool(turn.sw == 0x9000 and len(turn.answer) == 8)

    def pin(self, kind: str) -> str:
        """What was entered at the prompt."""
        asked, entry = self._next("PIN")
        if asked != kind or not isinstance(entry, PinEntry):
            raise Unexpected(f"{kind} PIN")
        return _ENTRIES[entry.state]

    def check(self) -> int:
        """The status word of VERIFY."""
        return self._next("VERIFY") or 0

    def document(self) -> bool | None:
        """What the attendant said, if there is a document to show."""
        number, kind = self.card.objects.get("9F61"), self.card.objects.get("9F62")
        if number is None or kind is None or kind[0] > 5:
            return None
        return bool(self._next("document") == 0)
