"""Hostile: cards that never come to an end, and answers changed by chance or bit by bit."""

from random import Random

from jinka.conformance.case import Case
from jinka.conformance.judge import Finding
from jinka.conformance.oracles import second_reading
from jinka.conformance.procedures.bench import Perform, Seen
from jinka.conformance.procedures.liar import Trial, lie
from jinka.conformance.stand import terminal
from jinka.kernel import Command, Response

GENERATE = 0xAE
STATUSES = (0x9000, 0x6100, 0x6110, 0x6C00, 0x6C05, 0x6283, 0x6300, 0x63C1, 0x6700, 0x6985, 0x6A81, 0x6A82, 0x6A83, 0x6F00, 0)


def endless(
    case: Case, perform: Perform, /, *, answers: list[str], most: int, gac: list[str], ins: str = "", p2: str = ""
) -> list[Finding]:
    """Every command `ins` (with `p2`; "" is any) is answered by the next of `answers`, round and round, the number of the
    command written into it where the text says so ("%04X"). The terminal asks `most` times at most and ends."""
    asked = 0

    def change(_: int, command: Command, honest: Response) -> Response:
        nonlocal asked
        if (ins and command.ins != int(ins, 16)) or (p2 and command.p2 != int(p2, 16)):
            return honest
        text = answers[asked % len(answers)]
        asked += 1
        return Response.parse(bytes.fromhex(text % ((asked,) * text.count("%"))))

    made = lie(perform, change, "a card without end", again=False)
    found = made.wrong
    if asked > most:
        found.append(Finding(f"commands {ins or 'of any kind'}", f"{most} at most", str(asked)))
    if made.seen is not None and (sent := _generated(made.seen)) != gac:
        found.append(Finding("P1 of GENERATE AC", " ".join(gac), " ".join(sent)))
    return found


def _generated(seen: Seen) -> list[str]:
    return [f"{command.p1:02X}" for command in seen[1].commands(GENERATE)]


def fuzz(case: Case, perform: Perform, /, *, n: int, seed: int, share: float) -> list[Finding]:
    """Transactions until `n` answers were given, from some answer on a `share` of them changed at random. Each comes to an
    end; one that is approved is one the rules, read a second time, approve too, to the bit of the TVR."""
    draw = Random(seed)  # noqa: S311  a run must be the same again
    found: list[Finding] = []
    given, number = 0, 0
    while given < n and len(found) < 5:
        number += 1
        first, kept = draw.randrange(1, 20), list[Response]()

        def change(at: int, _: Command, honest: Response, first: int = first, kept: list[Response] = kept) -> Response:
            kept.append(honest)
            return _spoilt(draw, honest, kept) if at == first or (at > first and draw.random() < share) else honest

        where = f"transaction {number} of seed {seed}"
        made = lie(perform, change, where, again=number > 1)
        given += len(made.said)
        found += made.wrong + _not_of_the_rules(case, perform, made, where)
    return found


def _spoilt(draw: Random, honest: Response, before: list[Response]) -> Response:
    """An answer changed in one of several ways."""
    data, sw = bytearray(honest.data), honest.sw
    at = draw.randrange(len(data)) if data else 0
    match draw.randrange(8):
        case 0:
            del data[at:]
        case 1:
            data[at:at] = draw.randbytes(draw.randrange(1, 9))
        case 2 if data:
            data[at] ^= 1 << draw.randrange(8)
        case 3 if data:
            data[at] = draw.choice((0x00, 0x7F, 0x80, 0x81, 0x84, 0xFF))
        case 4:
            data = bytearray(draw.randbytes(draw.randrange(257)))
        case 5:
            data = bytearray(draw.choice(before).data)
        case 6:
            data += data[at:]
        case _:
            sw = draw.choice(STATUSES)
            data = data if draw.random() < 0.5 else bytearray()
    return Response(bytes(data[:256]), sw)


def _not_of_the_rules(case: Case, perform: Perform, made: Trial, where: str) -> list[Finding]:
    """What the reference finds wrong with an approval."""
    if made.seen is None or not made.approved:
        return []
    told = second_reading(case.runs[0], *made.seen, terminal(case, perform.statement))
    return [Finding(f"{where}: approved, {entry.what}", entry.wanted, entry.seen) for entry in told]


def bit_flips(case: Case, perform: Perform, /, *, every: int, first: int, signed: list[str], least: int) -> list[Finding]:
    """One bit turned in every `every`-th byte of the card's answers, from byte `first` on. Where the command (its header) is
    one of `signed`, nothing is approved; elsewhere an approval is the one the rules give; the same flip ends the same
    way again. At least `least` flips must have been there to try."""
    honest = lie(perform, lambda at, command, response: response, "unchanged", again=False).said
    found: list[Finding] = []
    tried = 0
    places = ((at, byte) for at, (_, response) in enumerate(honest, 1) for byte in range(len(response.data)))
    for number, (at, byte) in enumerate(places):
        if number % every != first:
            continue
        tried += 1
        header = honest[at - 1][0].header.hex().upper()
        where = f"bit {number % 8 + 1} of byte {byte + 1}, answer to {header}"

        def change(now: int, _: Command, response: Response, at: int = at, byte: int = byte, bit: int = number % 8) -> Response:
            if now != at or byte >= len(response.data):
                return response
            turned = bytearray(response.data)
            turned[byte] ^= 1 << bit
            return Response(bytes(turned), response.sw)

        made, again = (lie(perform, change, where, again=False) for _ in range(2))
        found += made.wrong + _not_of_the_rules(case, perform, made, where)
        if made.approved and header in signed:
            found.append(Finding(where, "no approval", "approved"))
        if _ending(made) != _ending(again):
            found.append(Finding(f"{where}, once more", _ending(made), _ending(again)))
        if len(found) > 5:
            break
    return found if tried >= least else [*found, Finding("bits turned", f"{least} at least", str(tried))]


def _ending(made: Trial) -> str:
    if made.seen is None:
        return "none"
    outcome, seen = made.seen
    return f"{outcome.verdict.value} {outcome.tvr.hex().upper()} {len(seen.exchanges)} commands, P1 {_generated(made.seen)}"
