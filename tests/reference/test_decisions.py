"""Terminal action analysis against a second reading of the clause, written apart from the kernel. # spec: emv-b3/10.7"""

from hypothesis import given, settings
from hypothesis import strategies as st
from jinka.kernel.config import Application, Config, Device, Hex
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Cryptogram, Tvr
from jinka.kernel.effects import Service
from jinka.kernel.steps.decide import analyse, defaulted
from jinka.kernel.steps.transaction import Candidate, Request, Transaction

CODES = st.one_of(
    st.none(), st.integers(0, 2**40 - 1), st.sampled_from([0, 2**40 - 1]), st.integers(0, 39).map(lambda at: 1 << at)
)
TACS = st.one_of(st.just(0), st.integers(0, 2**40 - 1), st.integers(0, 39).map(lambda at: 1 << at))
TYPES = ["11", "12", "13", "14", "15", "16", "21", "22", "23", "24", "25", "26", "34", "35", "36"]


def reference(tvr, kind, denial, online, default, tac_denial, tac_online, tac_default):
    """Bit by bit, as the clause tells it: denial; then, by the last digit of the terminal type, what is left to ask."""

    def any_bit(issuer, terminal, when_absent):
        issuer = when_absent if issuer is None else issuer
        return any((tvr >> at) & 1 and ((issuer >> at) & 1 or (terminal >> at) & 1) for at in range(40))

    if any_bit(denial, tac_denial, 0):
        return "AAC"
    digit = (int(kind[1]) - 1) % 3  # 0 online only, 1 both, 2 offline only
    if digit == 0:
        return "ARQC"
    if digit == 2:
        return "AAC" if any_bit(default, tac_default, 2**40 - 1) else "TC"
    return "ARQC" if any_bit(online, tac_online, 2**40 - 1) else "TC"


@settings(max_examples=1500, deadline=None)
@given(
    st.one_of(st.integers(0, 2**40 - 1), st.integers(0, 39).map(lambda at: 1 << at)),
    st.sampled_from(TYPES),
    CODES,
    CODES,
    CODES,
    TACS,
    TACS,
    TACS,
)
def test_the_kernel_decides_as_the_clause(tvr, kind, denial, online, default, tac_denial, tac_online, tac_default):
    def raw(value):
        return Hex(value.to_bytes(5, "big"))

    application = Application(
        Hex.fromhex("A000000333010101"), tac_denial=raw(tac_denial), tac_online=raw(tac_online), tac_default=raw(tac_default)
    )
    tx = Transaction(Config(device=Device(type=kind), applications=(application,)), Request(Service.PURCHASE, 1))
    tx.chosen = Candidate(application.aid, application, "", 1, False)
    for tag, value in ((tags.IAC_DENIAL, denial), (tags.IAC_ONLINE, online), (tags.IAC_DEFAULT, default)):
        if value is not None:
            tx.store.keep(tag, raw(value), "record 1.1")
    tx.tvr = Tvr(tvr)
    assert analyse(tx).name == reference(tvr, kind, denial, online, default, tac_denial, tac_online, tac_default)
    wanted = any((tvr >> at) & 1 and ((2**40 - 1 if default is None else default) | tac_default) >> at & 1 for at in range(40))
    assert defaulted(tx) is wanted


def test_every_single_bit_denies():
    """The forty bits one by one, in TAC-Denial and in IAC-Denial."""
    for at in range(40):
        for tac, iac in ((1 << at, None), (0, 1 << at)):
            application = Application(Hex.fromhex("A000000333010101"), tac_denial=Hex(tac.to_bytes(5, "big")))
            tx = Transaction(Config(applications=(application,)), Request(Service.PURCHASE, 1))
            tx.chosen = Candidate(application.aid, application, "", 1, False)
            if iac is not None:
                tx.store.keep(tags.IAC_DENIAL, iac.to_bytes(5, "big"), "record 1.1")
            tx.store.keep(tags.IAC_ONLINE, bytes(5), "record 1.1")
            for bit in range(40):
                tx.tvr = Tvr(1 << bit)
                assert (analyse(tx) is Cryptogram.AAC) is (bit == at)
