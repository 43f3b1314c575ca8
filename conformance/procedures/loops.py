"""Loops: the same transaction at every point where something may happen, and pairs of transactions."""

from dataclasses import replace
from typing import Any

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding
from jinka.conformance.observe import answers, records, requests
from jinka.conformance.procedures.bench import Perform, Unseen, tvr, verdict
from jinka.conformance.subject import Show
from jinka.kernel.data import tlv
from jinka.kernel.data.fields import Tvr
from jinka.kernel.effects import Record, RecordKind
from jinka.kernel.errors import MalformedData
from jinka.kernel.secret import Secret
from jinka.simulator.authority import load_authority

INTERNAL, GENERATE = 0x88, 0xAE
PAN = b"6212340000000000012"  # of the base card


def _named(names: list[str]) -> Tvr:
    value = Tvr(0)
    for name in names:
        value |= Tvr.members[name].value
    return value


def replayed_signature(case: Case, perform: Perform, /) -> list[Finding]:
    """The answer of one INTERNAL AUTHENTICATE given again to the next one: it must fail, since the number is another."""
    first = perform()
    given = answers(first[1], INTERNAL)
    if not given or Tvr.DDA_FAILED in tvr(first):
        return [Finding("the signature to replay", "a sound one", "none")]
    again = perform(again=True, faults=[{"kind": "data", "ins": "88", "data": given[0].data.hex()}])
    failed = Tvr.DDA_FAILED in tvr(again)
    return [] if failed else [Finding("a replayed signature", "DDA_FAILED", str(tvr(again)))]


def two_cards(case: Case, perform: Perform, /, *, second: dict[str, Any], bits: list[str]) -> list[Finding]:
    """A sale with one card, then one with another in the same terminal; `bits` of the floor limit's kind are the second's."""
    perform()
    after = perform(again=True, card=second)
    wanted, seen = _named(bits), tvr(after) & (Tvr.OVER_FLOOR_LIMIT | Tvr.RANDOM_ONLINE)
    return [] if wanted == seen else [Finding("TVR of the second card", str(wanted), str(seen))]


def put_back(case: Case, perform: Perform, /) -> list[Finding]:
    """A card that left at its GENERATE AC comes back: a whole new transaction, with another unpredictable number."""
    torn = perform(faults=[{"kind": "remove", "ins": "AE", "executed": False}])
    whole = perform(again=True, faults=[])
    found = [
        Finding(f"the {which} transaction", wanted, verdict(one).value)
        for which, wanted, one in (("torn", "card removed", torn), ("second", "approved", whole))
        if verdict(one).value != wanted
    ]
    sent = [seen.commands(GENERATE) for _, seen in (torn, whole)]
    if not all(sent):
        return [*found, Finding("GENERATE AC", "sent in both", "not sent")]
    if sent[0][0].data == sent[1][0].data:
        found.append(Finding("data of the two GENERATE ACs", "different", "the same"))
    return found


def echo_of_the_card(case: Case, perform: Perform, /, *, online: int, kind: str, last: int) -> list[Finding]:
    """Information, counter, cryptogram and issuer data in the online request are those of the `online`-th GENERATE AC (0: no
    request), in the last record of `kind` those of the `last`-th."""
    seen = perform()
    said = [_cryptogram(answer.data) for answer in answers(seen[1], GENERATE)]
    if len(said) < max(online, last):
        return [Finding("GENERATE ACs answered", str(max(online, last)), str(len(said)))]
    found: list[Finding] = []
    if Show.ONLINE not in seen[1].lacks:
        sent = requests(seen[1])
        if len(sent) != min(online, 1):
            return [Finding("requests to the host", str(min(online, 1)), str(len(sent)))]
        if online:
            found += _differing("the online request", said[online - 1], dict(sent[0].chip))
    if Show.RECORDS in seen[1].lacks:
        raise Unseen(f"a record {kind}")
    kept = records(seen[1], kind)
    if not kept:
        return [*found, Finding(f"a record {kind}", "kept", "not kept")]
    return found + _differing(f"the record {kind}", said[last - 1], dict(kept[-1].chip))


def _cryptogram(answer: bytes) -> dict[int, bytes]:
    """What either format of a GENERATE AC answer holds; nothing of one that cannot be read."""
    try:
        outer = tlv.scan(answer)[0]
        if outer.tag == 0x80:
            raw = outer.value
            return {0x9F27: raw[:1], 0x9F36: raw[1:3], 0x9F26: raw[3:11], 0x9F10: raw[11:]}
        return {node.tag: node.value for node in tlv.scan(outer.value) if node.tag in (0x9F27, 0x9F36, 0x9F26, 0x9F10)}
    except (MalformedData, IndexError):
        return {}


def _differing(where: str, said: dict[int, bytes], held: dict[int, bytes]) -> list[Finding]:
    return [
        Finding(f"{tag:X} in {where}", value.hex().upper(), held.get(tag, b"").hex().upper())
        for tag, value in said.items()
        if held.get(tag, b"") != value
    ]


def enciphered_pin(case: Case, perform: Perform, /, *, key: str, pin: str, n: int) -> list[Finding]:
    """What VERIFY carries, deciphered with the card's private key: 7F, PIN block, the card's challenge, padding that differs
    each of `n` times, in all as long as the modulus."""
    private = load_authority().cards[key]
    block = bytes.fromhex(f"2{len(pin):X}{pin}".ljust(16, "F"))
    found: list[Finding] = []
    paddings = []
    for number in range(n):
        _, seen = perform(again=number > 0)
        commands, challenges = seen.commands(0x20), answers(seen, 0x84)
        if not commands or not challenges:
            return [Finding("GET CHALLENGE and VERIFY", "sent", "not sent")]
        if len(commands[0].data) != private.size:
            return [Finding("length of the enciphered PIN", str(private.size), str(len(commands[0].data)))]
        plain = private.decipher(commands[0].data)
        wanted = b"\x7f" + block + challenges[0].data
        if plain[:17] != wanted:
            found.append(Finding("enciphered PIN", wanted.hex().upper(), plain[:17].hex().upper()))
        paddings.append(plain[17:])
    if len(set(paddings)) < n:
        found.append(Finding("paddings", f"{n} different ones", f"{len(set(paddings))} different ones"))
    return found


def sequence_after_abort(case: Case, perform: Perform, /) -> list[Finding]:
    """The sequence counter of CDOL1: 1, then 2 is lost with a card that leaves, then 3."""
    numbers: list[str] = []
    for faults in ([], [{"kind": "remove", "ins": "A4", "nth": 1}], []):
        _, seen = perform(again=bool(numbers) or bool(faults), faults=faults)
        numbers += [command.data[:4].hex() for command in seen.commands(GENERATE)]
    wanted = ["00000001", "00000003"]
    return [] if numbers == wanted else [Finding("sequence counters", " ".join(wanted), " ".join(numbers))]


# What one round of a batch consists of: how the host behaves, and the run.
ROUND: tuple[tuple[str | dict[str, Any], dict[str, Any]], ...] = (
    ("approve", {"amount": 1100}),
    ("approve", {"amount": 1200, "forced_online": True}),
    ("05", {"amount": 1300, "forced_online": True}),
    ("timeout", {"amount": 1400, "forced_online": True}),
    ({"code": "10", "amount": 500}, {"amount": 1500, "forced_online": True}),
)


def batch_of_sales(case: Case, perform: Perform, /, *, rounds: int) -> list[Finding]:
    """Sales offline and online, declines, time-outs and partial approvals; then reversals and sales go to the host as they
    were recorded, and its totals must be those of the records."""
    owed: list[Record] = []
    number = 0
    for _ in range(rounds):
        for host, run in ROUND:
            seen = perform(again=number > 0, host=host, **{"forced_online": False, **run})
            if Show.RECORDS in seen[1].lacks:
                raise Unseen("records")
            owed += records(seen[1], "reversal") + records(seen[1], "sale")
            number += 1
    assert perform.stage is not None  # noqa: S101  it has performed
    host_side, found = perform.stage.simulated, []
    pan = Secret(PAN)
    total, count = 0, 0
    for record in (replace(record, pan=pan) for record in owed):
        if record.kind is RecordKind.REVERSAL:
            taken = host_side.reverse(record)
        else:
            taken = host_side.upload(record)
            total, count = total + int(record.get("amount") or 0), count + 1
        if not taken:
            found.append(Finding(f"{record.kind.value} {record.reference}", "taken by the host", "refused"))
    if not host_side.settle(1, (total, count, 0, 0)):
        found.append(Finding("totals", str(host_side.issuer.money.totals("local")), str((total, count, 0, 0))))
    return found
