"""`jinka conformance card`: the card-side cases against a card."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from jinka.kernel.data.meanings import Text as Words

if TYPE_CHECKING:
    from jinka.conformance.cards.case import CardCase
    from jinka.conformance.runner import Result


def card(
    subject: Annotated[str, typer.Argument(help="A personality, a file, or reader:NAME.")] = "unionpay-debit",
    select: Annotated[list[str], typer.Option("--select", "-s", help="Codes or ids, or their beginnings.")] = [],  # noqa: B006
    destructive: Annotated[
        bool, typer.Option("--destructive", help="Also what spends PIN tries or blocks a card in a reader.")
    ] = False,
    machine: Annotated[bool, typer.Option("--json")] = False,
) -> int:
    """Judge a card: ours, or one in a reader."""
    from jinka.conformance.cards.bench import card_subject
    from jinka.conformance.cards.case import load_card_cases
    from jinka.conformance.cards.runner import run_card_cases
    from jinka.conformance.case import CaseError
    from jinka.conformance.subject import BenchError

    try:
        held = card_subject(subject)
        cases = [
            case
            for case in load_card_cases()
            if not select or any(case.code.startswith(word) or case.id.startswith(word) for word in select)
        ]
        found = list(run_card_cases(cases, held, destructive=destructive))
    except (CaseError, BenchError) as fault:
        print(f"jinka: {fault}", file=sys.stderr)
        return 2
    good = all(isinstance(result, Words) or result.mark.word in ("pass", "inconclusive") for _, result in found)
    if machine:
        rows = [
            {"code": case.code, "title": case.title, "mark": "not-applicable", "reason": result.en, "reason_zh": result.zh}
            if isinstance(result, Words)
            else result.to_json()
            for case, result in found
        ]
        print(json.dumps({"card": held.name, "cases": rows}, ensure_ascii=False, indent=1))
    else:
        _shown(held.name, found)
    return 0 if good else 1


def _shown(name: str, found: "Sequence[tuple[CardCase, Result | Words]]") -> None:
    from rich.console import Console
    from rich.text import Text

    screen = Console(highlight=False)
    totals: dict[str, int] = {}
    for case, result in found:
        if isinstance(result, Words):
            totals["not applicable"] = totals.get("not applicable", 0) + 1
            screen.print(Text.assemble((f"{'-':<13}{case.code:<9}", "dim"), (f"{case.title}: {result.en}", "dim")))
            continue
        totals[result.mark.word] = totals.get(result.mark.word, 0) + 1
        if result.mark.word == "pass":
            continue
        colour = "yellow" if result.mark.word == "inconclusive" else "red"
        screen.print(Text.assemble((f"{result.mark.word:<13}", colour), f"{case.code:<9}", case.title),
                     Text(" ".join(case.clauses), "dim"))  # fmt: skip
        for entry in result.findings:
            screen.print(Text(f"             {entry.what}: "), Text(f"wanted {entry.wanted}", "green"),
                         Text(f"seen {entry.seen}", colour))  # fmt: skip
    screen.print(Text(name, "bold"), "  ".join(f"{count} {word}" for word, count in totals.items()))
