"""Script: issuer scripts, before (71) and after (72) the final GENERATE AC (EMV 4.4 Book 3 clause 10.10).

# spec: emv-b3/10.10
"""

from jinka.kernel.apdu import Command
from jinka.kernel.card import status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.data import tags, tlv
from jinka.kernel.data.fields import Tsi, Tvr
from jinka.kernel.effects import Authorisation, Reached, Step
from jinka.kernel.errors import CardFault, LinkFault, MalformedData, MisuseError
from jinka.kernel.steps.transaction import Transaction

NOT_PERFORMED, FAILED, SUCCESSFUL = 0x00, 0x10, 0x20


async def run_scripts(tx: Transaction, template: int) -> bool:
    """Sends the commands of all templates of one kind, in the order received; True when none of them failed.

    Adds five bytes a template to `tx.script_results`: result and number of the command that failed, script identifier.
    A failing command ends its template, not the next one; a card that is gone ends all.
    """
    received = tx.reply.scripts if isinstance(tx.reply, Authorisation) else ()
    scripts = [script for script in received if script[:1] == bytes((template,))]
    if not scripts:
        return True
    before = template == tags.SCRIPT_TEMPLATE_1
    size = sum(len(script) for script in received)
    results = []
    for script in scripts:
        results.append(
            await _run(tx, script) if size <= tx.options.script_limit else bytes((NOT_PERFORMED,)) + bytes(4)
        )
    tx.script_results += b"".join(results)
    sound = all(result[0] >> 4 == SUCCESSFUL >> 4 for result in results)
    if not sound:
        tx.tvr |= Tvr.SCRIPT_FAILED_BEFORE if before else Tvr.SCRIPT_FAILED_AFTER
    step = Step.SCRIPTS_BEFORE if before else Step.SCRIPTS_AFTER
    await Reached(step, tx.snapshot(" ".join(result.hex().upper() for result in results)))
    return sound


def _commands(script: bytes) -> tuple[bytes, list[bytes]]:
    """Identifier (4 bytes, zeros when absent) and the commands of a template."""
    nodes = tlv.scan(tlv.scan(script)[0].value)
    identifier = tlv.find(nodes, tags.SCRIPT_IDENTIFIER) or bytes(4)
    if len(identifier) != 4:
        raise MalformedData(f"9F18 has {len(identifier)} bytes", path="script", clause="emv-b3/10.10")
    return identifier, [node.value for node in nodes if node.tag == tags.SCRIPT_COMMAND]


async def _run(tx: Transaction, script: bytes) -> bytes:
    """One template; its five bytes of result."""
    try:
        identifier, raws = _commands(script)
    except MalformedData:
        return bytes((NOT_PERFORMED,)) + bytes(4)
    if not raws:
        return bytes((NOT_PERFORMED,)) + identifier
    for number, raw in enumerate(raws, 1):
        tx.tsi |= Tsi.SCRIPT_PERFORMED
        if not await _send(raw):
            return bytes((FAILED | min(number, 15),)) + identifier
    return bytes((SUCCESSFUL,)) + identifier


async def _send(raw: bytes) -> bool:
    """One command as the issuer wrote it; warnings count as success."""
    try:
        response = await exchange(Command.parse(raw))
    except (MisuseError, CardFault, LinkFault):
        return False
    return response.sw == status.OK or status.warning(response.sw)
