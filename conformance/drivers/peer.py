"""Peer: one end of a JSON-RPC 2.0 line; the same for the suite and for a driver.

While one side waits for the result of a request, it answers the requests of the other: a transaction is one long `start`
with many questions in between. One thread is enough on either side.
"""

import os
import select
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import msgspec
from jinka.conformance.drivers.protocol import FAULTS, INTERNAL, NO_METHOD, NO_REQUEST, READER_FAILED, UNREADABLE, RpcError
from jinka.kernel.errors import Cancelled, JinkaError, LinkFault

LONGEST = 1 << 20  # bytes a line may have
Handler = Callable[[Any], Any]
Tap = Callable[[bool, bytes], None]
"""Sees every line: true for one that was sent."""


class LineFault(JinkaError):
    """The line between suite and driver failed; nothing is said about the terminal."""


class LineClosed(LineFault):
    """The other side is gone."""


class LineSilent(LineFault):
    """The other side did not answer in time."""


class LineGarbled(LineFault):
    """What came is not the protocol."""


class Unwind(Exception):
    """Raised by a handler: the request is answered with `result`, and the exception goes on to whoever waits."""

    def __init__(self, result: Any = None) -> None:
        self.result = result


class Line:
    """Lines of text over two file descriptors, or one socket twice."""

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write, self._held = read, write, bytearray()
        os.set_blocking(write, False)

    def receive(self, patience: float | None) -> bytes:
        """The next line, without its end. Raises `LineFault`."""
        deadline = None if patience is None else monotonic() + patience
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > LONGEST:
                raise LineGarbled(f"a line of more than {LONGEST} bytes")
            self._wait([self._read], [], deadline)
            try:
                piece = os.read(self._read, 65536)
            except BlockingIOError:
                continue
            except OSError as fault:
                raise LineClosed(str(fault)) from None
            if not piece:
                raise LineClosed("the line was closed")
            self._held += piece
        line = bytes(self._held[:end])
        del self._held[: end + 1]
        return line

    def send(self, line: bytes, patience: float | None = 10.0) -> None:
        """Sends a line. Raises `LineFault`, also when nobody takes it."""
        left = memoryview(line + b"\n")
        deadline = None if patience is None else monotonic() + patience
        while left:
            self._wait([], [self._write], deadline)
            try:
                left = left[os.write(self._write, left) :]
            except BlockingIOError:
                continue
            except OSError as fault:
                raise LineClosed(str(fault)) from None

    @staticmethod
    def _wait(read: list[int], write: list[int], deadline: float | None) -> None:
        left = None if deadline is None else max(0.0, deadline - monotonic())
        if not any(select.select(read, write, [], left)):
            raise LineSilent("no answer in time")


class _Trouble(msgspec.Struct):
    code: int
    message: str
    data: Any = None


class _Message(msgspec.Struct):
    """Any of the four kinds; a `result` of null is not the same as none."""

    method: str = ""
    id: int | str | None = None
    params: Any = msgspec.field(default_factory=dict)
    result: Any = msgspec.UNSET
    error: _Trouble | None = None


class Peer:
    """`handlers` answer the other side's requests and take its notifications, by method. A `tolerant` peer tells the other
    side that it could not read a line, and goes on; another one raises `LineGarbled`."""

    def __init__(self, line: Line, handlers: Mapping[str, Handler], *, tolerant: bool = False, tap: Tap | None = None) -> None:
        self.line, self.handlers, self.tolerant, self.tap = line, handlers, tolerant, tap
        self._number = 0
        self._answers: dict[int, _Message | None] = {}  # by request that waits; what nobody waits for is dropped

    def call(self, method: str, params: Any = None, *, patience: float | None = None, limit: float | None = None) -> Any:
        """Sends a request and returns its result, answering the other side meanwhile.

        `patience`: seconds of silence; `limit`: seconds in all. Raises `RpcError` for an error answer, one of `FAULTS`
        where the code stands for one, and `LineFault`.
        """
        self._number += 1
        number = self._number
        self._answers[number] = None
        try:
            answer = self._answer(number, method, params, patience, limit)
        finally:
            del self._answers[number]
        if answer.error is None:
            return answer.result
        kind = FAULTS.get(answer.error.code)
        raise kind(answer.error.message) if kind else RpcError(answer.error.code, answer.error.message, answer.error.data)

    def _answer(self, number: int, method: str, params: Any, patience: float | None, limit: float | None) -> _Message:
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": {} if params is None else params})
        deadline = None if limit is None else monotonic() + limit
        while (answer := self._answers[number]) is None:
            if deadline is not None and monotonic() > deadline:
                raise LineSilent(f"{method} did not come to an end in {limit:g} s")
            self.step(patience)
        return answer

    def notify(self, method: str, params: Any) -> None:
        """Sends a notification: nothing comes back."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def step(self, patience: float | None = None) -> None:
        """Takes one message in."""
        raw = self.line.receive(patience)
        if self.tap is not None:
            self.tap(False, raw)
        if not raw.strip():
            return
        try:
            message = msgspec.json.decode(raw, type=_Message)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            self._unreadable(raw, fault)
            return
        if message.method:
            self._serve(message)
        elif message.id is not None and (message.error is not None or message.result is not msgspec.UNSET):
            if isinstance(message.id, int) and message.id in self._answers:
                self._answers[message.id] = message
        elif message.error is not None:
            raise LineGarbled(f"the other side could not read a message: {message.error.message}")
        else:
            self._complain(message.id, NO_REQUEST, "neither a request nor an answer")

    def _unreadable(self, raw: bytes, fault: Exception) -> None:
        is_json = True
        try:
            msgspec.json.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            is_json = False
        if not self.tolerant:
            raise LineGarbled(f"not JSON-RPC: {raw[:80]!r}")
        self._complain(None, NO_REQUEST if is_json else UNREADABLE, f"not JSON-RPC: {fault}")

    def _serve(self, asked: _Message) -> None:
        handler = self.handlers.get(asked.method)
        if handler is None:
            if asked.id is not None:
                self._complain(asked.id, NO_METHOD, f"no method {asked.method}")
            return
        try:
            result = handler(asked.params)
        except Unwind as unwinding:
            self._result(asked.id, unwinding.result)
            raise
        except RpcError as fault:
            self._error(asked.id, fault.code, fault.message, fault.data)
        except LineFault:
            raise
        except (LinkFault, Cancelled) as fault:
            self._error(
                asked.id, next((code for code, kind in FAULTS.items() if isinstance(fault, kind)), READER_FAILED), str(fault)
            )
        except JinkaError as fault:
            self._error(asked.id, INTERNAL, f"{type(fault).__name__}: {fault}")
        else:
            self._result(asked.id, result)

    def _result(self, number: int | str | None, result: Any) -> None:
        if number is not None:
            self._send({"jsonrpc": "2.0", "id": number, "result": result})

    def _error(self, number: int | str | None, code: int, message: str, data: Any = None) -> None:
        if number is not None:
            self._complain(number, code, message, data)

    def _complain(self, number: int | str | None, code: int, message: str, data: Any = None) -> None:
        trouble = {"code": code, "message": message} | ({} if data is None else {"data": data})
        self._send({"jsonrpc": "2.0", "id": number, "error": trouble})

    def _send(self, message: dict[str, Any]) -> None:
        raw = msgspec.json.encode(message)
        if self.tap is not None:
            self.tap(True, raw)
        self.line.send(raw)
