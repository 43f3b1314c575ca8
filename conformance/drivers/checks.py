"""Checks of a driver itself, before any campaign: does it speak the protocol, and does it mean what it says?

A check that finds a kernel's fault is no check: what is asked for here, any terminal does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from jinka.conformance.drivers import protocol as p
from jinka.conformance.drivers.peer import LineClosed, LineFault
from jinka.conformance.drivers.probe import Broken, Probe, that
from jinka.conformance.subject import BenchError, Show
from jinka.kernel.data import tags
from jinka.kernel.data.fields import Tvr
from jinka.kernel.effects import AskChoice, AskPin, Authorisation, GoOnline, PinKind, Random, Unreachable

CONFIGURE, ONLINE, PROMPTS, VERDICT = Show.CONFIGURE, Show.ONLINE, Show.PROMPTS, Show.VERDICT
_KEYS: tuple[dict[str, list[int]], ...] = ({}, {"keys": []})  # all that there are, none
_BASE_CDOL = "9F0206 9F0306 9F1A02 9505 5F2A02 9A03 9C01 9F3704 9F2103 9F4E14"


@dataclass(frozen=True, slots=True)
class Check:
    """One check; it needs what the driver says it can, and raises `Broken`."""

    name: str
    title: str
    title_zh: str
    needs: frozenset[Show]
    look: Callable[[Probe], None]


CHECKS: list[Check] = []


def check(name: str, title: str, title_zh: str, *needs: Show) -> Callable[[Callable[[Probe], None]], Callable[[Probe], None]]:
    """Enters a function into the list."""

    def enter(look: Callable[[Probe], None]) -> Callable[[Probe], None]:
        CHECKS.append(Check(name, title, title_zh, frozenset(needs), look))
        return look

    return enter


# --- the protocol -----------------------------------------------------------------------------------------------


@check("hello", "Says who it is and what it can", "自报名称、版本与能力")
def _hello(probe: Probe) -> None:
    said = probe.driven.greeting
    that(said.name and said.version, "name or version is empty")
    known = {show.value for show in Show}
    that(set(said.can) <= known, f"can: {', '.join(sorted(set(said.can) - known))} is none of {', '.join(sorted(known))}")
    that(said.card and set(said.card) <= {"rpc", "pcsc"}, f"card: {said.card}, where rpc or pcsc is expected")


@check("other-version", "Refuses a protocol it does not speak", "拒绝不支持的协议版本")
def _other_version(probe: Probe) -> None:
    with probe.line(greeted=False) as (peer, _):
        try:
            said = peer.call("hello", p.Hello(99, "check"), patience=probe.driven.patience.answer)
        except p.RpcError:
            return
        that(isinstance(said, dict) and said.get("protocol") not in (99, None), "takes protocol 99 for its own")


@check("unknown-method", "Answers a method it does not know with -32601", "未知方法应答-32601")
def _unknown_method(probe: Probe) -> None:
    with probe.line() as (peer, _):
        try:
            said = peer.call("no/such/method", patience=probe.driven.patience.answer)
        except p.RpcError as fault:
            that(fault.code == p.NO_METHOD, f"answers {fault.code}")
            return
        raise Broken(f"answers {said!r} instead of an error")


@check("unreadable", "Answers a line that is no JSON with -32700 and goes on", "非JSON行应答-32700并继续")
def _unreadable(probe: Probe) -> None:
    with probe.line() as (peer, line):
        line.send(b'{"jsonrpc": "2.0", "id": 7, "method"')
        said = msgspec.json.decode(line.receive(probe.driven.patience.answer))
        error = said.get("error") if isinstance(said, dict) else None
        that(isinstance(error, dict) and error.get("code") == p.UNREADABLE, f"answers {said!r}")
        peer.call("reset", patience=probe.driven.patience.answer)


@check("newer-suite", "Passes over members and notifications it does not know", "忽略未知成员与通知")
def _newer_suite(probe: Probe) -> None:
    patience = probe.driven.patience.answer
    with probe.line(greeted=False) as (peer, line):
        peer.call("hello", {"protocol": p.VERSION, "suite": "check", "weather": "fine"}, patience=patience)
        peer.notify("weather", {"is": "fine"})
        peer.notify("log", {"text": "nothing to do with you"})
        line.send(b'{"jsonrpc": "2.0", "id": 77, "method": "reset", "params": {"weather": "fine"}}')
        said = msgspec.json.decode(line.receive(patience))
        that(isinstance(said, dict) and said.get("id") == 77 and "error" not in said, f"answers {said!r}")


@check("too-early", "Refuses a transaction before it is configured", "未配置前拒绝交易", CONFIGURE)
def _too_early(probe: Probe) -> None:
    with probe.line() as (peer, _):
        try:
            peer.call("start", p.Start("purchase", 1000), patience=probe.driven.patience.answer)
        except p.RpcError:
            return
        raise Broken("starts a purchase without a configuration")


@check("bye", "Ends when it is told to", "收到bye后结束")
def _bye(probe: Probe) -> None:
    with probe.line() as (peer, line):
        peer.call("bye", patience=probe.driven.patience.answer)
        try:
            more = line.receive(probe.driven.patience.answer)
        except LineClosed:
            return
        except LineFault:
            raise Broken("keeps the line open") from None
        raise Broken(f"goes on with {more[:60]!r}")


# --- what it is told --------------------------------------------------------------------------------------------


@check("purchase", "A purchase comes to its GENERATE AC", "消费交易进行到GENERATE AC")
def _purchase(probe: Probe) -> None:
    seen = probe.pay()
    that(seen.generate, f"no GENERATE AC was sent; log: {' '.join(seen.log[-3:])}")
    if VERDICT in probe.can and seen.generate[0].p1 & 0xC0 == 0x40:
        that(seen.outcome.approved, f"the card gave a TC, the verdict is {seen.outcome.verdict.value}")


@check("amounts", "The card is told the amounts of the transaction", "金额传到卡片")
def _amounts(probe: Probe) -> None:
    for run in ({"amount": 123456}, {"service": "cashback", "amount": 2500, "other": 500}):
        carried = probe.pay(run=run).carried()
        for tag, name in ((tags.AMOUNT, "amount"), (tags.OTHER_AMOUNT, "other")):
            wanted = f"{run.get(name, 0):012d}"
            that(carried[tag].hex() == wanted, f"{tag:X} is {carried[tag].hex()}, not {wanted}")


@check("two-in-a-row", "Two transactions in a row, each with its own values", "连续两笔交易互不影响")
def _two(probe: Probe) -> None:
    one, two = probe.pay_often([{"amount": 1111}, {"amount": 2222}])
    that(two.carried()[tags.AMOUNT].hex() == "000000002222", "the second one has the amount of the first")
    that(one.carried()[0x9F37] != two.carried()[0x9F37], "both have the same unpredictable number")


@check("configured-limits", "Action codes are taken, and given back", "行为代码按配置生效", CONFIGURE)
def _limits(probe: Probe) -> None:
    first = probe.pay(terminal={"application.tac_denial": "FFFFFFFFFF"}, card={"5F24": "251231"})
    that(first.generate and first.generate[0].p1 & 0xC0 == 0, "an expired card is not declined where the TAC says so")
    again = probe.pay(card={"5F24": "251231"})
    that(again.generate and again.generate[0].p1 & 0xC0 == 0x40, "the action codes of the case before are still there")


@check("configured-device", "The terminal's own data objects are taken", "终端数据按配置生效", CONFIGURE)
def _device(probe: Probe) -> None:
    card = {"8C": f"{_BASE_CDOL} 9F3501 9F3303"}
    carried = probe.pay(card=card, terminal={"device.country": 840, "device.capabilities": "E068C8"}).carried()
    for tag, wanted in ((0x9F1A, "0840"), (0x9F33, "e068c8"), (0x9F35, "22")):
        that(carried[tag].hex() == wanted, f"{tag:X} is {carried[tag].hex()}, not {wanted}")


@check("configured-aids", "The list of applications is taken", "应用列表按配置生效", CONFIGURE)
def _aids(probe: Probe) -> None:
    seen = probe.pay(terminal={"aids": ["A000000999999901"]})
    that(not seen.evidence.commands(0xA8), "an application that is not in the list is initiated")


@check("configured-keys", "The CA keys are taken, also when there are none", "CA公钥按配置生效", CONFIGURE)
def _keys(probe: Probe) -> None:
    with_keys, without = (probe.pay(terminal=held).carried()[tags.TVR] for held in _KEYS)
    that(not with_keys[0] & 0x4C, f"authentication fails with the right CA key (TVR {with_keys.hex()})")
    that(without[0] & 0x4C, f"authentication succeeds without a CA key (TVR {without.hex()})")


@check("clock", "Date and time come from the suite", "日期时间取自测试套件", Show.CLOCK)
def _clock(probe: Probe) -> None:
    carried = probe.pay(clock=datetime(2027, 3, 4, 5, 6, 7)).carried()
    that(carried[tags.DATE].hex() == "270304", f"9A is {carried[tags.DATE].hex()}, not 270304")
    that(carried[tags.TIME].hex()[:4] == "0506", f"9F21 is {carried[tags.TIME].hex()}, not 0506xx")


@check("random", "Unpredictable numbers come from the suite", "随机数取自测试套件", Show.RANDOM)
def _random(probe: Probe) -> None:
    seen = probe.pay()
    drawn = [answer for _, answer in seen.asked(Random)]
    that(any(seen.carried()[0x9F37] in value for value in drawn), "9F37 is not what the suite drew")


# --- what it tells ----------------------------------------------------------------------------------------------


@check("keeps-promises", "What it says it can show is there", "声明能力与实际一致")
def _promises(probe: Probe) -> None:
    for seen in (probe.pay(), probe.pay(personality="declines")):
        missing = sorted(show.value for show in seen.evidence.lacks & probe.can)
        that(not missing, f"the outcome has no {', '.join(missing)}")


@check("claims-no-less", "Asks the suite for nothing it does not say it can", "不使用未声明的能力")
def _claims(probe: Probe) -> None:
    uses = {"pin": PROMPTS, "choose": PROMPTS, "online": ONLINE, "clock": Show.CLOCK, "random": Show.RANDOM,
            "tell": Show.MESSAGES, "record": Show.RECORDS}  # fmt: skip
    probe.driven.bench.heard.clear()
    probe.pay(card={"8E": "00000000 00000000 4200"})
    secret = sorted(name for name in probe.driven.bench.heard if name in uses and uses[name] not in probe.can)
    that(not secret, f"uses {', '.join(secret)} without saying so in `can`")


@check("verdict", "A decline of the card is told as one", "卡片拒绝时如实报告", VERDICT)
def _verdict(probe: Probe) -> None:
    seen = probe.pay(personality="declines")
    that(seen.generate, "no GENERATE AC was sent")
    that(not seen.outcome.approved, "the card gave an AAC, the verdict is approved")


@check("arc", "The response code is the host's", "应答码与主机一致", Show.ARC, ONLINE, CONFIGURE)
def _arc(probe: Probe) -> None:
    seen = probe.pay(online=True, host="decline 51")
    that(seen.outcome.arc == "51", f"the host answered 51, the outcome says {seen.outcome.arc!r}")


@check("tvr", "The TVR is the one the card was told", "TVR与发给卡片的一致", Show.TVR)
def _tvr(probe: Probe) -> None:
    seen = probe.pay(card={"5F24": "251231"})
    carried, told = Tvr.parse(seen.carried()[tags.TVR]), Tvr.parse(seen.outcome.tvr)
    that(carried == told, f"the card was told {bytes(carried).hex()}, the outcome says {bytes(told).hex()}")


@check("tsi", "The TSI is not empty after a GENERATE AC", "TSI非空", Show.TSI)
def _tsi(probe: Probe) -> None:
    that(any(probe.pay().outcome.tsi), "the TSI of a finished purchase is 0000")


@check("cvm", "The CVM results are the ones the card was told", "CVM结果与发给卡片的一致", Show.CVM)
def _cvm(probe: Probe) -> None:
    for rules in ("1F00", "0000"):
        seen = probe.pay(card={"8C": f"{_BASE_CDOL} 9F3403", "8E": f"00000000 00000000 {rules}"})
        carried, told = seen.carried()[0x9F34].hex(), seen.outcome.cvm_results.hex()
        that(carried == told, f"the card was told {carried}, the outcome says {told}")


@check("signature", "A signature is told when it is wanted, and only then", "如实报告是否需要签名", Show.SIGNATURE)
def _signature(probe: Probe) -> None:
    for rules, wanted in (("1E00", True), ("1F00", False)):
        seen = probe.pay(card={"8E": f"00000000 00000000 {rules}"})
        that(seen.outcome.signature is wanted, f"signature is {seen.outcome.signature} with the CVM rule {rules}")


@check("tags", "The data objects of the transaction can be seen", "可取出交易数据元", Show.TAGS)
def _tags(probe: Probe) -> None:
    held = dict(probe.pay(run={"amount": 4321}).outcome.data)
    that(held.get(tags.AMOUNT, b"").hex() == "000000004321", "9F02 is missing or has another value")
    that(tags.TVR in held, "95 is missing")


@check("messages", "The display says what became of it", "显示交易结果", Show.MESSAGES)
def _messages(probe: Probe) -> None:
    for seen, wanted in ((probe.pay(), "APPROVED"), (probe.pay(personality="declines"), "DECLINED")):
        that(wanted in seen.evidence.told, f"no message {wanted}, only {', '.join(seen.evidence.told) or 'none'}")


@check("records", "A sale is recorded when there is one", "成交才入账", Show.RECORDS)
def _records(probe: Probe) -> None:
    that("sale" in probe.pay().evidence.records, "no record `sale` of an approved purchase")
    that("sale" not in probe.pay(personality="declines").evidence.records, "a record `sale` of a declined one")


# --- the person and the host ------------------------------------------------------------------------------------


@check("pin", "A PIN for the card comes from the suite", "脱机PIN由套件输入", PROMPTS)
def _pin(probe: Probe) -> None:
    seen = probe.pay(card={"8E": "00000000 00000000 0100"})
    asked = [effect.kind for effect, _ in seen.asked(AskPin)]
    that(asked == [PinKind.OFFLINE], f"asked for {', '.join(kind.value for kind in asked) or 'no PIN'}, not once offline")
    sent = [command.data.hex().upper() for command in seen.evidence.commands(0x20)]
    that(sent == ["241234FFFFFFFFFF"], f"VERIFY carried {', '.join(sent) or 'nothing'}")


@check("pin-cancelled", "The cancel key ends the transaction", "取消键终止交易", PROMPTS)
def _cancelled(probe: Probe) -> None:
    seen = probe.pay(card={"8E": "00000000 00000000 0100"}, person={"cancels": True})
    that(not seen.evidence.commands(0x20), "VERIFY is sent after the cancel key")
    that(not seen.outcome.approved, "approved after the cancel key")


@check("pin-online", "The PIN block goes into the authorisation request", "联机PIN随授权请求上送", PROMPTS, ONLINE, CONFIGURE)
def _pin_online(probe: Probe) -> None:
    seen = probe.pay(online=True, card={"8E": "00000000 00000000 4200"})
    entries = [entry.pin for effect, entry in seen.asked(AskPin) if effect.kind is PinKind.ONLINE]
    that(len(entries) == 1, f"asked {len(entries)} times for an online PIN")
    requests = [effect.request for effect, _ in seen.asked(GoOnline)]
    that(requests and requests[0].pin_block == entries[0], "the request does not carry the block that was given")


@check("choose", "The cardholder chooses among applications", "持卡人选择应用", PROMPTS)
def _choose(probe: Probe) -> None:
    seen = probe.pay(personality="multi-application", person={"choice": 1, "pin": "123456"})
    asked = [(effect, answer) for effect, answer in seen.asked(AskChoice) if len(effect.options) > 1]
    that(asked, "no `choose` with more than one option")
    effect, answer = asked[0]
    aid = effect.options[answer].aid
    selected = [command.data for command in seen.evidence.commands(0xA4)]
    that(aid and selected[-1].startswith(aid), f"{aid.hex().upper() or 'an option without AID'} was chosen, "
         f"{selected[-1].hex().upper()} selected")  # fmt: skip


@check("online", "An ARQC goes to the host, its answer to the card", "ARQC上送主机，应答送回卡片", ONLINE, CONFIGURE)
def _online(probe: Probe) -> None:
    seen = probe.pay(online=True)
    found = seen.asked(GoOnline)
    that(len(found) == 1, f"{len(found)} authorisation requests")
    request, reply = found[0][0].request, found[0][1]
    that(dict(request.chip).get(0x9F26) == seen.cryptogram, "9F26 in the request is not the card's cryptogram")
    that(request.pan.reveal() == b"6212340000000000012", "the request has another PAN than the card")
    that(len(seen.generate) == 2 and seen.generate[1].p1 & 0xC0 == 0x40, "no TC is asked for after an approval")
    sent = [command.data for command in seen.evidence.commands(0x82)]
    that(isinstance(reply, Authorisation) and sent == [reply.issuer_data], "91 does not come to EXTERNAL AUTHENTICATE")


@check("online-declined", "A decline of the host is one", "主机拒绝", ONLINE, CONFIGURE)
def _declined(probe: Probe) -> None:
    seen = probe.pay(online=True, host="decline 05")
    that(len(seen.generate) == 2 and seen.generate[1].p1 & 0xC0 == 0, "no AAC is asked for after a decline")
    that(VERDICT not in probe.can or not seen.outcome.approved, "approved although the host declined")


@check("unreachable", "A host that is not reached does not hang the terminal", "主机不可达时交易能结束", ONLINE, CONFIGURE)
def _unreachable(probe: Probe) -> None:
    seen = probe.pay(online=True, host="offline", terminal={"application.tac_default": "FFFFFFFFFF"})
    that(any(isinstance(answer, Unreachable) for _, answer in seen.asked(GoOnline)), "the host is never asked")
    that(len(seen.generate) == 2 and seen.generate[1].p1 & 0xC0 == 0, "no AAC is asked for where the default TAC says so")


@check("scripts", "Issuer scripts come to the card", "发卡行脚本送达卡片", ONLINE, CONFIGURE)
def _scripts(probe: Probe) -> None:
    seen = probe.pay(online=True, host="script 72:pin-unblock")
    that([command for command in seen.evidence.commands(0x24) if command.cla & 0x0C], "the script command never comes")
    that(Show.SCRIPTS not in probe.can or seen.outcome.script_results, "no script results in the outcome")


# --- the card ---------------------------------------------------------------------------------------------------


@check("big-apdus", "252 bytes to the card and 253 from it", "大APDU收发")
def _big(probe: Probe) -> None:
    # Track 2 in 21 bytes, a private object with the rest of 250.
    text = "7081FA 5713 6212340000000000012D30122200000000000F DF7F81E1" + "5A" * 0xE1
    seen = probe.pay(card={"8C": f"{_BASE_CDOL} DF5564 DF5664", "record.1.1": text})
    longest = max(len(response.data) for _, response in seen.evidence.exchanges if response is not None)
    that(longest >= 250, f"no answer of the card was longer than {longest} bytes")
    that(seen.generate and len(seen.generate[0].data) == 252, "GENERATE AC does not carry the 252 bytes the card asked for")


@check("get-response", "61xx and 6Cxx are done as a T=0 card asks", "处理61xx与6Cxx")
def _get_response(probe: Probe) -> None:
    seen = probe.pay(card={"t0": True})
    that(seen.generate, "never comes to GENERATE AC with a card that answers 61xx and 6Cxx")


@check("card-removed", "A card that leaves ends the transaction", "拔卡终止交易")
def _removed(probe: Probe) -> None:
    for ins in ("A8", "AE"):
        seen = probe.pay(faults=[{"kind": "remove", "ins": ins}])
        that(not seen.outcome.approved, f"approved although the card left at {ins}")


@check("card-mute", "So does one that falls silent", "卡片无响应终止交易")
def _mute(probe: Probe) -> None:
    seen = probe.pay(faults=[{"kind": "mute", "ins": "AE"}])
    that(not seen.outcome.approved, "approved although the card never answered the GENERATE AC")


# --- order ------------------------------------------------------------------------------------------------------


@check("busy", "A second transaction is refused while one runs", "交易中拒绝第二笔")
def _busy(probe: Probe) -> None:
    refused = []

    def start() -> None:
        try:
            probe.driven.peer().call("start", p.Start("purchase", 1), patience=probe.driven.patience.answer)
        except p.RpcError as fault:
            refused.append(fault)

    seen = probe.pay(hook=start)
    that(refused, "`start` while a transaction runs is no error")
    that(seen.generate, "the running transaction did not go on")


@check("reset", "`reset` ends what runs; the next transaction works", "reset中止交易后可继续")
def _reset(probe: Probe) -> None:
    probe.driven.peer().call("reset", patience=probe.driven.patience.answer)
    try:
        seen = probe.pay(hook=lambda: probe.driven.peer().call("reset", patience=probe.driven.patience.answer))
    except BenchError as fault:
        cause = fault.__cause__
        that(isinstance(cause, p.RpcError) and cause.code == p.ABORTED, f"`start` does not end with {p.ABORTED}: {fault}")
    else:
        that(not seen.generate, "the transaction goes on after `reset`")
    that(probe.pay().generate, "the next purchase does not come to its GENERATE AC")
