"""Codec: effects and answers as plain JSON values.

Two faces. The redacted one is for anything that leaves the machine: secrets, track data and names are masked. The
full one keeps every byte so that a run can be replayed; it is for simulated cards and test keys only.
"""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from jinka.kernel import effects, errors
from jinka.kernel.apdu import Command, Response
from jinka.kernel.errors import MisuseError
from jinka.kernel.journal import redact
from jinka.kernel.secret import Secret

_MASK = "**"
_Faces = dict[type, Callable[[Any], Any]]


def plain(value: Any) -> Any:
    """The full face: `parse` gives the value back."""
    return _encode(value, _FULL)


def redacted(value: Any) -> Any:
    """The face for traces."""
    return _encode(value, _REDACTED)


def parse(value: Any) -> Any:
    """The value of a full face. Raises `MisuseError` on a redacted or unknown one."""
    if isinstance(value, list):
        return tuple(parse(item) for item in value)
    if not isinstance(value, dict):
        return value
    name, body = next(iter(value.items()))
    rest = {key: parse(item) for key, item in value.items() if key != name}
    try:
        return _READERS[name](body, rest)
    except (KeyError, ValueError, TypeError, AttributeError):
        raise MisuseError(f"this journal does not hold a full {name} {body if name == 'is' else ''}".rstrip()) from None


def _encode(value: Any, faces: _Faces) -> Any:
    face = faces.get(bytes if isinstance(value, bytes) else type(value))
    if face is not None:
        return face(value)
    if isinstance(value, BaseException):
        return {"raised": type(value).__name__, "text": str(value)}
    if isinstance(value, Enum):
        return {"enum": f"{type(value).__name__}.{value.name}"}
    if isinstance(value, tuple):
        return [_encode(item, faces) for item in value]
    if is_dataclass(value):
        return {"is": type(value).__name__} | {
            field.name: _encode(getattr(value, field.name), faces) for field in fields(value)
        }
    if value is None or isinstance(value, (int, str)):
        return value
    raise MisuseError(f"a journal cannot hold a {type(value).__name__}")


def _redacted_request(request: effects.OnlineRequest) -> Any:
    body = {field.name: _encode(getattr(request, field.name), _REDACTED) for field in fields(request)}
    return {"is": "OnlineRequest"} | body | {"expiry": _MASK, "chip": redact.objects(request.chip)}


def _redacted_record(record: effects.Record) -> Any:
    body = {field.name: _encode(getattr(record, field.name), _REDACTED) for field in fields(record)}
    return {"is": "Record"} | body | {"chip": redact.objects(record.chip)}


_FULL: _Faces = {
    bytes: lambda value: {"hex": value.hex().upper()},
    datetime: lambda value: {"time": value.isoformat()},
    Secret: lambda value: {"secret": value.reveal().hex().upper()},
    Command: lambda value: {"command": bytes(value).hex().upper(), "sensitive": value.sensitive},
    Response: lambda value: {"response": bytes(value).hex().upper(), "elapsed": repr(value.elapsed)},
}
_REDACTED: _Faces = {
    bytes: lambda value: {"hex": redact.masked(value)},
    datetime: _FULL[datetime],
    Secret: lambda value: {"secret": _MASK},
    Command: lambda value: {"command": value.shown()},
    Response: lambda value: {"response": redact.shown(value.data), "sw": f"{value.sw:04X}"},
    effects.OnlineRequest: _redacted_request,
    effects.Record: _redacted_record,
}


def _read_command(body: str, rest: dict[str, Any]) -> Command:
    read = Command.parse(bytes.fromhex(body))
    return Command(read.cla, read.ins, read.p1, read.p2, read.data, read.le, rest["sensitive"])


def _read_enum(body: str, rest: dict[str, Any]) -> Any:
    kind, member = body.split(".")
    return getattr(effects, kind)[member]


_READERS: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "hex": lambda body, rest: bytes.fromhex(body),
    "time": lambda body, rest: datetime.fromisoformat(body),
    "secret": lambda body, rest: Secret(bytes.fromhex(body)),
    "command": _read_command,
    "response": lambda body, rest: Response.parse(bytes.fromhex(body), float(rest["elapsed"])),
    "enum": _read_enum,
    "raised": lambda body, rest: getattr(errors, body)(rest["text"]),
    "is": lambda body, rest: getattr(effects, body)(**rest),
}
