"""Machine: a debit/credit application (JR/T 0025.5 and .6; EMV 4.4 Books 1 to 3), and its table of commands.

# spec: jrt0025-5/commands, emv-b3/6.5

The handlers live in the files beside this one, one for each stage. What electronic cash adds overrides the few methods
marked so.
"""

from collections.abc import Mapping
from enum import Enum
from functools import cached_property
from typing import ClassVar

from jinka.kernel.apdu import Response
from jinka.kernel.data import dol, pboc, tags
from jinka.kernel.data.fields import Aip, Cryptogram
from jinka.kernel.data.tlv import encode
from jinka.kernel.errors import ConfigError, MalformedData
from jinka.simulator.cards.credit import authenticate, generate, initiate, queries, risk, scripts, verify
from jinka.simulator.cards.credit.keys import CardKeys, card_keys
from jinka.simulator.cards.credit.memory import Memory, Session, State
from jinka.simulator.cards.credit.profile import Profile
from jinka.simulator.cards.credit.signing import card_key, signed_for
from jinka.simulator.machine import Applet, Handler, Refused, Status, Turn

Now = Turn[Memory, Session]
PLAIN, OWN, SECURE, SECURE_OWN = 0x00, 0x80, 0x04, 0x84
CLASSES: Mapping[int, frozenset[int]] = {
    0xA8: frozenset({OWN}),                   # GET PROCESSING OPTIONS
    0xB2: frozenset({PLAIN}),                 # READ RECORD
    0xCA: frozenset({OWN}),                   # GET DATA
    0x20: frozenset({PLAIN}),                 # VERIFY
    0x84: frozenset({PLAIN}),                 # GET CHALLENGE
    0x88: frozenset({PLAIN}),                 # INTERNAL AUTHENTICATE
    0x82: frozenset({PLAIN}),                 # EXTERNAL AUTHENTICATE
    0xAE: frozenset({OWN}),                   # GENERATE AC
    0x1E: frozenset({SECURE_OWN, 0x8C}),      # APPLICATION BLOCK
    0x18: frozenset({SECURE_OWN, 0x8C}),      # APPLICATION UNBLOCK
    0x16: frozenset({SECURE_OWN, 0x8C}),      # CARD BLOCK
    0x24: frozenset({SECURE_OWN, 0x8C}),      # PIN CHANGE/UNBLOCK
    0xDA: frozenset({SECURE}),                # PUT DATA
    0xDC: frozenset({SECURE}),                # UPDATE RECORD
}
ANY: dict[int, Handler] = {0xB2: queries.read_record, 0xCA: queries.get_data, 0x84: verify.get_challenge}
SCRIPTS: dict[int, Handler] = {
    0x1E: scripts.application_block,
    0x18: scripts.application_unblock,
    0x16: scripts.card_block,
    0x24: scripts.pin_change,
    0xDA: scripts.put_data,
    0xDC: scripts.update_record,
}
TABLE: dict[State, dict[int, Handler]] = {
    State.SELECTED: {**ANY, 0xA8: initiate.get_processing_options},
    State.INITIATED: {
        **ANY,
        0x20: verify.verify,
        0x88: authenticate.internal_authenticate,
        0xAE: generate.first,
    },
    State.ONLINE: {**ANY, **SCRIPTS, 0x82: authenticate.external_authenticate, 0xAE: generate.second},
    State.COMPLETED: {**ANY, **SCRIPTS},
}


class Credit(Applet[Memory, Session]):
    """The application. Everything here is made once from the profile and shared by all cards of a personality."""

    classes: ClassVar[Mapping[int, frozenset[int]]] = CLASSES
    table: ClassVar[Mapping[tuple[Enum, int], Handler]] = {
        (state, ins): handler for state, handlers in TABLE.items() for ins, handler in handlers.items()
    }

    def __init__(self, profile: Profile) -> None:
        super().__init__(bytes(profile.aid))
        self.profile = profile
        self.records: dict[tuple[int, int], bytes] = {}
        for key in profile.keys():
            sfi, _, number = key.partition(".")
            if not (sfi.isdigit() and number.isdigit()):
                raise ConfigError(f"{key!r} is not sfi.number", key="application.records")
            if (record := profile.record(key, signed_for(profile, key))) is not None:
                self.records[int(sfi), int(number)] = record
        self.icc_key = card_key(profile, profile.sign.icc)
        self.pin_key = card_key(profile, profile.sign.pin)
        self.pdol = self._list(profile.fci.get(tags.PDOL), "PDOL")
        self.cdol1 = self._list(profile.find(tags.CDOL1), "CDOL1")
        self.cdol2 = self._list(profile.find(tags.CDOL2), "CDOL2")
        ddol = profile.find(tags.DDOL)
        self.ddol = self._list(ddol, "DDOL") if ddol else None
        try:
            self.aip = Aip.parse(profile.aip)
        except ValueError:
            self.aip = Aip(0)

    @staticmethod
    def _list(raw: bytes | None, what: str) -> tuple[dol.Entry, ...]:
        """A DOL the card will be sent; one that is malformed on purpose asks for nothing."""
        try:
            return dol.parse(raw or b"", what)
        except MalformedData:
            return ()

    @cached_property
    def keys(self) -> CardKeys:
        """The card's symmetric keys."""
        return card_keys(self.profile.algorithm, self.profile.pan, self.profile.sequence)

    def issue(self) -> Memory:
        """The memory as it leaves personalisation."""
        profile = self.profile
        return Memory(
            atc=profile.atc,
            last_online_atc=profile.last_online_atc,
            pin=profile.pin,
            pin_tries=profile.pin_tries,
            blocked=profile.blocked,
            data={tag: value for tag, value in profile.data if value is not None},
        )

    def begin(self) -> Session:
        """A fresh session."""
        return Session()

    def state(self, session: Session) -> State:
        """The session's state."""
        return session.state

    def fci(self, memory: Memory) -> Response:
        """6F with 84, A5 and BF0C; a blocked application says so in the status word."""
        profile = self.profile
        inside = profile.fci.encode({})
        if profile.discretionary.rows:
            inside += encode(tags.FCI_ISSUER_DISCRETIONARY, profile.discretionary.encode({}))
        name = encode(tags.DF_NAME, bytes(profile.df_name) or self.name)
        made = encode(tags.FCI_TEMPLATE, name + encode(tags.FCI_PROPRIETARY, inside))
        return Response(made, Status.FILE_INVALIDATED if memory.blocked else Status.OK)

    def record(self, memory: Memory, sfi: int, number: int) -> bytes:
        """A record as it is now. Refuses with "no file" or "no record"."""
        logs = self.logs(memory)
        if sfi in logs:
            if number > len(logs[sfi]):
                raise Refused(Status.NO_RECORD)
            return logs[sfi][number - 1]
        if not any(held == sfi for held, _ in self.records):
            raise Refused(Status.NO_FILE)
        record = memory.records.get((sfi, number)) or self.records.get((sfi, number))
        if record is None:
            raise Refused(Status.NO_RECORD)
        return record

    def slice(self, entries: tuple[dol.Entry, ...], data: bytes) -> dict[int, bytes]:
        """The values of a filled DOL by tag. Refuses data of another length than the list has."""
        if len(data) != dol.total(entries):
            raise Refused(Status.WRONG_LENGTH)
        values, at = {}, 0
        for tag, length in entries:
            values[tag] = data[at : at + length]
            at += length
        return values

    # what electronic cash overrides

    def logs(self, memory: Memory) -> dict[int, tuple[bytes, ...]]:
        """Log files by SFI, newest record first."""
        entry = self.profile.discretionary.get(tags.LOG_ENTRY)
        return {entry[0]: memory.log} if entry else {}

    def locate(self, turn: Now) -> bytes:
        """The AFL for this transaction, decided at GET PROCESSING OPTIONS."""
        return bytes(self.profile.afl)

    def decide_first(self, turn: Now, asked: Cryptogram) -> Cryptogram:
        """Card action analysis at the first GENERATE AC."""
        return risk.first(self, turn, asked)

    def approved(self, turn: Now) -> None:
        """A TC goes out offline at the first GENERATE AC: what is counted changes."""
        risk.count_offline(turn)

    def discretionary(self, turn: Now) -> bytes:
        """Issuer discretionary data for the IAD, id and value without the MAC; empty for none."""
        if self.profile.idd != 2:
            return b""
        return b"\x02" + bytes.fromhex(f"{turn.memory.offline_amount % 10**10:010d}")

    def put(self, turn: Now, tag: int, value: bytes) -> None:
        """PUT DATA with a good MAC on a tag that may be put. Refuses what makes no sense."""
        turn.memory.data = {**turn.memory.data, tag: value}

    def may_put(self, tag: int) -> bool:
        """Whether a script may change a data object."""
        return tag in PUTTABLE


PUTTABLE = frozenset(
    {pboc.DEFAULT_ACTION, pboc.OFFLINE_LIMIT_CURRENCY, pboc.CUMULATIVE_LIMIT, pboc.LOWER_LIMIT_INTERNAL,
     pboc.UPPER_LIMIT_INTERNAL, pboc.CUMULATIVE_UPPER_LIMIT, pboc.CARD_CVM_LIMIT, pboc.OFFLINE_LIMIT_COUNTRY,
     pboc.ISSUER_AUTHENTICATION_INDICATOR}
)  # fmt: skip
