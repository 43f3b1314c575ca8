"""Verify: cardholder verification by the CVM list (EMV 4.4 Book 3 clause 10.5; JR/T 0025.6 for the identity document).

Rules are tried in order. One whose condition is not met is passed over; one that fails ends the processing unless its
bit 7 says to go on. # spec: emv-b3/10.5
"""

from typing import NamedTuple

from jinka.kernel.data import formats, pboc, tags
from jinka.kernel.data.fields import (
    Aip,
    Condition,
    CvmResult,
    Method,
    TerminalCapabilities,
    Tsi,
    Tvr,
)
from jinka.kernel.effects import AskChoice, AskPin, Option, PinKind, PinState, Question, Reached, Service, Step
from jinka.kernel.errors import Cancelled, MalformedData
from jinka.kernel.steps.pin import verify_offline
from jinka.kernel.steps.transaction import Transaction

NOT_PERFORMED = b"\x3f\x00\x00"
NONE_SATISFIED = b"\x3f\x00\x01"

_NEEDS = {
    Method.PLAIN_PIN: TerminalCapabilities.OFFLINE_PLAIN_PIN,
    Method.ONLINE_PIN: TerminalCapabilities.ONLINE_PIN,
    Method.PLAIN_PIN_AND_SIGNATURE: TerminalCapabilities.OFFLINE_PLAIN_PIN | TerminalCapabilities.SIGNATURE,
    Method.ENCIPHERED_PIN: TerminalCapabilities.OFFLINE_ENCIPHERED_PIN,
    Method.ENCIPHERED_PIN_AND_SIGNATURE: TerminalCapabilities.OFFLINE_ENCIPHERED_PIN | TerminalCapabilities.SIGNATURE,
    Method.SIGNATURE: TerminalCapabilities.SIGNATURE,
    Method.NO_CVM: TerminalCapabilities.NO_CVM,
    Method.IDENTITY_DOCUMENT: TerminalCapabilities.IDENTITY_DOCUMENT,
}
_OFFLINE_PIN = TerminalCapabilities.OFFLINE_PLAIN_PIN | TerminalCapabilities.OFFLINE_ENCIPHERED_PIN
_CARD_PIN = (
    Method.PLAIN_PIN,
    Method.ENCIPHERED_PIN,
    Method.PLAIN_PIN_AND_SIGNATURE,
    Method.ENCIPHERED_PIN_AND_SIGNATURE,
)
_WITH_SIGNATURE = (Method.PLAIN_PIN_AND_SIGNATURE, Method.ENCIPHERED_PIN_AND_SIGNATURE)

DOCUMENTS = {0: "身份证", 1: "军官证", 2: "护照", 3: "入境证", 4: "临时身份证", 5: "其他证件"}


class Rule(NamedTuple):
    """One cardholder verification rule: its two bytes."""

    code: int
    condition: int

    @property
    def method(self) -> int:
        """Bits 6-1 of the code."""
        return self.code & 0x3F

    @property
    def goes_on(self) -> bool:
        """Bit 7: apply the next rule if this one fails."""
        return bool(self.code & 0x40)


class CvmList(NamedTuple):
    """A CVM list: amounts X and Y in minor units of the application currency, and the rules."""

    x: int
    y: int
    rules: tuple[Rule, ...]

    @classmethod
    def parse(cls, raw: bytes) -> "CvmList":
        """Reads tag 8E. Raises `MalformedData` when it is shorter than X and Y or has half a rule."""
        if len(raw) < 8 or len(raw) % 2:
            raise MalformedData(f"a CVM list of {len(raw)} bytes", path="8E", clause="emv-b3/10.5")
        rules = tuple(Rule(raw[at], raw[at + 1]) for at in range(8, len(raw), 2))
        return cls(int.from_bytes(raw[:4], "big"), int.from_bytes(raw[4:8], "big"), rules)


async def verify_cardholder(tx: Transaction) -> None:
    """Walks through the CVM list; sets TVR, TSI and CVM results."""
    tx.cvm_results = NOT_PERFORMED
    raw = tx.store.get(tags.CVM_LIST)
    if Aip.CARDHOLDER_VERIFICATION in tx.aip:
        cvm = CvmList.parse(raw) if raw is not None else CvmList(0, 0, ())
        if cvm.rules:
            tx.tsi |= Tsi.CVM_PERFORMED
            tx.cvm_results = NONE_SATISFIED
            if not await _walk(tx, cvm):
                tx.tvr |= Tvr.CVM_FAILED
        else:  # a list without rules counts as no list (emv-b3/10.5, 7.5)
            tx.tvr |= Tvr.ICC_DATA_MISSING
    await Reached(Step.VERIFIED, tx.snapshot())


async def _walk(tx: Transaction, cvm: CvmList) -> bool:
    """True when a rule succeeded. `tx.cvm_results` keeps the last method that was really performed."""
    for rule in cvm.rules:
        if not satisfied(tx, cvm, rule):
            continue
        result = await _apply(tx, rule)
        if result is not None:
            tx.cvm_results = bytes((rule.code, rule.condition, result))
            if result is not CvmResult.FAILED:
                return True
        if rule.method == Method.FAIL or not rule.goes_on:
            return False
    return False


def satisfied(tx: Transaction, cvm: CvmList, rule: Rule) -> bool:
    """Whether a rule's condition holds. An unknown condition does not. # spec: emv-b3/annex-c3"""
    request = tx.request
    cash, cashback = request.service is Service.CASH, bool(request.other_amount) or request.service is Service.CASHBACK
    match rule.condition:
        case Condition.ALWAYS:
            return True
        case Condition.UNATTENDED_CASH:
            return cash and not tx.device.attended
        case Condition.NOT_CASH:
            return not cash and not cashback
        case Condition.SUPPORTED:
            return rule.method == Method.FAIL or supported(tx, rule.method)
        case Condition.MANUAL_CASH:
            return cash and tx.device.attended
        case Condition.CASHBACK:
            return cashback
    currency = tx.store.get(tags.APPLICATION_CURRENCY)
    if currency is None or formats.number(currency, "9F42") != tx.device.currency:
        return False
    match rule.condition:
        case Condition.UNDER_X:
            return request.amount < cvm.x
        case Condition.OVER_X:
            return request.amount > cvm.x
        case Condition.UNDER_Y:
            return request.amount < cvm.y
        case Condition.OVER_Y:
            return request.amount > cvm.y
    return False


def supported(tx: Transaction, code: int) -> bool:
    """Whether the terminal can do a method here."""
    if code not in _NEEDS or _NEEDS[Method(code)] not in tx.device.can:
        return False
    if code == Method.ONLINE_PIN:
        return tx.application.online_pin and not tx.device.offline_only
    if code == Method.IDENTITY_DOCUMENT or code == Method.SIGNATURE or code in _WITH_SIGNATURE:
        return tx.device.attended
    return True


async def _apply(tx: Transaction, rule: Rule) -> CvmResult | None:
    """Performs a rule; None when the method was not performed at all (unknown or not supported)."""
    code = rule.method
    if code == Method.FAIL:
        return CvmResult.FAILED
    if code not in _NEEDS:
        tx.tvr |= Tvr.UNRECOGNISED_CVM
        return None
    kind = Method(code)
    if not supported(tx, kind):
        if kind is Method.ONLINE_PIN or (kind in _CARD_PIN and not int(_OFFLINE_PIN & tx.device.can)):
            tx.tvr |= Tvr.PIN_PAD_MISSING
        return None
    if kind is Method.NO_CVM:
        return CvmResult.SUCCESSFUL
    if kind is Method.SIGNATURE:
        tx.signature = True
        return CvmResult.UNKNOWN
    if kind is Method.IDENTITY_DOCUMENT:
        return await _identity_document(tx)
    if tx.bypassed and tx.options.bypass_all:
        return CvmResult.FAILED
    if kind is Method.ONLINE_PIN:
        return await _online_pin(tx)
    enciphered = kind in (Method.ENCIPHERED_PIN, Method.ENCIPHERED_PIN_AND_SIGNATURE)
    if not await verify_offline(tx, enciphered=enciphered):
        return CvmResult.FAILED
    if kind in _WITH_SIGNATURE:
        tx.signature = True
        return CvmResult.UNKNOWN
    return CvmResult.SUCCESSFUL


async def _online_pin(tx: Transaction) -> CvmResult:
    """An online PIN is entered here and checked by the issuer. # spec: emv-b3/10.5.2"""
    entry = await AskPin(PinKind.ONLINE, None, tx.secret_pan, tx.request.amount, tx.language)
    if entry.state is PinState.ENTERED and entry.pin is not None:
        tx.pin_block = entry.pin
        tx.tvr |= Tvr.ONLINE_PIN_ENTERED
        return CvmResult.UNKNOWN
    if entry.state is PinState.NO_PIN_PAD:
        tx.tvr |= Tvr.PIN_PAD_MISSING
        return CvmResult.FAILED
    if not tx.options.pin_bypass:
        raise Cancelled("PIN entry refused; this terminal does not allow a bypass")
    tx.bypassed = True
    tx.tvr |= Tvr.PIN_NOT_ENTERED
    return CvmResult.FAILED


async def _identity_document(tx: Transaction) -> CvmResult:
    """The attendant compares an identity document with what the card holds. # spec: jrt-0025.6/cvm-20"""
    number, kind = tx.store.get(pboc.DOCUMENT_NUMBER), tx.store.get(pboc.DOCUMENT_TYPE)
    if number is None or kind is None or kind[0] not in DOCUMENTS:
        return CvmResult.FAILED
    line = f"{DOCUMENTS[kind[0]]} {number.decode('gb18030', 'replace')}"
    option = Option("".join(c for c in line if c.isprintable()))
    answer = await AskChoice(Question.IDENTITY_DOCUMENT, (option,), tx.language)
    return CvmResult.SUCCESSFUL if answer == 0 else CvmResult.FAILED
