"""Verdicts: how the marks of `run.json` are called and counted."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from jinka.kernel.data.meanings import Text

# From the worst to the best, which is the order of every list of them; with the sign that stands for each.
VERDICTS: Final = {
    "error": Text("error", "执行错误"),
    "fail": Text("fail", "不通过"),
    "inconclusive": Text("inconclusive", "无结论"),
    "blocked": Text("blocked", "受阻"),
    "manual-pending": Text("manual pending", "待人工判定"),
    "pass": Text("pass", "通过"),
    "not-applicable": Text("not applicable", "不适用"),
}
SIGNS: Final = {
    "error": "!", "fail": "✗", "inconclusive": "?", "blocked": "⊘", "manual-pending": "…", "pass": "✓", "not-applicable": "–",
}  # fmt: skip
SEVERITIES: Final = {
    "H": Text("high: security, money or type approval", "高:安全、资金或型式认证"),
    "M": Text("middle: function", "中:功能"),
    "L": Text("low: looks and robustness", "低:外观与健壮性"),
}


def counted(cases: Iterable[dict[str, Any]], subject: str) -> dict[str, int]:
    """How many cases have each mark for a subject, the worst first; marks nobody has are left out."""
    held = Counter(case["results"][subject]["mark"] for case in cases if subject in case["results"])
    return {mark: held[mark] for mark in VERDICTS if held[mark]}


def group(code: str) -> str:
    """The letters before the number."""
    return code.partition("-")[0]
