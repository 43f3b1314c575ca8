"""Runner: card cases against a card."""

import re
from collections.abc import Iterable, Iterator
from time import perf_counter

from jinka.conformance.cards.bench import CardSubject
from jinka.conformance.cards.case import CardCase, Step
from jinka.conformance.cards.checks import CHECKS
from jinka.conformance.cards.talk import Talk
from jinka.conformance.case import CaseError
from jinka.conformance.judge import Finding, Mark
from jinka.conformance.runner import Result
from jinka.conformance.subject import BenchError
from jinka.kernel import Command, Response
from jinka.kernel.data import tlv
from jinka.kernel.data.meanings import Text
from jinka.kernel.errors import CardFault, JinkaError


def why_not(case: CardCase, subject: CardSubject, *, destructive: bool = False) -> Text | None:
    """Why a case is not for this card; None when it is."""
    missing = [need for need in case.needs if need not in subject.known.facts]
    if missing:
        listed = ", ".join(missing)
        return Text(f"the card has no {listed}", f"卡片不具备{listed}")
    if case.destructive and subject.real and not destructive:
        return Text("it would spend or block something for good", "会永久改变卡片状态")
    return None


def run_card_case(case: CardCase, subject: CardSubject) -> Result:
    """One case with a fresh card, or the real one powered anew."""
    began = perf_counter()
    findings: list[Finding] = []
    try:
        with subject.seat() as contacts:
            talk = Talk(contacts, subject.known)
            for number, step in enumerate(case.steps, 1):
                for _ in range(step.times):
                    findings += _judged(step, f"step {number}", talk)
                if findings:
                    break  # what follows was meant for a card that had done as it should
    except BenchError as fault:
        findings.append(Finding("the bench", "a run", str(fault), Mark.INCONCLUSIVE))
    except (CaseError, CardFault) as fault:
        findings.append(Finding("the dialogue", "an answer that can be read", str(fault)))
    except JinkaError as fault:
        findings.append(Finding("the link", "an answer", f"{type(fault).__name__}: {fault}", Mark.INCONCLUSIVE))
    mark = max((entry.mark for entry in findings), default=Mark.PASS)
    return Result(
        case.code, case.id, case.title, tuple(case.clauses), mark, tuple(findings), case.provisional, perf_counter() - began
    )


def run_card_cases(
    cases: Iterable[CardCase], subject: CardSubject, *, destructive: bool = False
) -> Iterator[tuple[CardCase, Result | Text]]:
    """Each case with its result, or with the reason why it is not for this card."""
    for case in cases:
        reason = why_not(case, subject, destructive=destructive)
        yield case, reason if reason is not None else run_card_case(case, subject)


def _judged(step: Step, where: str, talk: Talk) -> list[Finding]:
    talk.values |= {int(tag, 16): bytes.fromhex(value) for tag, value in step.values.items()}
    response = _done(step, talk)
    found: list[Finding] = []
    if response is None:
        return found
    words = [step.sw] if isinstance(step.sw, str) else step.sw
    got = f"{response.sw:04X}"
    if not any(re.fullmatch(word.replace("X", "[0-9A-F]"), got) for word in words):
        return [Finding(f"{where}, status word", " or ".join(words), got)]
    if step.answer is not None and response.data != bytes.fromhex(step.answer):
        found.append(Finding(f"{where}, data", step.answer, response.data.hex().upper()))
    if step.size is not None and len(response.data) != step.size:
        found.append(Finding(f"{where}, length", str(step.size), str(len(response.data))))
    held = {node.tag: node.value for node in tlv.walk(tlv.tree(response.data))} if step.tags or step.has else {}
    for tag in step.has:
        if int(tag, 16) not in held:
            found.append(Finding(f"{where}, {tag}", "there", "absent"))
    for tag, value in step.tags.items():
        if held.get(int(tag, 16)) != bytes.fromhex(value):
            found.append(Finding(f"{where}, {tag}", value, held.get(int(tag, 16), b"").hex().upper()))
    if step.cid is not None and (cid := talk.answers[-1].get(0x9F27, b"").hex().upper()) != step.cid:
        found.append(Finding(f"{where}, CID", step.cid, cid))
    for name in step.check:
        if name not in CHECKS:
            raise CaseError(f"there is no check {name}")
        if (wrong := CHECKS[name](talk)) is not None:
            found.append(wrong)
    return found


def _done(step: Step, talk: Talk) -> Response | None:
    """Does what the step says; None for what has no response."""
    if step.send:
        return talk.exchange(Command.parse(bytes.fromhex(step.send)))
    match step.do:
        case "power":
            talk.power()
            return None
        case "open":
            return _opened(talk)
        case "select":
            return talk.select(bytes.fromhex(step.data))
        case "gpo":
            return talk.options({}, 0 if step.good else 1)
        case "read":
            return talk.read_all()
        case "record":
            return talk.read(step.sfi, step.number)
        case "get":
            return talk.get(int(step.tag, 16))
        case "challenge":
            return talk.ask_challenge()
        case "internal":
            return talk.sign(good=step.good)
        case "verify":
            return talk.verify(step.pin if step.pin is not None else talk.known.pin, good=step.good)
        case "ac":
            return talk.generate(step)
        case "external":
            return talk.authenticate_issuer(good=step.good)
        case "script":
            return talk.script(step)
        case "replay" if talk.kept is not None:
            return talk.exchange(talk.kept)
    raise CaseError(f"a step cannot {step.do or 'do nothing'}")


def _opened(talk: Talk) -> Response:
    """Power, selection, options and records; the first response that is not 9000."""
    talk.power()
    response = talk.select(b"")
    if response.sw == 0x9000:
        response = talk.options({})
    return talk.read_all() if response.sw == 0x9000 else response
