"""Authenticate: offline data authentication (EMV 4.4 Book 3 clause 10.3, Book 2 clauses 5 and 6)."""

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.crypto import recover
from jinka.kernel.crypto.recover import Refused
from jinka.kernel.data import dol, tags, tlv
from jinka.kernel.data.fields import Aip, TerminalCapabilities, Tsi, Tvr
from jinka.kernel.effects import Reached, Step
from jinka.kernel.errors import MalformedData, MissingData, UnexpectedStatus
from jinka.kernel.steps import keys
from jinka.kernel.steps.transaction import Oda, Transaction

_FAILED = {Oda.SDA: Tvr.SDA_FAILED, Oda.DDA: Tvr.DDA_FAILED, Oda.CDA: Tvr.CDA_FAILED}


def method(tx: Transaction) -> Oda:
    """The best method both sides support: CDA, then DDA, then SDA. # spec: emv-b3/10.3"""
    can = tx.device.can
    if Aip.CDA_SUPPORTED in tx.aip and TerminalCapabilities.CDA in can:
        return Oda.CDA
    if Aip.DDA_SUPPORTED in tx.aip and TerminalCapabilities.DDA in can:
        return Oda.DDA
    if Aip.SDA_SUPPORTED in tx.aip and TerminalCapabilities.SDA in can:
        return Oda.SDA
    return Oda.NONE


async def authenticate(tx: Transaction) -> None:
    """Runs the method both sides support; a failure is a TVR bit. CDA is only prepared here: its signature comes with
    the application cryptogram. Raises `CardFault` when INTERNAL AUTHENTICATE does not answer as it must."""
    tx.oda = method(tx)
    if tx.oda is Oda.NONE:
        tx.tvr |= Tvr.ODA_NOT_PERFORMED
        await Reached(Step.AUTHENTICATED, tx.snapshot(Oda.NONE.value))
        return
    if tx.oda is Oda.SDA:
        tx.tvr |= Tvr.SDA_SELECTED
        refused = _static(tx)
    else:
        refused = _recover(tx)
        if refused is None and tx.oda is Oda.DDA:
            refused = await _dynamic(tx)
    if refused is not None:
        tx.tvr |= _FAILED[tx.oda]
        if refused.missing:
            tx.tvr |= Tvr.ICC_DATA_MISSING
    if refused is not None or tx.oda is not Oda.CDA:
        tx.tsi |= Tsi.ODA_PERFORMED
    word = refused.reason if refused is not None else "prepared" if tx.oda is Oda.CDA else "successful"
    await Reached(Step.AUTHENTICATED, tx.snapshot(f"{tx.oda.value}: {word}"))


def _static(tx: Transaction) -> Refused | None:
    """SDA. Missing data has its bit also where the certificate would have failed. # spec: emv-b2/5.4, emv-b3/7.5"""
    if lacking := keys.absent(tx, tags.SIGNED_STATIC_DATA):
        return lacking
    issuer = keys.issuer_key(tx)
    if isinstance(issuer, Refused):
        return issuer
    signed = keys.signed_static(tx)
    if isinstance(signed, Refused):
        return signed
    proved = recover.static_data(issuer, tx.need(tags.SIGNED_STATIC_DATA), signed)
    if isinstance(proved, Refused):
        return Refused(f"signed static data: {proved.reason}")
    tx.store.keep(tags.DATA_AUTHENTICATION_CODE, proved.authentication_code, "SDA")
    return None


def _recover(tx: Transaction) -> Refused | None:
    """The ICC key for DDA and CDA; missing data as for SDA. # spec: emv-b2/6.4"""
    if lacking := keys.absent(tx, tags.ICC_CERTIFICATE, tags.ICC_EXPONENT):
        return lacking
    if isinstance(issuer := keys.issuer_key(tx), Refused):
        return issuer
    signed = keys.signed_static(tx)
    if isinstance(signed, Refused):
        return signed
    key = keys.icc_key(tx, tags.ICC_CERTIFICATE, tags.ICC_REMAINDER, tags.ICC_EXPONENT, signed)
    if isinstance(key, Refused):
        return key
    tx.icc_key = key
    return None


async def _dynamic(tx: Transaction) -> Refused | None:
    """DDA: INTERNAL AUTHENTICATE and its signature. # spec: emv-b2/6.5"""
    raw = tx.store.get(tags.DDOL) or tx.application.default_ddol
    wanted = dol.parse(raw, "DDOL")
    if all(entry.tag != tags.UNPREDICTABLE_NUMBER for entry in wanted):
        return Refused("the DDOL does not ask for the unpredictable number" if raw else "no DDOL")
    data = dol.fill(wanted, tx.value, tx.dictionary)
    if len(data) > 255:
        raise MalformedData(f"the DDOL asks for {len(data)} bytes", path="DDOL", clause="emv-b3/5.4")
    response = await exchange(commands.internal_authenticate(data))
    if response.sw != status.OK:
        raise UnexpectedStatus(response.sw, "INTERNAL AUTHENTICATE", clause="emv-b3/6.5.9")
    signature = _signature(response.data)
    assert tx.icc_key is not None  # noqa: S101  recovered just before
    proved = recover.dynamic_data(tx.icc_key, signature, data)
    if isinstance(proved, Refused):
        return Refused(f"signed dynamic data: {proved.reason}")
    number = dynamic_number(proved.content)
    if number is None:
        return Refused("signed dynamic data: the ICC dynamic number")
    tx.store.keep(tags.ICC_DYNAMIC_NUMBER, number, "DDA")
    return None


def _signature(data: bytes) -> bytes:
    """The signed dynamic application data out of either response format. # spec: emv-b3/6.5.9.4"""
    where = "INTERNAL AUTHENTICATE"
    nodes = tlv.scan(data)
    if len(nodes) == 1 and nodes[0].tag == tags.RESPONSE_FORMAT_1:
        return nodes[0].value
    signature = tlv.find(tlv.template(data, tags.RESPONSE_FORMAT_2, what=where), tags.SIGNED_DYNAMIC_DATA)
    if signature is None:
        raise MissingData(tags.SIGNED_DYNAMIC_DATA, where, clause="emv-b3/6.5.9")
    return signature


def dynamic_number(content: bytes) -> bytes | None:
    """The ICC dynamic number that leads the ICC dynamic data: a length of 2 to 8, then the number."""
    if not content or not 2 <= content[0] <= 8 or len(content) < 1 + content[0]:
        return None
    return content[1 : 1 + content[0]]
