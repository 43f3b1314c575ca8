"""Generate: the two GENERATE AC commands and the CDA signature that may come with them (EMV 4.4 Book 3 clauses 6.5.5
and 9, Book 2 clause 6.6).

# spec: emv-b3/9.3, emv-b4/6.3.2
"""

import hashlib

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.config import CdaMode
from jinka.kernel.crypto import recover
from jinka.kernel.crypto.recover import Refused
from jinka.kernel.data import tags, tlv
from jinka.kernel.data.fields import Cid, Cryptogram, Tsi, Tvr
from jinka.kernel.effects import Reached, Step
from jinka.kernel.errors import MalformedData, MissingData, UnexpectedStatus
from jinka.kernel.steps.authenticate import dynamic_number
from jinka.kernel.steps.transaction import Answer, Oda, Transaction

_WHERE = "GENERATE AC"
_CLAUSE = "emv-b3/6.5.5"

# What a card may answer to what it was asked for: the same or less (emv-b3/9.3.1). The numbers have no such order.
_MAY_ANSWER = {
    Cryptogram.TC: (Cryptogram.TC, Cryptogram.ARQC, Cryptogram.AAC),
    Cryptogram.ARQC: (Cryptogram.ARQC, Cryptogram.AAC),
    Cryptogram.AAC: (Cryptogram.AAC,),
}


async def first_generate(tx: Transaction) -> Answer:
    """Asks for `tx.asked`. An answer above what was asked for is a card fault (emv-b3/9.3.1).

    A CDA signature that does not verify sets its TVR bit; the flow looks there before it goes on.
    """
    tx.cdol1_data = _filled(tx, tags.CDOL1, "CDOL1")
    signed = tx.asked is Cryptogram.TC or tx.options.cda_mode in (CdaMode.BOTH, CdaMode.FIRST)
    answer = await _generate(tx, tx.asked, tx.cdol1_data, b"", cda=signed)
    tx.tsi |= Tsi.CARD_RISK_MANAGEMENT_PERFORMED
    tx.first = answer
    if answer.kind not in _MAY_ANSWER[tx.asked]:
        raise MalformedData(f"asked for {tx.asked.name}, answered {answer.kind.name}", path=_WHERE, clause="emv-b3/9.3")
    await Reached(Step.FIRST_AC, tx.snapshot(f"{tx.asked.name} asked, {answer.kind.name} given"))
    return answer


async def second_generate(tx: Transaction, wanted: Cryptogram) -> Answer:
    """Asks for the final TC or AAC; anything but those two, or a TC where an AAC was asked for, is a card fault."""
    data = _filled(tx, tags.CDOL2, "CDOL2")
    signed = wanted is Cryptogram.TC and tx.options.cda_mode in (CdaMode.BOTH, CdaMode.SECOND)
    answer = await _generate(tx, wanted, tx.cdol1_data, data, cda=signed, second=True)
    tx.second = answer
    if answer.kind not in (Cryptogram.AAC, wanted):
        raise MalformedData(f"asked for {wanted.name}, answered {answer.kind.name}", path=_WHERE, clause="emv-b3/9.3.2")
    await Reached(Step.SECOND_AC, tx.snapshot(f"{wanted.name} asked, {answer.kind.name} given"))
    return answer


def _filled(tx: Transaction, tag: int, what: str) -> bytes:
    data = tx.fill(tx.need(tag), what)
    if len(data) > 255:
        raise MalformedData(f"the {what} asks for {len(data)} bytes", path=what, clause="emv-b3/5.4")
    return data


async def _generate(
    tx: Transaction, kind: Cryptogram, cdol1: bytes, cdol2: bytes, *, cda: bool, second: bool = False
) -> Answer:
    cda = cda and tx.oda is Oda.CDA and tx.icc_key is not None and Tvr.CDA_FAILED not in tx.tvr
    cda = cda and kind is not Cryptogram.AAC
    response = await exchange(commands.generate_ac(kind, cdol2 if second else cdol1, cda=cda))
    if response.sw != status.OK:
        raise UnexpectedStatus(response.sw, _WHERE, clause=_CLAUSE)
    answer, nodes = _parse(response.data, signed=cda)
    if cda and answer.kind is not Cryptogram.AAC:
        refused = _verify_signature(tx, answer, nodes, cdol1 + cdol2, response.data)
        tx.tsi |= Tsi.ODA_PERFORMED
        if refused is not None:
            tx.tvr |= Tvr.CDA_FAILED
            answer.forged = True
            await Reached(Step.AUTHENTICATED, tx.snapshot(f"CDA: {refused.reason}"))
        else:
            await Reached(Step.AUTHENTICATED, tx.snapshot("CDA: successful"))
    store = tx.store
    store.put(tags.CID, bytes((_cid_byte(answer.cid),)), where=_WHERE)
    store.keep(tags.ATC, answer.atc, _WHERE)
    store.keep(tags.CRYPTOGRAM, answer.cryptogram, _WHERE)
    store.keep(tags.IAD, answer.iad, _WHERE)
    return answer


def _cid_byte(cid: Cid) -> int:
    return cid.type | (0x08 if cid.advice else 0) | cid.reason


def _parse(data: bytes, *, signed: bool) -> tuple[Answer, list[tlv.Node]]:
    """Reads either response format; the cryptogram may be absent when it is inside a signature."""
    nodes = tlv.scan(data)
    if len(nodes) == 1 and nodes[0].tag == tags.RESPONSE_FORMAT_1:
        raw = nodes[0].value
        if not 11 <= len(raw) <= 43:
            raise MalformedData(f"format 1 with {len(raw)} bytes", path=_WHERE, clause=_CLAUSE)
        return Answer(_cid(raw[0]), raw[1:3], raw[3:11], raw[11:]), []
    nodes = tlv.template(data, tags.RESPONSE_FORMAT_2, what=_WHERE)
    found: dict[int, bytes] = {}
    for node in nodes:
        if node.tag in found:
            raise MalformedData(f"data object {node.tag:X} occurs twice", path=_WHERE, clause=_CLAUSE)
        found[node.tag] = node.value
    for tag, size in ((tags.CID, 1), (tags.ATC, 2), (tags.CRYPTOGRAM, 8)):
        if tag not in found:
            if tag == tags.CRYPTOGRAM and signed and tags.SIGNED_DYNAMIC_DATA in found:
                continue
            raise MissingData(tag, _WHERE, clause=_CLAUSE)
        if len(found[tag]) != size:
            raise MalformedData(f"{tag:X} has {len(found[tag])} bytes", path=_WHERE, clause=_CLAUSE)
    iad = found.get(tags.IAD, b"")
    if len(iad) > 32:
        raise MalformedData(f"9F10 has {len(iad)} bytes", path=_WHERE, clause=_CLAUSE)
    cid = _cid(found[tags.CID][0])
    return Answer(cid, found[tags.ATC], found.get(tags.CRYPTOGRAM, b""), iad), nodes


def _cid(raw: int) -> Cid:
    cid = Cid.parse(raw)
    if cid.type is Cryptogram.RFU:
        raise MalformedData(f"cryptogram information {raw:02X}", path=_WHERE, clause=_CLAUSE)
    return cid


def _verify_signature(
    tx: Transaction, answer: Answer, nodes: list[tlv.Node], cdol: bytes, response: bytes
) -> Refused | None:
    """Verifies the CDA signature and takes the cryptogram out of it. # spec: emv-b2/6.6.2

    The transaction data hash covers the PDOL and CDOL values and every data object of the response but the signature,
    byte for byte in the order the card sent them.
    """
    signature = tlv.find(nodes, tags.SIGNED_DYNAMIC_DATA)
    if signature is None:
        return Refused("the answer carries no signature")
    unpredictable = tx.need(tags.UNPREDICTABLE_NUMBER)
    assert tx.icc_key is not None  # noqa: S101  CDA is only asked for with a recovered key
    proved = recover.dynamic_data(tx.icc_key, signature, unpredictable)
    if isinstance(proved, Refused):
        return proved
    content = proved.content
    number = dynamic_number(content)
    if number is None or len(content) < 1 + len(number) + 29:
        return Refused("the ICC dynamic data is too short")
    at = 1 + len(number)
    cid, cryptogram, digest = content[at], content[at + 1 : at + 9], content[at + 9 : at + 29]
    template = tlv.scan(response)[0].value
    sent = b"".join(template[node.start : node.end] for node in nodes if node.tag != tags.SIGNED_DYNAMIC_DATA)
    if hashlib.sha1(tx.pdol_data + cdol + sent, usedforsecurity=False).digest() != digest:
        return Refused("the transaction data hash")
    if cid != _cid_byte(answer.cid):
        return Refused("the cryptogram information inside the signature differs")
    tx.store.keep(tags.ICC_DYNAMIC_NUMBER, number, "CDA")
    answer.cryptogram = cryptogram
    return None
