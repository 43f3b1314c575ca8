"""Decode against published traces of test cards: real bytes, made by others."""

import json
from collections.abc import Iterator

import pytest
from jinka.kernel.decode import Item, decode_any, decode_apdu, decode_response, decode_tlv
from jinka.kernel.load import TERMINALS, load_config

from tests.support.traces import FILES, load

TRACES = {name: load(name) for name in sorted(FILES)}
WHOLE = [name for name, trace in TRACES.items() if trace.get("apdus")]


def every(items: tuple[Item, ...]) -> Iterator[Item]:
    for item in items:
        yield item
        yield from every(item.children)


@pytest.mark.parametrize("name", WHOLE)
def test_every_exchange_is_understood(name: str) -> None:
    for pair in TRACES[name]["apdus"]:
        command, answer = bytes.fromhex(pair["command"]), bytes.fromhex(pair["response"])
        told = decode_apdu(command)
        assert told.name.en != "unknown command"
        guess = decode_any(command)
        assert guess.kind == "command" or "command" in guess.others
        read = decode_response(answer[:-2], int.from_bytes(answer[-2:], "big"), command)
        assert read.status.en != "unknown status"
        if read.objects is None:
            continue
        for item in every(read.objects.items):
            assert item.fault == ""
            assert read.objects.raw[item.body : item.end] == item.value
        json.dumps(read.to_json())


def test_the_only_fault_of_a_unionpay_card_is_its_own() -> None:
    """This card carries a whole track 1 where only the discretionary data belongs."""
    faults = {}
    trace = TRACES["unionpay_ft01_contact_sda_dda"]
    for pair in trace["apdus"]:
        answer = bytes.fromhex(pair["response"])
        read = decode_response(answer[:-2], 0x9000, bytes.fromhex(pair["command"]))
        for item in every(read.objects.items if read.objects else ()):
            if item.description is not None and item.description.faults:
                faults[item.tag] = [fault.en for fault in item.description.faults]
    assert faults == {0x9F1F: ["66 bytes where 0-64 are allowed"]}


def test_the_same_objects_are_found_as_the_trace_lists() -> None:
    trace = TRACES["unionpay_ft01_contact_sda_dda"]
    found = {}
    for pair in trace["apdus"]:
        answer = bytes.fromhex(pair["response"])
        if answer[:1] in (b"\x6f", b"\x70", b"\x77"):
            for item in every(decode_tlv(answer[:-2]).items):
                found[f"{item.tag:02X}"] = item.value.hex().upper()
    wanted = {tag: value.upper() for tag, value in trace["objects"].items() if tag in found}
    assert len(wanted) > 10
    assert {tag: found[tag] for tag in wanted} == wanted


def test_the_shipped_test_key_is_the_one_of_the_published_card() -> None:
    trace = TRACES["unionpay_ft01_contact_sda_dda"]
    keys = load_config(TERMINALS / "unionpay-test-capk.toml")
    key = keys.key(bytes.fromhex(trace["rid"]), int(trace["capk"]["index"], 16))
    assert key is not None
    assert key.modulus.hex().upper() == trace["capk"]["modulus"].upper()
    assert key.exponent == bytes.fromhex(trace["capk"]["exponent"])
