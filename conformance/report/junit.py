"""JUnit: a run as a continuous integration server reads it, one suite for each subject and group."""

from typing import Any
from xml.etree import ElementTree

from jinka.conformance.report.verdicts import group

# How a mark is told; what is not here is a pass.
_KINDS = {
    "fail": "failure", "error": "error", "inconclusive": "skipped", "not-applicable": "skipped", "blocked": "skipped",
    "manual-pending": "skipped",
}  # fmt: skip


def junit(run: dict[str, Any]) -> str:
    """The XML of a run."""
    root = ElementTree.Element("testsuites", name="jinka conformance")
    for subject in run["subjects"]:
        name = subject["name"]
        held = [case for case in run["cases"] if name in case["results"]]
        for letters in dict.fromkeys(group(case["code"]) for case in held):
            cases = [case for case in held if group(case["code"]) == letters]
            kinds = [_KINDS.get(case["results"][name]["mark"]) for case in cases]
            suite = ElementTree.SubElement(
                root, "testsuite", name=letters if len(run["subjects"]) == 1 else f"{name} {letters}", tests=str(len(cases)),
                failures=str(kinds.count("failure")), errors=str(kinds.count("error")), skipped=str(kinds.count("skipped")),
            )  # fmt: skip
            for case, kind in zip(cases, kinds, strict=True):
                _case(suite, name if len(run["subjects"]) > 1 else "", case, case["results"][name], kind)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ElementTree.Element, subject: str, case: dict[str, Any], result: dict[str, Any], kind: str | None) -> None:
    title, place = _clean(f"{case['code']} {case['title']}"), ".".join(filter(None, (subject, case["id"])))
    made = ElementTree.SubElement(suite, "testcase", name=title, classname=place, time=f"{result.get('seconds', 0.0):.4f}")
    if kind is None:
        return
    findings = result.get("findings", ())
    lines = [f"{entry['what']}: wanted {entry['wanted']}, seen {entry['seen']}" for entry in findings]
    message = result.get("reason") or (findings[0]["what"] if findings else result["mark"])
    ElementTree.SubElement(made, kind, message=_clean(message)).text = _clean("\n".join(lines))


def _clean(text: str) -> str:
    """XML has no place for control characters, which a wrong terminal may well have sent."""
    return "".join(sign if sign >= " " or sign in "\n\t" else "�" for sign in text)
