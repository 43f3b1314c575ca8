"""What `configure` tells a terminal, and back: a `Config` as tags where there is one, else as neutral members.

    {"generation": "pboc-2018",
     "device": {"9F35": "22", "9F33": "E0F8C8", ..., "languages": ["zh", "en"]},
     "applications": [{"aid": "A000000333010101", "partial": true, "9F09": "0030", "floor_limit": 10000, ...}],
     "keys": [{"rid": "A000000333", "index": 1, "algorithm": 1, "modulus": "...", "exponent": "03", "expiry": null, ...}],
     "revoked": [{"rid": "A000000333", "index": 1, "serial": "000001"}],
     "hot_list": [{"pan": "6228480000000000001", "pan_sequence": 1}],
     "options": {"use_pse": true, "cda_mode": 1, ...}}

Members that are not tags have the names and meanings of `jinka.kernel.config`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from jinka.conformance.drivers.protocol import WRONG_PARAMS, RpcError, from_plain, to_plain, unhex
from jinka.kernel.config import Application, CaKey, Config, Device, Generation, Options, Revoked

T = TypeVar("T")
Hot = frozenset[tuple[bytes, int | None]]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A field that is a data object: its tag, and how it is coded there."""

    tag: str
    code: Callable[[Any], str]
    decode: Callable[[str], Any]


def _digits(size: int) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    return (lambda value: f"{int(value):0{size}d}"), int


def _text(size: int) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    return (
        lambda value: value.encode("gb18030")[:size].ljust(size).hex().upper() if value else "",
        lambda text: unhex(text).decode("gb18030", "replace").rstrip(),
    )


DEVICE = {
    "type": Tagged("9F35", str, str),
    "capabilities": Tagged("9F33", to_plain, str),
    "additional_capabilities": Tagged("9F40", to_plain, str),
    "country": Tagged("9F1A", *_digits(4)),
    "currency": Tagged("5F2A", *_digits(4)),
    "exponent": Tagged("5F36", *_digits(2)),
    "terminal_id": Tagged("9F1C", *_text(8)),
    "merchant_id": Tagged("9F16", *_text(15)),
    "merchant_name": Tagged("9F4E", *_text(20)),
    "merchant_category": Tagged("9F15", str, str),
    "acquirer_id": Tagged("9F01", lambda value: f"{value:0>12}", lambda text: text[1:]),
    "serial": Tagged("9F1E", *_text(8)),
}
APPLICATION = {
    "version": Tagged("9F09", to_plain, str),
    "risk_data": Tagged("9F1D", to_plain, str),
    "merchant_category": Tagged("9F15", str, str),
}


def tell(config: Config, hot: Iterable[tuple[bytes, int | None]] = ()) -> dict[str, Any]:
    """A configuration as `configure` carries it."""
    return {
        "generation": config.generation.value,
        "device": _part(config.device, DEVICE),
        "applications": [_part(entry, APPLICATION) for entry in config.applications],
        "keys": [_part(entry) for entry in config.keys],
        "revoked": [_part(entry) for entry in config.revoked],
        "hot_list": [{"pan": pan.decode("ascii"), "pan_sequence": number} for pan, number in sorted(hot, key=repr)],
        "options": _part(config.options),
    }


def understand(told: dict[str, Any]) -> tuple[Config, Hot]:
    """And back. What is left out keeps its default. Raises `RpcError`."""
    config = Config(
        device=_read(told.get("device", {}), Device, DEVICE),
        applications=tuple(_read(entry, Application, APPLICATION) for entry in _rows(told, "applications")),
        keys=tuple(_read(entry, CaKey) for entry in _rows(told, "keys")),
        revoked=tuple(_read(entry, Revoked) for entry in _rows(told, "revoked")),
        options=_read(told.get("options", {}), Options),
        generation=from_plain(told.get("generation", Generation.PBOC_2018.value), Generation),
    )
    hot = {(str(entry.get("pan", "")).encode("ascii"), entry.get("pan_sequence")) for entry in _rows(told, "hot_list")}
    return config, frozenset(hot)


def changed(told: dict[str, Any], base: dict[str, Any]) -> frozenset[str]:
    """The paths in which one configuration differs from another: `device.9F33`, `applications.threshold`, `keys`.

    `applications` alone is the list of AIDs; a member of theirs has changed when any of them has it otherwise than the
    first one of `base`.
    """
    found = {name for name in ("generation", "keys", "revoked", "hot_list") if told[name] != base[name]}
    for part in ("device", "options"):
        found |= {f"{part}.{name}" for name, value in told[part].items() if base[part].get(name) != value}
    if [entry["aid"] for entry in told["applications"]] != [entry["aid"] for entry in base["applications"]]:
        found.add("applications")
    model = base["applications"][0]
    for entry in told["applications"]:
        found |= {
            f"applications.{name}" for name, value in entry.items() if name not in ("aid", "name") and model[name] != value
        }
    return frozenset(found)


def _part(held: Any, tagged: dict[str, Tagged] | None = None) -> dict[str, Any]:
    made = {}
    for field in fields(held):
        value = getattr(held, field.name)
        known = (tagged or {}).get(field.name)
        made[known.tag if known else field.name] = known.code(value) if known else to_plain(value)
    return made


def _rows(told: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = told.get(name, [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise RpcError(WRONG_PARAMS, f"{name} is a list of objects")
    return found


def _read(told: Any, kind: type[T], tagged: dict[str, Tagged] | None = None) -> T:
    if not isinstance(told, dict):
        raise RpcError(WRONG_PARAMS, f"{kind.__name__.lower()} is an object")
    names = {known.tag: (name, known) for name, known in (tagged or {}).items()}
    made = {}
    for key, value in told.items():
        name, known = names.get(key, (key, None))
        made[name] = known.decode(value) if known else value
    return from_plain(made, kind)
