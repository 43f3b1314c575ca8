"""What is timed in Python, as a caller writes it: our functions beside the packages that a Python program would use.

The loop's own cost is taken off. Names are bound, so that looking them up costs all sides the same.
"""

import hashlib
import random
import statistics
import time
import timeit
from dataclasses import dataclass, field, replace
from typing import Any

from jinka import native

from tests.bench.native.result import Figure, Goal, Result, spread
from tests.bench.native.rounds import Pace

MANY = 6400
THREADS = f"Python: SM4 {32 * MANY} CBC-MACs of 32 B on two threads"


@dataclass(frozen=True)
class Snippet:
    """An expression of ours that makes `count` answers, and the expressions of peers that make one each, the same as the
    first of ours if they are `alike`."""

    name: str
    mine: str
    goals: tuple[Goal, ...]
    peers: dict[str, str] = field(default_factory=dict)
    count: int = 1
    alike: bool = True


SM4_MAC = {
    "cryptography": "Cipher(SM4(key), CBC(zeros)).encryptor().update(data)[-16:]",
    "gmssl": "gmssl_mac(key, data)",
}
TDES_MAC = {"cryptography": "Cipher(TripleDES(key24), CBC(zeros8)).encryptor().update(data)[-8:]"}

SNIPPETS = (
    Snippet("Python: SM4 one block, key given", "sm4_encrypt_block(key, block)",
            (Goal(14, "cryptography"), Goal(300, "gmssl")),
            {"cryptography": "(e := Cipher(SM4(key), ECB()).encryptor()).update(block) + e.finalize()",
             "gmssl": "gmssl_block(key, block)"}),
    Snippet("Python: SM4 one block, key prepared", "handle.encrypt_block(block)", (Goal(1.1, "cryptography"),),
            {"cryptography": "live.update(block)"}),
    Snippet("Python: SM4 CBC-MAC 32 B with key", "sm4_cbc_mac(key, data)",
            (Goal(12, "cryptography"), Goal(380, "gmssl")), SM4_MAC),
    Snippet("Python: SM3 32 B", "sm3(data)",
            (Goal(2.8, "hashlib"), Goal(4, "cryptography"), Goal(700, "gmssl")),
            {"hashlib": "hashlib.new('sm3', data).digest()", "cryptography": "sm3_hash(data)", "gmssl": "gmssl_sm3(data)"}),
    Snippet(f"Python: SM4 verify {MANY} MACs of 32 B, own keys",
            f"sm4_cbc_mac_verify_batch(macs, keys, datas, {MANY})",
            (Goal(550, "cryptography"), Goal(18000, "gmssl")), SM4_MAC, MANY),
    Snippet("Python: 3DES CBC-MAC 32 B with key", "tdes_cbc_mac(key, data)", (Goal(4, "cryptography"),), TDES_MAC),
    Snippet(f"Python: 3DES {MANY} CBC-MACs of 32 B, own keys", f"tdes_cbc_mac_batch(keys, datas, {MANY})",
            (Goal(300, "cryptography"),), TDES_MAC, MANY),
    Snippet(f"Python: 3DES {MANY} retail MACs of 32 B, own keys", f"retail_mac_batch(keys, datas, {MANY})",
            (Goal(300, "cryptography"),), TDES_MAC, MANY, alike=False),
)  # fmt: skip


def names() -> dict[str, Any]:
    """What the expressions speak of: everything of ours, the data, and the packages that are installed."""
    source = random.Random(1)
    keys, datas = source.randbytes(16 * MANY), source.randbytes(32 * MANY)
    key, data = keys[:16], datas[:32]
    known: dict[str, Any] = {name: getattr(native, name) for name in native.__all__}
    known |= {"hashlib": hashlib, "keys": keys, "datas": datas, "key": key, "data": data, "block": data[:16]}
    known |= {"key24": key + key[:8], "zeros": bytes(16), "zeros8": bytes(8), "handle": native.Sm4(key)}
    known["macs"] = native.sm4_cbc_mac_batch(keys, datas, MANY)
    try:
        known |= of_cryptography(key)
    except ImportError:
        pass
    try:
        known |= of_gmssl()
    except ImportError:
        pass
    return known


def of_cryptography(key: bytes) -> dict[str, Any]:
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4
    from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    def sm3_hash(data: bytes) -> bytes:
        digest = Hash(SM3())
        digest.update(data)
        return digest.finalize()

    live = Cipher(SM4(key), ECB()).encryptor()  # noqa: S305
    return {"TripleDES": TripleDES, "Cipher": Cipher, "SM4": SM4, "CBC": CBC, "ECB": ECB, "sm3_hash": sm3_hash, "live": live}


def of_gmssl() -> dict[str, Any]:
    """The shortest way through its functions: they take and return lists of integers."""
    from gmssl.sm3 import sm3_hash
    from gmssl.sm4 import SM4_ENCRYPT, CryptSM4

    cipher = CryptSM4()

    def gmssl_block(key: bytes, block: bytes) -> bytes:
        cipher.set_key(key, SM4_ENCRYPT)
        return bytes(cipher.one_round(cipher.sk, block))

    def gmssl_mac(key: bytes, data: bytes) -> bytes:
        cipher.set_key(key, SM4_ENCRYPT)
        chain = bytes(16)
        for at in range(0, len(data), 16):
            chain = cipher.one_round(cipher.sk, [a ^ b for a, b in zip(chain, data[at : at + 16], strict=True)])
        return bytes(chain)

    def gmssl_sm3(data: bytes) -> bytes:
        return bytes.fromhex(sm3_hash(list(data)))

    return {"gmssl_block": gmssl_block, "gmssl_mac": gmssl_mac, "gmssl_sm3": gmssl_sm3}


def agree(mine: Any, theirs: bytes) -> bool:
    """Whether ours, many answers or a list of verdicts, begins with theirs."""
    return all(mine) if isinstance(mine, list) else bytes(mine).startswith(theirs)


@dataclass
class Expression:
    """One side of a snippet, timed."""

    who: str
    timer: timeit.Timer
    answers: int
    loops: int = 1
    ns: list[float] = field(default_factory=list)

    def settle(self, turn_ns: int) -> None:
        took = min(self.timer.timeit(1) for _ in range(3))
        self.loops = max(1, round(turn_ns / 1e9 / max(took, 1e-7)))

    def turn(self, loop_ns: float) -> None:
        self.ns.append((self.timer.timeit(self.loops) * 1e9 / self.loops - loop_ns) / self.answers)

    def figure(self) -> Figure:
        return Figure(self.who, statistics.median(self.ns), spread(self.ns))


def measure(snippet: Snippet, known: dict[str, Any], pace: Pace) -> Result:
    """The snippet by us and every package that is installed; those with another answer are left out, and noted."""
    result = Result(snippet.name, snippet.goals)
    ready: list[Expression] = []
    answer: Any = None
    for who, code in (("Jinka", snippet.mine), *snippet.peers.items()):
        try:
            found = eval(code, dict(known))  # noqa: S307
        except NameError:
            continue
        if who == "Jinka":
            answer = found
        elif answer is not None and snippet.alike and not agree(answer, found):
            result.notes.append(f"{who} has another answer")
            continue
        # This thread's time, as in C.
        timer = timeit.Timer(code, timer=time.thread_time, globals=dict(known))
        ready.append(Expression(who, timer, snippet.count if who == "Jinka" else 1))
    turn_ns = pace.turn_ns // 3
    for one in ready:
        one.settle(turn_ns)
    empty = min(timeit.Timer("pass", timer=time.thread_time).timeit(100_000) for _ in range(5)) * 1e4
    for _ in range(2 * pace.turns):
        for one in ready:
            one.turn(empty)
    for one in ready:
        if one.who == "Jinka":
            result.ours = one.figure()
        else:
            result.peers.append(one.figure())
    return result


def threads(known: dict[str, Any], pace: Pace) -> Result:
    """A large batch shared by two threads beside the same on one. This goes by the clock, so another program on either core
    lengthens a round, and the shortest counts."""
    result = Result(THREADS, (Goal(2, "one thread"),))
    keys, datas, many = known["keys"] * 32, known["datas"] * 32, 32 * MANY

    def side(who: str, number: int) -> Expression:
        return Expression(who, timeit.Timer(lambda: native.sm4_cbc_mac_batch(keys, datas, many, threads=number)), many)

    one, two = side("one thread", 1), side("Jinka", 2)
    for _ in range(2 * pace.turns):
        one.turn(0.0)
        two.turn(0.0)
    result.ours = replace(two.figure(), ns=min(two.ns))
    result.peers = [replace(one.figure(), ns=min(one.ns))]
    return result
