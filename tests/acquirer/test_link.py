"""Every message of the link against the host, over a real socket."""

import socket
import threading
from dataclasses import replace
from typing import Any

import pytest
from jinka.kernel.acquirer import AcquirerLink, HostFault
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data import tags
from jinka.kernel.effects import Authorisation, Record, RecordKind, Service, Unreachable
from jinka.kernel.secret import Secret
from jinka.simulator.issuer import Behaviour, Fault, Script

from tests.acquirer.conftest import Bench, Maker
from tests.issuer.ask import BOOK, ask

DEBIT = BOOK.account("debit")


def approved(answer: Authorisation | Unreachable) -> Authorisation:
    assert isinstance(answer, Authorisation), answer
    return answer


def unreachable(answer: Authorisation | Unreachable) -> Unreachable:
    assert isinstance(answer, Unreachable), answer
    return answer


SERVICES = [
    (Service.PURCHASE, "0200", 1234, -1234),
    (Service.CASH, "0200", 1234, -1234),
    (Service.CASHBACK, "0200", 1234, -1234),
    (Service.REFUND, "0220", 1234, +1234),
    (Service.BALANCE, "0200", 0, 0),
]


@pytest.mark.parametrize(("service", "kind", "amount", "delta"), SERVICES)
def test_services(bench: Bench, service: Service, kind: str, amount: int, delta: int) -> None:
    answer = approved(bench.link.authorise(ask("debit", service, amount)))
    assert answer.arc == "00"
    assert len(answer.issuer_data) == 10
    assert bench.seen() == ["0800", kind]
    assert bench.balance() == DEBIT.balance + delta
    assert answer.balance == (DEBIT.balance if service is Service.BALANCE else None)


def test_load_brings_its_script(bench: Bench) -> None:
    answer = approved(bench.link.authorise(ask("ecash", Service.LOAD, 5000, cash=100)))
    assert [script[0] for script in answer.scripts] == [0x72]
    assert bench.view()["accounts"]["ecash"]["cash_balance"] == 5100


def test_dual_message_and_refund_as_0200(bench_maker: Maker) -> None:
    bench = bench_maker(dual_message=True, refund_type="0200")
    assert approved(bench.link.authorise(ask())).arc == "00"
    assert approved(bench.link.authorise(ask("debit", Service.REFUND, 5, reference="r2"))).arc == "00"
    assert bench.seen() == ["0800", "0100", "0200"]


ALGORITHMS: list[dict[str, Any]] = [
    {"mac_algorithm": Algorithm.SM4},
    {"pin_algorithm": Algorithm.SM4},
    {"key_algorithm": Algorithm.SM4},
    {name: Algorithm.SM4 for name in ("mac_algorithm", "pin_algorithm", "key_algorithm")},
]


@pytest.mark.parametrize("settings", [{}, *ALGORITHMS, {"tpdu": bytes.fromhex("6000030000")}, {"header": bytes(6)}])
def test_pin_and_mac_under_every_algorithm_and_frame(bench_maker: Maker, settings: dict[str, Any]) -> None:
    bench = bench_maker(**settings)
    for pin, code in ((b"1234", "00"), (b"4321", "55")):
        block = bench.link.pin_block(Secret(pin), DEBIT.pan)
        assert approved(bench.link.authorise(ask(pin_block=block, reference=pin.decode()))).arc == code
    last = bench.view()["seen"][-1]
    assert {"26", "35", "52", "53", "55", "64"} <= set(last["fields"])
    assert last["22"] == "051"


def test_field_55_is_what_the_kernel_gave(bench: Bench) -> None:
    request = ask()
    bench.link.authorise(request)
    seen = bench.view()["seen"][-1]
    assert seen["chip"] == [f"{tag:X}" for tag, _ in request.chip]
    assert seen["22"] == "052"
    assert "52" not in seen["fields"]


def test_trace_numbers_go_up_and_survive(bench: Bench) -> None:
    for reference in ("a", "b"):
        bench.link.authorise(ask(reference=reference))
    again = AcquirerLink(bench.config, bench.ledger)
    again.authorise(ask(reference="c"))
    again.close()
    stans = [int(entry["stan"]) for entry in bench.view()["seen"]]
    assert stans == sorted(set(stans))
    assert min(stans) == 1


def test_decline_and_scripts(bench: Bench) -> None:
    scripts = tuple(Script.parse(text) for text in ("71:put=9F58:05", "72:pin-unblock", "72:block"))
    bench.behave(Behaviour(code="05", scripts=scripts))
    answer = approved(bench.link.authorise(ask()))
    assert answer.arc == "05"
    assert answer.approval_code == ""
    assert [script[0] for script in answer.scripts] == [0x71, 0x72, 0x72]
    assert answer.issuer_data[8:] == b"05"


def test_partial_approval(bench: Bench) -> None:
    bench.behave(Behaviour(code="10", amount=600))
    answer = approved(bench.link.authorise(ask()))
    assert (answer.arc, answer.amount) == ("10", 600)


def test_no_connection_means_nothing_was_sent(bench: Bench) -> None:
    bench.link.sign_on()
    bench.server.close()
    answer = unreachable(bench.link.authorise(ask()))
    assert not answer.sent


def test_no_sign_on_means_nothing_was_sent(bench: Bench) -> None:
    bench.behave(Behaviour(code="05"), Behaviour(Fault.MALFORMED_CHIP), on="sign-on")
    first, second = (unreachable(bench.link.authorise(ask())) for _ in range(2))
    assert (first.sent, first.reason) == (False, "sign-on refused: 05")
    assert (second.sent, "check value" in second.reason) == (False, True)
    assert approved(bench.link.authorise(ask())).arc == "00"


def test_a_wrong_master_key_is_noticed(bench_maker: Maker) -> None:
    bench = bench_maker(terminal_master=Secret(bytes(16)))
    with pytest.raises(HostFault, match="check value of the PIN key"):
        bench.link.sign_on()


AT_ONCE = [Fault.DROP_REQUEST, Fault.DROP_ANSWER, Fault.SHORT, Fault.BAD_MAC, Fault.NO_MAC, Fault.GARBAGE, Fault.NO_CODE]
IN_TIME = [Fault.LOST, Fault.NO_ANSWER, Fault.WRONG_STAN, Fault.WRONG_TERMINAL, Fault.LATE]


@pytest.mark.parametrize("fault", [*AT_ONCE, *IN_TIME])
@pytest.mark.parametrize("keep_open", [False, True])
def test_what_may_have_been_sent_is_owed(bench_maker: Maker, fault: Fault, keep_open: bool) -> None:
    bench = bench_maker(keep_open=keep_open, answer_timeout=0.2 if fault in IN_TIME else 5)
    bench.link.sign_on()
    bench.behave(Behaviour(fault))
    answer = unreachable(bench.link.authorise(ask()))
    assert answer.sent
    assert DEBIT.digits not in answer.reason
    undecided = fault in (Fault.LOST, Fault.DROP_REQUEST)
    assert bench.balance() == DEBIT.balance - (0 if undecided else 1234)
    record = Record(RecordKind.REVERSAL, "ref-1", (("service", "PURCHASE"), ("amount", 1234)), ask().chip, DEBIT.pan)
    bench.server.ask({"ask": "release"})
    assert bench.link.reverse(record)
    assert bench.balance() == DEBIT.balance
    assert approved(bench.link.authorise(ask(reference="next"))).arc == "00"


def test_the_second_copy_of_an_answer_is_ignored(bench_maker: Maker) -> None:
    bench = bench_maker(keep_open=True)
    bench.behave(Behaviour(Fault.DUPLICATE), Behaviour(code="05"))
    assert approved(bench.link.authorise(ask())).arc == "00"
    assert approved(bench.link.authorise(ask(reference="next"))).arc == "05"


def test_malformed_chip_data_is_discarded_and_the_code_counts(bench: Bench) -> None:
    bench.behave(Behaviour(Fault.MALFORMED_CHIP, scripts=(Script.parse("72:block"),)))
    answer = approved(bench.link.authorise(ask()))
    assert (answer.arc, answer.issuer_data, answer.scripts) == ("00", b"", ())


def test_a_host_that_lost_the_keys_is_signed_on_to_again(bench: Bench) -> None:
    assert approved(bench.link.authorise(ask())).arc == "00"
    bench.server.ask({"ask": "forget keys"})
    assert unreachable(bench.link.authorise(ask(reference="b"))).sent
    assert approved(bench.link.authorise(ask(reference="c"))).arc == "00"
    assert bench.seen() == ["0800", "0200", "0200", "0800", "0200"]


def test_an_idle_connection_that_ended_is_opened_again(bench_maker: Maker) -> None:
    bench = bench_maker(keep_open=True)
    bench.behave(Behaviour(), Behaviour(Fault.NONE))
    assert approved(bench.link.authorise(ask())).arc == "00"
    for line in list(bench.server._open):
        line.shutdown(socket.SHUT_RDWR)
    while bench.server._open:
        threading.Event().wait(0.01)
    assert approved(bench.link.authorise(ask(reference="b"))).arc == "00"


@pytest.mark.parametrize("frame", [b"\0\0", b"\xff\xff" + bytes(100), b"\0\5abcde", b"\0", b""])
def test_frames_that_are_none(bench: Bench, frame: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            line, _ = listening.accept()
            with line:
                line.recv(4096)
                line.sendall(frame)

        thread = threading.Thread(target=answer)
        thread.start()
        link = AcquirerLink(replace(bench.config, port=listening.getsockname()[1]), bench.ledger)
        with pytest.raises(HostFault) as caught:
            link.sign_on()
        thread.join()
        link.close()
    assert caught.value.sent


def test_the_reversal_names_the_original(bench: Bench) -> None:
    bench.link.authorise(ask())
    original = bench.view()["seen"][-1]
    chip = (*ask().chip, (tags.INTERFACE_SERIAL, b"00000001"))
    record = Record(RecordKind.REVERSAL, "ref-1", (("approval_code", "123456"),), chip, DEBIT.pan)
    assert bench.link.reverse(record)
    seen = bench.view()["seen"][-1]
    assert (seen["t"], seen["stan"], seen["reason"]) == ("0400", original["stan"], "06")
    assert seen["original"] == f"000001{original['stan']}1123"
    assert {"9F36", "95", "9F1E", "9F26"} <= set(seen["chip"])
    assert "35" not in seen["fields"]
    assert "52" not in seen["fields"]


def test_no_secret_in_any_face(bench: Bench) -> None:
    block = bench.link.pin_block(Secret(b"1234"), DEBIT.pan)
    bench.behave(Behaviour(Fault.GARBAGE))
    answer = bench.link.authorise(ask(pin_block=block))
    faces = repr(answer) + repr(bench.config) + repr(vars(bench.link)) + repr(bench.ledger.noted("ref-1"))
    for secret in (DEBIT.digits, block.reveal().hex(), BOOK.terminal[Algorithm.TDES].reveal().hex()):
        assert secret.upper() not in faces.upper()


def test_an_answer_of_garbage_chains_no_codec_error(bench: Bench) -> None:
    bench.behave(Behaviour(Fault.GARBAGE), on="sign-on")
    with pytest.raises(HostFault) as caught:
        bench.link.sign_on()
    fault: BaseException | None = caught.value
    while fault is not None:
        assert not hasattr(fault, "doc_dec")
        fault = fault.__context__
