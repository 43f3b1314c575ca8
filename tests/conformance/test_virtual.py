"""Over a virtual PC/SC reader: our kernel, and the reference driver with a reader of its own, judged as in process."""

import sys

import msgspec
import pytest
from jinka.conformance.case import CaseError, load_catalogue
from jinka.conformance.drivers.client import Driven
from jinka.conformance.drivers.connect import Child
from jinka.conformance.judge import Mark
from jinka.conformance.procedures import AT_THE_READER, OURS_ONLY
from jinka.conformance.runner import run_case
from jinka.conformance.subjects import subject
from jinka.conformance.virtual import Pcsc, VirtualReader

from tests.support.cards import ATR_T1
from tests.support.pcscd import Pcscd

CASES = load_catalogue()

# What a reader in between cannot bring across, with the reason; everything else has the verdict it has in process.
READER_LEVEL = {
    "ROB-001.03": "an answer longer than an R-APDU ends at the reader: the kernel sees a link that failed",
}


@pytest.fixture
def place(pcscd: Pcscd):
    held = VirtualReader(pcscd.readers[0], pcscd.ports[0])
    yield held
    held.withdraw()


@pytest.mark.peer
def test_the_same_verdicts_over_the_reader(place):
    there = Pcsc(place)
    shared = [case for case in CASES if case.procedure not in OURS_ONLY]
    differing = {case.code for case in shared if run_case(case, there) != run_case(case)}
    assert differing == READER_LEVEL.keys() & {case.code for case in CASES}


@pytest.mark.peer
def test_the_same_verdicts_in_t1(place):
    there = Pcsc(place)
    chosen = [case for case in CASES if case.group in ("TAA", "CVM", "SCR", "GPO") and not {"atr", "t0"} & case.card.keys()]
    assert len(chosen) > 80
    for case in (case for case in chosen if case.procedure not in OURS_ONLY):
        faster = msgspec.structs.replace(case, card={**case.card, "atr": ATR_T1.hex()})
        assert run_case(faster, there) == run_case(case), case.code


@pytest.mark.peer
def test_a_driven_terminal_with_a_reader_of_its_own(place):
    # In T=0 a card never sees Le: the reader makes its own.
    with_le = {case.code for case in CASES for run in case.runs for entry in run.expect.apdu if entry.le is not None}
    unfit = with_le | {case.code for case in CASES if case.procedure in OURS_ONLY}
    chosen = [case for case in CASES if case.group in ("ONL", "CDA", "PIN") or case.procedure in AT_THE_READER]
    chosen = [case for case in chosen if case.code not in unfit]
    driven = Driven(Child((sys.executable, "-m", "jinka.conformance.drivers")), place=place)
    try:
        assert [result for case in chosen if (result := run_case(case, driven)).mark is not Mark.PASS] == []
    finally:
        driven.close()


@pytest.mark.peer
def test_a_reader_that_is_not_there_is_the_benchs_fault(pcscd: Pcscd):
    there = Pcsc(VirtualReader("No Such Reader", pcscd.ports[0]))
    result = run_case(CASES[0], there)
    assert result.mark is Mark.INCONCLUSIVE
    assert "No Such Reader" in result.findings[0].seen


def test_names():
    assert VirtualReader.parse("") == VirtualReader()
    assert VirtualReader.parse("ACS@4000") == VirtualReader("ACS", 4000)
    assert subject("pcsc:ACS@4000").title.endswith("(ACS)")
    with pytest.raises(CaseError, match="no port"):
        subject("pcsc:ACS@x")
