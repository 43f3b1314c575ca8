"""Coverage: every row of the plan is a case, or stands in unwritten.toml with the reason."""

from collections.abc import Iterable

from jinka.conformance.case import Case
from jinka.conformance.record import groups, unwritten


def gaps(cases: Iterable[Case]) -> list[str]:
    """What is amiss, one line each: a row that is neither, a row that is both, a code or group nobody knows."""
    plan = {f"{name}-{row:03d}" for name, held in groups().items() for row in range(1, held["rows"] + 1)}
    listed = unwritten()
    codes = [case.code.partition(".")[0] for case in cases]
    live = set(codes)
    wrong = [f"{code} is neither a case nor listed as unwritten" for code in sorted(plan - live - listed.keys())]
    wrong += [f"{code} is a case and listed as unwritten" for code in sorted(live & listed.keys())]
    wrong += [f"{code} is listed as unwritten and no row of the plan" for code in sorted(listed.keys() - plan)]
    wrong += [f"{code} is listed without a reason" for code, reason in listed.items() if not reason.strip()]
    return wrong + [f"{code}: no group {code[:3]}" for code in sorted(live) if code.partition("-")[0] not in groups()]
