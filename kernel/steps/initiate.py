"""Initiate: GET PROCESSING OPTIONS (EMV 4.4 Book 3 clause 10.1).

# spec: emv-b3/10.1
"""

from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.data import tags, tlv
from jinka.kernel.data.fields import Aip, Tsi, Tvr
from jinka.kernel.effects import Reached, Step
from jinka.kernel.errors import MalformedData, MissingData, UnexpectedStatus
from jinka.kernel.steps.transaction import Transaction

_WHERE = "GET PROCESSING OPTIONS"
_CLAUSE = "emv-b3/6.5.8"


async def initiate(tx: Transaction) -> bool:
    """Starts the application. False when the card says 6985: the application is not usable, another may be.

    Raises `MalformedData`, `MissingData` or `UnexpectedStatus` for everything else that is not AIP and AFL.
    """
    tx.tvr, tx.tsi = Tvr(0), Tsi(0)
    tx.pdol_data = tx.fill(tx.store.get(tags.PDOL) or b"", "PDOL")
    if len(tx.pdol_data) > 252:
        raise MalformedData(f"the PDOL asks for {len(tx.pdol_data)} bytes", path="PDOL", clause="emv-b3/5.4")
    response = await exchange(commands.get_processing_options(tlv.encode(tags.COMMAND_TEMPLATE, tx.pdol_data)))
    if response.sw == status.CONDITIONS_NOT_SATISFIED:
        return False
    if response.sw != status.OK:
        raise UnexpectedStatus(response.sw, _WHERE, clause=_CLAUSE)
    _take(tx, response.data)
    await Reached(Step.INITIATED, tx.snapshot())
    return True


def _take(tx: Transaction, data: bytes) -> None:
    nodes = tlv.scan(data)
    if len(nodes) != 1:
        raise MalformedData("one template expected", path=_WHERE, clause=_CLAUSE)
    node = nodes[0]
    if node.tag == tags.RESPONSE_FORMAT_1:
        if len(node.value) < 6:
            raise MalformedData(f"format 1 with {len(node.value)} bytes", path=_WHERE, clause=_CLAUSE)
        aip, afl = node.value[:2], node.value[2:]
        tx.store.keep(tags.AIP, aip, _WHERE)
        tx.store.keep(tags.AFL, afl, _WHERE)
    elif node.tag == tags.RESPONSE_FORMAT_2:
        tx.store.take_all(tlv.template(data, tags.RESPONSE_FORMAT_2, what=_WHERE), _WHERE)
    else:
        raise MalformedData(f"template {node.tag:X}", path=_WHERE, clause=_CLAUSE)
    for tag in (tags.AIP, tags.AFL):
        if (held := tx.store.held(tag)) is None or held.where != _WHERE:
            raise MissingData(tag, _WHERE, clause=_CLAUSE)
    tx.aip = Aip.parse(tx.need(tags.AIP))
    tx.afl = tx.need(tags.AFL)
