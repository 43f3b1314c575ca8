"""Responses: what an answer of the host means."""

from jinka.kernel.acquirer.line import HostFault
from jinka.kernel.acquirer.messages import Message
from jinka.kernel.data import tags, tlv
from jinka.kernel.effects import Authorisation
from jinka.kernel.errors import MalformedData

_SCRIPTS = (tags.SCRIPT_TEMPLATE_1, tags.SCRIPT_TEMPLATE_2)


def authorisation(answer: Message, asked: int) -> Authorisation:
    """The issuer's answer. Raises `HostFault` without a response code: then nobody knows what was decided.

    Field 55 that is no TLV is discarded whole, scripts included, and the response code counts: the card sees an answer
    without issuer authentication, as its issuer's rules for that case say.
    """
    arc = answer.get("39", "")
    if len(arc) != 2 or not (arc.isascii() and arc.isalnum()):
        raise HostFault("the answer has no response code", sent=True)
    issuer_data, scripts = chip(bytes.fromhex(answer.get("55", "")))
    granted = int(answer["4"]) if answer.get("4", "").isdigit() else asked
    return Authorisation(
        arc,
        issuer_data,
        scripts,
        answer.get("38", "").strip(),
        granted if granted != asked else None,
        balance(answer.get("54", "")),
    )


def chip(raw: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Tag 91 and the whole templates 71 and 72, in the order received; nothing at all when the data is malformed."""
    try:
        nodes = tlv.scan(raw)
    except MalformedData:
        return b"", ()
    issuer_data = tlv.find(nodes, tags.ISSUER_AUTHENTICATION_DATA) or b""
    return issuer_data, tuple(raw[node.start : node.end] for node in nodes if node.tag in _SCRIPTS)


def balance(text: str) -> int | None:
    """Field 54: account type (2), amount type (2), currency (3), C or D, amount (12). A debit balance is negative."""
    sign, digits = text[7:8], text[8:20]
    if sign not in ("C", "D") or len(digits) != 12 or not digits.isdigit():
        return None
    return int(digits) if sign == "C" else -int(digits)


def balanced(answer: Message) -> bool:
    """Field 48 of a 0510: the digit behind the totals is 1 when the host's are the same."""
    if answer.get("39") != "00":
        raise HostFault(f"settlement refused: {answer.get('39', 'no response code')}", sent=True)
    return answer.get("48", "")[30:31] == "1"
