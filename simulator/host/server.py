"""Server: the desk on a socket. A thread for each connection, one lock around the desk.

Frames that start with `{` are not ISO 8583 but questions of a test, in JSON: {"ask": "view"}, {"ask": "behave", "on":
"financial", "behaviour": {...}, "then": [{...}]}, {"ask": "release"} (late answers go out), {"ask": "forget keys"}.
"""

import contextlib
import json
import socket
import ssl
import threading
from types import TracebackType
from typing import Any, Self

from jinka.simulator.host.desk import HostDesk, Reply
from jinka.simulator.issuer import Behaviour, Plan


class HostServer:
    """Listens on 127.0.0.1. `prefix`: bytes of TPDU and header before each message. As a context manager it serves in
    threads of this process."""

    def __init__(
        self, desk: HostDesk, *, port: int = 0, prefix: int = 0, tls: ssl.SSLContext | None = None
    ) -> None:
        self.desk = desk
        self._prefix, self._tls = prefix, tls
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self._lock = threading.Lock()
        self._release = threading.Event()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._closing = False

    def __enter__(self) -> Self:
        self._start(self.serve)
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def serve(self) -> None:
        """Accepts until closed."""
        while not self._closing:
            try:
                line, _ = self._listening.accept()
            except OSError:
                return
            self._start(self._talk, line)

    def close(self) -> None:
        """Ends every connection and thread."""
        self._closing = True
        self._release.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for line in list(self._open):
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Answers a test's question."""
        with self._lock:
            match question.get("ask"):
                case "view":
                    return self.desk.view()
                case "behave":
                    then = [Behaviour.parse(raw) for raw in question.get("then", ())]
                    plan = Plan(Behaviour.parse(question.get("behaviour", {})), then)
                    self.desk.plans[question.get("on", "financial")] = plan
                    return {"done": True}
                case "release":
                    self._release.set()
                    self._release = threading.Event()
                    return {"done": True}
                case "forget keys":
                    self.desk.forget_keys()
                    return {"done": True}
        return {"error": "view, behave, release or forget keys"}

    def _start(self, target: Any, *arguments: Any) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads = [old for old in self._threads if old.is_alive()] + [thread]
        thread.start()

    def _talk(self, line: socket.socket) -> None:
        self._open.add(line)
        try:
            if self._tls is not None:
                self._open.discard(line)
                line = self._tls.wrap_socket(line, server_side=True)
                self._open.add(line)
            while (frame := _read_frame(line)) is not None:
                if not self._answer(line, frame):
                    return
        except OSError:
            return
        finally:
            self._open.discard(line)
            line.close()

    def _answer(self, line: socket.socket, frame: bytes) -> bool:
        """Handles one frame; false ends the connection."""
        if frame.startswith(b"{"):
            try:
                answer = self.ask(json.loads(frame))
            except (ValueError, TypeError, KeyError) as fault:
                answer = {"error": f"{type(fault).__name__}: {fault}"}
            body = json.dumps(answer).encode()
            line.sendall(len(body).to_bytes(4, "big") + body)
            return True
        with self._lock:
            release = self._release
            reply = self.desk.handle(frame[self._prefix :])
        if reply.late is not None:
            release.wait(reply.late or None)
        self._send(line, frame[: self._prefix], reply)
        return not reply.drop

    def _send(self, line: socket.socket, prefix: bytes, reply: Reply) -> None:
        data = b"".join((len(prefix + raw)).to_bytes(2, "big") + prefix + raw for raw in reply.frames)
        if data:
            line.sendall(data[: len(data) // 2] if reply.cut else data)


def _read_frame(line: socket.socket) -> bytes | None:
    head = _read(line, 2)
    return _read(line, int.from_bytes(head, "big")) if head is not None else None


def _read(line: socket.socket, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        part = line.recv(size - len(data))
        if not part:
            return None
        data += part
    return data


def ask_host(port: int, question: dict[str, Any]) -> dict[str, Any]:
    """Puts a question to a host process on this machine. Raises `OSError` when it does not answer."""
    body = json.dumps(question).encode()
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.sendall(len(body).to_bytes(2, "big") + body)
        head = _read(line, 4)
        answer = _read(line, int.from_bytes(head, "big")) if head is not None else None
    if answer is None:
        raise ConnectionError("the host closed the connection")
    result: dict[str, Any] = json.loads(answer)
    return result
