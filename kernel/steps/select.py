"""Select: from the card in the slot to one selected application (EMV 4.4 Book 1 clause 12; JR/T 0025.3).

First the list of candidates both sides support, by the payment system environment or else by trying the terminal's own
AIDs; then the choice; then the final SELECT, which may send us back to the list.
"""

from jinka.kernel.apdu import Response
from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.config import Application
from jinka.kernel.data import tags, tlv
from jinka.kernel.effects import AskChoice, Message, Question, Reached, Step
from jinka.kernel.errors import MalformedData, UnexpectedStatus
from jinka.kernel.steps.begin import set_application_data
from jinka.kernel.steps.transaction import Candidate, Transaction

MAX_DIRECTORY_RECORDS = 64
MAX_NEXT = 32


async def build_candidates(tx: Transaction) -> None:
    """Fills `tx.candidates`, best first. Raises `UnexpectedStatus` when the card says that it is blocked (6A81)."""
    found = (await _from_directory(tx) if tx.options.use_pse else []) or await _from_list(tx)
    tx.candidates = sorted(found, key=lambda candidate: candidate.priority or 16)


async def choose(tx: Transaction) -> bool:
    """Chooses a candidate and selects it; False when there is none left that may be used.

    A candidate whose final SELECT fails is dropped and the choice is made again.
    """
    while tx.candidates:
        candidate = await _pick(tx)
        if candidate is None:
            return False
        tx.candidates.remove(candidate)
        tx.chosen = candidate
        if await _final_select(tx, candidate):
            await Reached(Step.SELECTED, tx.snapshot(candidate.label))
            return True
        tx.chosen = None
        if tx.candidates:
            await tx.tell(Message.TRY_AGAIN)
    return False


def drop(tx: Transaction) -> None:
    """Forgets the application chosen: the card says it is not usable, another candidate may be."""
    tx.chosen = None
    tx.store.forget_card()


# --- the payment system environment -------------------------------------------------------------------------------


async def _from_directory(tx: Transaction) -> list[Candidate]:
    """The PSE method; an empty list means: use the list of AIDs. # spec: emv-b1/12.3.2"""
    response = await exchange(commands.select(commands.PSE))
    if response.sw == status.FUNCTION_NOT_SUPPORTED:
        raise UnexpectedStatus(response.sw, "SELECT PSE", clause="emv-b1/12.3.2")
    if response.sw != status.OK:
        return []
    directory = _directory(response.data)
    if directory is None:
        return []
    sfi, shared = directory
    tx.prefer(tlv.find(shared, tags.LANGUAGES))
    found: list[Candidate] = []
    for record in range(1, MAX_DIRECTORY_RECORDS + 1):
        response = await exchange(commands.read_record(sfi, record))
        if response.sw == status.RECORD_NOT_FOUND:
            break
        if response.sw != status.OK:
            return []
        try:
            entries = tlv.template(response.data, tags.RECORD_TEMPLATE)
        except MalformedData:
            continue
        for entry in entries:
            if entry.tag == tags.APPLICATION_TEMPLATE:
                _add_entry(tx, entry.value, shared, found)
    return found


def _directory(fci: bytes) -> tuple[int, list[tlv.Node]] | None:
    """The SFI of the directory in a PSE's FCI, with what stands beside it; None when it is not usable."""
    try:
        inner = tlv.find(tlv.template(fci, tags.FCI_TEMPLATE), tags.FCI_PROPRIETARY)
        if inner is None:
            return None
        nodes = tlv.scan(inner)
    except MalformedData:
        return None
    sfi = tlv.find(nodes, tags.SFI)
    return (sfi[0], nodes) if sfi is not None and len(sfi) == 1 and 1 <= sfi[0] <= 10 else None


def _add_entry(tx: Transaction, raw: bytes, shared: list[tlv.Node], found: list[Candidate]) -> None:
    """Adds one directory entry for the terminal application it matches; an entry that is not sound is passed over.

    The code table of preferred names stands in the directory's own FCI, for all entries together (emv-b1/12.2.3).
    """
    try:
        nodes = tlv.scan(raw)
    except MalformedData:
        return
    aid = tlv.find(nodes, tags.ADF_NAME)
    if aid is None or not 5 <= len(aid) <= 16 or any(known.aid == aid for known in found):
        return
    application = _match(tx, aid)
    if application is not None:
        found.append(_candidate(tx, aid, application, nodes + [node for node in shared if node.tag == tags.CODE_TABLE]))


def _match(tx: Transaction, aid: bytes) -> Application | None:
    """The terminal's application for a DF name: an equal AID first, then the longest that may match partially."""
    best: Application | None = None
    for application in tx.config.applications:
        if application.aid == aid:
            return application
        if application.partial and aid.startswith(application.aid):
            if best is None or len(application.aid) > len(best.aid):
                best = application
    return best


# --- the list of AIDs ---------------------------------------------------------------------------------------------


async def _from_list(tx: Transaction) -> list[Candidate]:
    """Tries every AID of the terminal. # spec: emv-b1/12.3.3"""
    found: list[Candidate] = []
    for first, application in enumerate(tx.config.applications):
        response = await exchange(commands.select(application.aid))
        if first == 0 and response.sw == status.FUNCTION_NOT_SUPPORTED:
            raise UnexpectedStatus(response.sw, "SELECT", clause="emv-b1/12.3.3")
        seen: set[bytes] = set()
        for _ in range(MAX_NEXT):
            more = _take(tx, application, response, found, seen)
            if not more:
                break
            response = await exchange(commands.select(application.aid, again=True))
    return found


def _take(
    tx: Transaction, application: Application, response: Response, found: list[Candidate], seen: set[bytes]
) -> bool:
    """Looks at one answer of the list method; True when SELECT next should be tried."""
    if response.sw != status.OK and not status.warning(response.sw):
        return False
    try:
        nodes = tlv.template(response.data, tags.FCI_TEMPLATE)
        name = tlv.find(nodes, tags.DF_NAME)
        proprietary = tlv.find(nodes, tags.FCI_PROPRIETARY)
        inner = tlv.scan(proprietary) if proprietary is not None else None
    except MalformedData:
        return False
    if name is None or inner is None or not 5 <= len(name) <= 16 or name in seen:
        return False
    seen.add(name)
    if not name.startswith(application.aid):
        return False
    exact = name == application.aid
    known = any(candidate.aid == name for candidate in found)
    if response.sw == status.OK and (exact or application.partial) and not known:
        found.append(_candidate(tx, name, application, inner))
    return not exact


# --- the choice ---------------------------------------------------------------------------------------------------


def _candidate(tx: Transaction, aid: bytes, application: Application, nodes: list[tlv.Node]) -> Candidate:
    indicator = tlv.find(nodes, tags.PRIORITY)
    value = indicator[0] if indicator is not None and len(indicator) == 1 else 0
    return Candidate(aid, application, _name(tx, aid, nodes), value & 0x0F, bool(value & 0x80))


def _name(tx: Transaction, aid: bytes, nodes: list[tlv.Node]) -> str:
    """What to show: the preferred name when its code table is one the terminal has, else the label, else the AID.

    # spec: emv-b4/11.3. Control characters never reach a display. Chinese cards put GBK into labels.
    """
    preferred, table = tlv.find(nodes, tags.PREFERRED_NAME), tlv.find(nodes, tags.CODE_TABLE)
    if preferred and table is not None and len(table) == 1:
        number = int(f"{table[0]:02X}") if f"{table[0]:02X}".isdigit() else 0
        if 1 <= number <= 10 and int(tx.device.also_can) >> (number - 1) & 1:
            text = _clean(preferred.decode(f"iso8859_{number}", "replace"))
            if text:
                return text
    label = tlv.find(nodes, tags.LABEL)
    text = _clean(label.decode("gb18030", "replace")) if label else ""
    return text or aid.hex().upper()


def _clean(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable()).strip()


async def _pick(tx: Transaction) -> Candidate | None:
    """The candidate to use. # spec: emv-b1/12.4"""
    options = tx.options
    if not options.cardholder_confirmation:
        tx.candidates = [candidate for candidate in tx.candidates if not candidate.confirm]
    if options.cardholder_selection and len(tx.candidates) > 1:
        lines = tuple(candidate.option() for candidate in tx.candidates)
        index = await AskChoice(Question.APPLICATION, lines, tx.language)
        return tx.candidates[index] if index is not None and 0 <= index < len(lines) else None
    for candidate in list(tx.candidates):
        if not candidate.confirm:
            return candidate
        if await AskChoice(Question.CONFIRM, (candidate.option(),), tx.language) == 0:
            return candidate
        tx.candidates.remove(candidate)
    return None


async def _final_select(tx: Transaction, candidate: Candidate) -> bool:
    """The final SELECT; True when the application is selected and its FCI is sound. # spec: emv-b1/12.4"""
    response = await exchange(commands.select(candidate.aid))
    if response.sw != status.OK:
        return False
    try:
        outer = tlv.template(response.data, tags.FCI_TEMPLATE, what="SELECT")
        proprietary = tlv.find(outer, tags.FCI_PROPRIETARY)
        if tlv.find(outer, tags.DF_NAME) != candidate.aid or proprietary is None:
            return False
        inner = tlv.scan(proprietary)
        discretionary = tlv.find(inner, tags.FCI_ISSUER_DISCRETIONARY)
        extra = tlv.scan(discretionary) if discretionary is not None else []
    except MalformedData:
        return False
    tx.store.keep(tags.DF_NAME, candidate.aid, "SELECT")
    tx.store.take_all(inner, "SELECT")
    tx.store.take_all(extra, "SELECT")
    tx.prefer(tx.store.get(tags.LANGUAGES))
    set_application_data(tx)
    return True
