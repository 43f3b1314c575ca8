"""Desk: messages in, messages out. What an acquirer does between a terminal and an issuer, with faults on wish.

The wire format and its MAC are the terminal's own table, since both sides must agree on it; every decision is the
issuer's. # spec: jrt0025-6/field-55
"""

import os
from collections import deque
from dataclasses import asdict, dataclass
from typing import Any

from jinka.kernel.acquirer.keys import KEY_BYTES, WorkingKeys
from jinka.kernel.acquirer.messages import Message, WireError, authentic, pack, response_type, unpack, wire
from jinka.kernel.crypto import pinblock
from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.data import tlv
from jinka.kernel.effects import Service
from jinka.kernel.errors import JinkaError
from jinka.kernel.secret import Secret
from jinka.simulator.issuer import Answered, Asked, Behaviour, Fault, Issuer, Plan
from jinka.simulator.issuer.behaviour import UNDECIDED

_REMEMBERED = 1000
_ADVICE = "36"  # 60.1 of a 0220 that only tells
_ECHOED = ("3", "4", "11", "12", "13", "23", "41", "42", "49", "60")
_GARBAGE = bytes.fromhex("0210FFFF00")


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: frames without length and TPDU. `late`: wait for a release or so many seconds first. `cut`: only
    half of the last frame. `drop`: then close the connection."""

    frames: tuple[bytes, ...] = ()
    late: float | None = None
    cut: bool = False
    drop: bool = False


@dataclass(frozen=True, slots=True)
class Algorithms:
    """Of the working keys' wrapping, the MAC and the PIN block."""

    key: Algorithm = Algorithm.TDES
    mac: Algorithm = Algorithm.TDES
    pin: Algorithm = Algorithm.TDES


class HostDesk:
    """One terminal master key for all terminals; working keys by terminal, new at each sign-on.

    `plans`: behaviours for "financial" messages, "errand"s (reversal, advice, batch, settlement) and "sign-on".
    """

    def __init__(self, issuer: Issuer, algorithms: Algorithms | None = None) -> None:
        self.issuer = issuer
        self.algorithms = algorithms or Algorithms()
        self.plans = {"financial": Plan(), "errand": Plan(), "sign-on": Plan()}
        self._spec = wire(self.algorithms.pin)
        self._keys: dict[str, WorkingKeys] = {}
        self._seen: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self._number = 0

    def view(self) -> dict[str, Any]:
        """What the host believes, by account name; and what it has seen: types, STANs and field names, no contents."""
        money = self.issuer.money
        return {
            "accounts": {
                account.name: {
                    "balance": money.balance(account.name),
                    "cash_balance": money.cash_balance(account.name),
                    "tries": money.tries(account.name),
                }
                for account in self.issuer.book.accounts
            },
            "postings": [asdict(posting) for posting in money.postings()],
            "advices": [list(advice) for advice in money.advices()],
            "seen": list(self._seen),
        }

    def forget_keys(self) -> None:
        """As after a restart of the host: every terminal must sign on again."""
        self._keys.clear()

    def handle(self, raw: bytes) -> Reply:
        """Answers one message."""
        try:
            message = unpack(raw, self._spec)
        except WireError:
            return Reply(drop=True)
        self._saw(message)
        kind = message["t"]
        wish = self.plans[_family(message)].next()
        if wish.fault in UNDECIDED:
            return Reply(drop=wish.fault is not Fault.LOST)
        keys = self._keys.get(message.get("41", ""))
        if kind == "0800":
            return self._reply(self._sign_on(message, wish), None, wish)
        if keys is None or not authentic(raw, message, (self.algorithms.mac, keys.mac)):
            return self._reply(_answer(message) | {"39": "A0"}, keys, wish)
        handlers = {"0100": self._financial, "0200": self._financial, "0220": self._financial,
                    "0400": self._reversal, "0320": self._batch, "0500": self._settlement}  # fmt: skip
        handler = self._advice if _is_advice(message) else handlers.get(kind)
        if handler is None:
            return self._reply(_answer(message) | {"39": "40"}, keys, wish)
        try:
            return self._reply(handler(message, keys, wish), keys, wish)
        except (KeyError, ValueError, JinkaError):
            return self._reply(_answer(message) | {"39": "30"}, keys, wish)

    # --- one method a message -----------------------------------------------------------------------------------

    def _sign_on(self, message: Message, wish: Behaviour) -> Message:
        answer = _answer(message) | {"39": wish.code or "00"}
        if answer["39"] != "00":
            return answer
        keys = WorkingKeys(Secret(os.urandom(KEY_BYTES)), Secret(os.urandom(KEY_BYTES)))
        algorithms = self.algorithms
        self._keys[message["41"]] = keys
        master = self.issuer.book.terminal[algorithms.key]
        wrapped = keys.wrap(master, algorithms.key, algorithms.pin, algorithms.mac)
        if wish.fault is Fault.MALFORMED_CHIP:
            wrapped = wrapped[:-1] + bytes((wrapped[-1] ^ 1,))
        return answer | {"62": wrapped.hex().upper()}

    def _financial(self, message: Message, keys: WorkingKeys, wish: Behaviour) -> Message:
        asked = self._asked(message, _key(message, message["60"][2:8], message["11"]))
        if "35" in message and message["35"].partition("D")[0] != message["2"]:
            return _answer(message) | {"39": "30"}
        if "52" in message:
            asked = self._with_pin(asked, Secret(bytes.fromhex(message["52"])), keys)
        return _answer(message) | self._decided(self.issuer.authorise(asked, wish), message)

    def _reversal(self, message: Message, keys: WorkingKeys, wish: Behaviour) -> Message:
        original = message["61"]
        return _answer(message) | {
            "39": wish.code or self.issuer.reverse(_key(message, original[:6], original[6:12]))
        }

    def _advice(self, message: Message, keys: WorkingKeys, wish: Behaviour) -> Message:
        key = _key(message, message["60"][2:8], message["11"])
        return _answer(message) | {"39": wish.code or self.issuer.advise(self._asked(message, key))}

    def _batch(self, message: Message, keys: WorkingKeys, wish: Behaviour) -> Message:
        original = message["61"]
        asked = self._asked(message, _key(message, original[:6], original[6:12]))
        return _answer(message) | {"39": wish.code or self.issuer.capture(asked)}

    def _settlement(self, message: Message, keys: WorkingKeys, wish: Behaviour) -> Message:
        said = message["48"]
        totals = (int(said[:12]), int(said[12:15]), int(said[15:27]), int(said[27:30]))
        terminal, batch = message["41"], message["60"][2:8]
        balanced = self.issuer.money.settle(f"{terminal}/{batch}", terminal, totals) and wish.code is None
        return _answer(message) | {"39": "00", "48": said[:30] + ("1" if balanced else "2") + said[31:]}

    # --- inside -------------------------------------------------------------------------------------------------

    def _asked(self, message: Message, key: str) -> Asked:
        chip = {node.tag: node.value for node in tlv.scan(bytes.fromhex(message.get("55", "")))}
        return Asked(
            key,
            Service(int(message["3"][:2], 16)),
            int(message.get("4", "0")),
            Secret(message["2"].encode()),
            int(message["23"]) if "23" in message else None,
            message.get("14", ""),
            chip=chip,
        )

    def _with_pin(self, asked: Asked, block: Secret, keys: WorkingKeys) -> Asked:
        """Translates the PIN block to the issuer's zone. One that does not open stays a wrong PIN for the issuer."""
        algorithm, zone = self.issuer.zone_key
        try:
            block = pinblock.translate(block, asked.pan, (self.algorithms.pin, keys.pin), (algorithm, zone))
        except JinkaError:
            block = Secret(bytes(algorithm.block))
        return Asked(asked.key, asked.service, asked.amount, asked.pan, asked.pan_sequence, asked.expiry, block,
                     asked.chip)  # fmt: skip

    def _decided(self, decided: Answered, message: Message) -> Message:
        self._number += 1
        answer = {"37": f"{self._number:012d}", "39": decided.arc}
        data = decided.issuer_data and tlv.encode(0x91, decided.issuer_data)
        chip = data + b"".join(decided.scripts)
        if chip:
            answer["55"] = chip.hex().upper()
        if decided.approval_code:
            answer["38"] = decided.approval_code
        if decided.amount is not None:
            answer["4"] = f"{decided.amount:012d}"
        if decided.balance is not None:
            sign = "C" if decided.balance >= 0 else "D"
            answer["54"] = f"1002{message.get('49', '156')}{sign}{abs(decided.balance):012d}"
        return answer

    def _reply(self, answer: Message, keys: WorkingKeys | None, wish: Behaviour) -> Reply:
        """Packs an answer and spoils it as wished."""
        fault = wish.fault
        if fault is Fault.NO_ANSWER:
            return Reply()
        if fault is Fault.DROP_ANSWER:
            return Reply(drop=True)
        if fault is Fault.GARBAGE:
            return Reply((_GARBAGE,))
        if fault is Fault.WRONG_STAN:
            answer |= {"11": f"{(int(answer['11']) + 1) % 1_000_000:06d}"}
        if fault is Fault.WRONG_TERMINAL:
            answer |= {"41": "99999999"}
        if fault is Fault.MALFORMED_CHIP:
            answer |= {"55": "910A00"}
        if fault is Fault.NO_CODE:
            answer = {name: text for name, text in answer.items() if name != "39"}
        signed = keys is not None and fault is not Fault.NO_MAC
        raw = pack(answer, self._spec, (self.algorithms.mac, keys.mac) if keys is not None and signed else None)
        if fault is Fault.BAD_MAC:
            raw = raw[:-1] + bytes((raw[-1] ^ 0xFF,))
        return Reply(
            (raw, raw) if fault is Fault.DUPLICATE else (raw,),
            late=wish.delay if fault is Fault.LATE else None,
            cut=fault is Fault.SHORT,
            drop=fault is Fault.SHORT,
        )

    def _saw(self, message: Message) -> None:
        chip = message.get("55", "")
        try:
            tags = [f"{node.tag:X}" for node in tlv.scan(bytes.fromhex(chip))]
        except JinkaError:
            tags = ["malformed"]
        names = sorted((name for name in message if name.isdigit()), key=int)
        self._seen.append(
            {"t": message["t"], "stan": message.get("11", ""), "fields": names, "chip": tags,
             "reason": message.get("39", ""), "original": message.get("61", ""), "60": message.get("60", ""),
             "22": message.get("22", "")}
        )  # fmt: skip


def _answer(message: Message) -> Message:
    return {"t": response_type(message["t"])} | {name: message[name] for name in _ECHOED if name in message}


def _key(message: Message, batch: str, stan: str) -> str:
    return f"{message['41']}/{batch}/{stan}"


def _is_advice(message: Message) -> bool:
    return message["t"] == "0220" and message.get("60", "")[:2] == _ADVICE


def _family(message: Message) -> str:
    if message["t"] == "0800":
        return "sign-on"
    return "financial" if message["t"] in ("0100", "0200", "0220") and not _is_advice(message) else "errand"
