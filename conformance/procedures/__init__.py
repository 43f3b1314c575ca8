"""Procedures: cases that are loops, counts or replays. Each is `name(case, perform, **parameters) -> findings`; the name
and the parameters stand in the catalogue."""

from inspect import signature

from jinka.conformance.case import Case, CaseError
from jinka.conformance.judge import Finding, Mark
from jinka.conformance.procedures import counts, hostile, line, link, loops, parameters, power, residue
from jinka.conformance.procedures.bench import Perform, Procedure, Seen, Unseen

PROCEDURES: dict[str, Procedure] = {
    made.__name__: made
    for made in (
        counts.unpredictable_numbers,
        counts.random_selection,
        counts.random_number_shown,
        hostile.endless,
        hostile.fuzz,
        hostile.bit_flips,
        line.t0_commands,
        line.timed_phases,
        link.answered_twice,
        loops.replayed_signature,
        loops.two_cards,
        loops.put_back,
        loops.echo_of_the_card,
        loops.enciphered_pin,
        loops.sequence_after_abort,
        loops.batch_of_sales,
        parameters.parameter_record,
        parameters.refused_key,
        parameters.key_loaded_twice,
        parameters.revocation_withdrawn,
        power.power_cut,
        residue.late_answer,
        residue.nothing_left_behind,
        residue.pin_nowhere,
        residue.clean_words,
        residue.refused_amounts,
    )
}

# Those that look at how our kernel takes its parameters, speak its host link or cut its power: inconclusive for any other
# subject.
OURS_ONLY = frozenset({"parameter_record", "refused_key", "key_loaded_twice", "power_cut", "answered_twice"})

# Those that listen to the reader: inconclusive for a subject whose card is neither in this process nor in our virtual reader.
AT_THE_READER = frozenset({"t0_commands"})


def check_procedure(case: Case) -> None:
    """Raises `CaseError` when there is no such procedure, or when it takes other parameters."""
    if case.procedure not in PROCEDURES:
        raise CaseError(f"{case.code}: there is no procedure {case.procedure}")
    try:
        signature(PROCEDURES[case.procedure]).bind(case, None, **case.parameters)
    except TypeError as fault:
        raise CaseError(f"{case.code}: {case.procedure}: {fault}") from None


def run_procedure(case: Case, perform: Perform, kept: list[Seen]) -> list[Finding]:
    """Runs the procedure of a case. `kept` gets what the last transactions showed."""
    check_procedure(case)
    try:
        return PROCEDURES[case.procedure](case, perform, **case.parameters)
    except Unseen as lacking:
        return [Finding(str(lacking), "shown", "not shown by the subject", Mark.INCONCLUSIVE)]
    finally:
        kept += perform.seen
        perform.close()
