"""AcquirerLink: the stock answer to `GoOnline`, and the errands of the ledger.

What is no answer to *this* message, such as a late answer to an earlier one or the second copy of a duplicate, is
skipped until the time is up. An answer that cannot be trusted (MAC, format, no response code) counts as none: the host
may have approved, so the reversal is owed. Nothing that leaves here as an exception or a reason holds card data.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from jinka.kernel.acquirer import requests
from jinka.kernel.acquirer.config import HostConfig
from jinka.kernel.acquirer.keys import WorkingKeys
from jinka.kernel.acquirer.line import HostFault, Line
from jinka.kernel.acquirer.messages import Message, WireError, authentic, pack, response_type, unpack, wire
from jinka.kernel.acquirer.responses import authorisation, balanced
from jinka.kernel.crypto import pinblock
from jinka.kernel.effects import Authorisation, OnlineRequest, Record, Unreachable
from jinka.kernel.errors import LinkFault
from jinka.kernel.secret import Secret

LAST_STAN = 999_999
# Response codes that end a reversal: done, invalid (nothing to reverse), no original. The rest is tried again.
_REVERSED = ("00", "12", "25")
_TAKEN = ("00", "94")  # an advice or a batch line: taken, or taken before


class Notebook(Protocol):
    """What the link writes down; a ledger does. `note` is durable when it returns."""

    def note(self, reference: str, message: Mapping[str, str], /) -> None:
        """Keeps the plain fields of a message."""
        ...

    def noted(self, reference: str, /) -> dict[str, str] | None:
        """The fields kept for a reference."""
        ...

    def next(self, name: str, most: int, /) -> int:
        """The next value of a counter, from 1."""
        ...

    def batch(self) -> int:
        """The number of the open batch."""
        ...


class AcquirerLink:
    """Implements `Host`. One message at a time; the working keys are fetched before the first one."""

    def __init__(
        self, config: HostConfig, notebook: Notebook, *, clock: Callable[[], datetime] = datetime.now
    ) -> None:
        self.config = config
        self._notebook, self._clock = notebook, clock
        self._spec = wire(config.pin_algorithm)
        self._line = Line(config)
        self._keys: WorkingKeys | None = None

    def close(self) -> None:
        """Hangs up."""
        self._line.close()

    def sign_on(self) -> None:
        """0800: fetches new working keys. Raises `HostFault`."""
        config = self.config
        answer = self._exchange(requests.sign_on(config, self._stan(), self._notebook.batch()), None)
        if answer.get("39") != "00":
            raise HostFault(f"sign-on refused: {answer.get('39', 'no response code')}", sent=True)
        try:
            self._keys = WorkingKeys.unwrap(
                bytes.fromhex(answer.get("62", "")), config.terminal_master, config.key_algorithm,
                config.pin_algorithm, config.mac_algorithm,
            )  # fmt: skip
        except LinkFault as fault:
            raise HostFault(str(fault), sent=True) from None

    def pin_block(self, pin: Secret, pan: Secret) -> Secret:
        """Field 52 for a PIN in ASCII digits, as a PIN pad would make it under the working key. For a software PIN pad;
        raises `HostFault` when there is no working key to be had."""
        return pinblock.encipher(self.config.pin_algorithm, self._working_keys().pin, pin, pan)

    def authorise(self, request: OnlineRequest) -> Authorisation | Unreachable:
        """Asks for an authorisation. What leaves is noted first, so that a crash can be followed by its reversal."""
        try:
            self._working_keys()
        except HostFault as fault:
            return Unreachable(fault.reason, sent=False)
        message = requests.financial(self.config, request, self._stan(), self._notebook.batch(), self._clock())
        self._notebook.note(request.reference, requests.note(message))
        try:
            return authorisation(self._signed(message), request.amount)
        except HostFault as fault:
            return Unreachable(fault.reason, sent=fault.sent)

    def reverse(self, record: Record) -> bool:
        """0400 for a record; true when the host says that nothing is booked any more."""
        return self._errand(requests.reversal(self._noted(record), record), _REVERSED)

    def advise(self, record: Record) -> bool:
        """0220 for a record; true when the host has it."""
        return self._errand(requests.advice(self._noted(record), record), _TAKEN)

    def upload(self, record: Record) -> bool:
        """0320 for a sale; true when the host has it."""
        return self._errand(requests.upload(self._noted(record), record), _TAKEN)

    def settle(self, batch: int, totals: tuple[int, int, int, int]) -> bool | None:
        """0500: whether the host has the same totals (debit amount, debit count, credit amount, credit count); None
        when there was no answer."""
        try:
            self._working_keys()
            return balanced(self._signed(requests.settlement(self.config, totals, self._stan(), batch)))
        except HostFault:
            return None

    # --- inside -------------------------------------------------------------------------------------------------

    def _stan(self) -> int:
        return self._notebook.next("stan", LAST_STAN)

    def _working_keys(self) -> WorkingKeys:
        if self._keys is None:
            self.sign_on()
        if self._keys is None:
            raise HostFault("sign-on gave no keys", sent=False)
        return self._keys

    def _noted(self, record: Record) -> Message:
        """The note of a record; made and kept now when there is none, so that a repeat has the same STAN."""
        noted = self._notebook.noted(record.reference)
        if noted is None:
            noted = requests.kept(self.config, record, self._stan(), self._notebook.batch(), self._clock())
            self._notebook.note(record.reference, noted)
        return noted

    def _errand(self, message: Message, codes: tuple[str, ...]) -> bool:
        try:
            self._working_keys()
            return self._signed(message).get("39") in codes
        except HostFault:
            return False

    def _signed(self, message: Message) -> Message:
        """An exchange under the MAC key. A complaint about our MAC (A0) makes the next message fetch new keys."""
        answer = self._exchange(message, self._working_keys().mac)
        if answer.get("39") == "A0":
            self._keys = None
        return answer

    def _exchange(self, message: Message, key: Secret | None) -> Message:
        mac = (self.config.mac_algorithm, key) if key is not None else None
        try:
            raw = pack(message, self._spec, mac)
        except WireError as fault:
            raise HostFault(str(fault), sent=False) from None
        self._line.send(raw)
        while True:
            raw = self._line.receive()
            try:
                answer = unpack(raw, self._spec)
                if not _answers(answer, message):
                    continue
                if mac is not None and not authentic(raw, answer, mac):
                    self._keys = None  # ours or theirs may be old: the next message fetches new ones
                    raise WireError("the MAC of the answer is wrong")
            except WireError as fault:
                self._line.close()
                raise HostFault(str(fault), sent=True) from None
            self._line.rest()
            return answer


def _answers(answer: Message, message: Message) -> bool:
    """Whether an answer belongs to a message: its type, STAN, terminal and merchant."""
    return answer["t"] == response_type(message["t"]) and all(
        answer.get(name) == message[name] for name in ("11", "41", "42")
    )
