"""What is timed in C, and what it is to reach: every goal is a ratio to a peer in the same run."""

from dataclasses import dataclass

from tests.bench.native.result import Goal

MIB = 1 << 20


@dataclass(frozen=True)
class Operation:
    """A call of work.h on messages of `size` bytes, `count` of them at once."""

    name: str
    call: str
    size: int
    goals: tuple[Goal, ...]
    count: int = 1
    answer: int = 0
    """Bytes that every library must agree on after the first call; 0 where it draws random numbers."""
    bulk: bool = False
    """Cycles for a byte are what counts."""
    beside: tuple[str, ...] = ()
    """Peers' calls for one message that do the same as ours for many, or with less prepared."""
    slow: bool = False
    """Left out of a quick run."""


def sm4() -> list[Operation]:
    one = (Goal(1.6), Goal(2.0, "constant time"))
    found = [
        Operation("SM4 one block", "sm4_block", 16, one, answer=16),
        Operation("SM4 key schedule and one block", "sm4_block_key", 16, (Goal(2.8),), answer=16),
        Operation("SM4 CBC-MAC 32 B", "sm4_mac", 32, (Goal(1.9),), answer=16),
        Operation("SM4 CBC-MAC 32 B with key", "sm4_mac_key", 32, (Goal(2.7),), answer=16),
        Operation("SM4 CBC-MAC 256 B", "sm4_mac", 256, (Goal(2.0),), answer=16),
        Operation("SM4 CBC-MAC 256 B with key", "sm4_mac_key", 256, (Goal(2.1),), answer=16),
        Operation("SM4 64 CBC-MACs of 32 B, own keys", "sm4_mac_batch", 32, (Goal(4.5), Goal(46, "GmSSL")),
                  count=64, answer=16 * 64, beside=("sm4_mac_key",)),
    ]  # fmt: skip
    for size, label in ((4096, "4 KiB"), (MIB, "1 MiB")):
        for mode, goal, tag in (("ECB", 2.4, 0), ("CTR", 2.4, 0), ("CBC decrypt", 2.4, 0), ("GCM", 2.0, 16)):
            call = f"sm4_{mode.lower().replace(' ', '_')}"
            found.append(Operation(f"SM4 {mode} {label}", call, size, (Goal(goal),), answer=size + tag, bulk=True, slow=size == MIB))
    return found


def sm3() -> list[Operation]:
    found = [Operation(f"SM3 {size} B", "sm3", size, (Goal(1.1),), answer=32) for size in (16, 64, 256)]
    found.append(Operation("SM3 4 KiB", "sm3", 4096, (Goal(1.1),), answer=32, bulk=True))
    found.append(Operation("SM3 1 MiB", "sm3", MIB, (Goal(1.1),), answer=32, bulk=True, slow=True))
    for size in (16, 32):
        found.append(Operation(f"SM3 256 messages of {size} B", "sm3_batch", size, (Goal(2.3), Goal(8, "libgcrypt")),
                               count=256, answer=32 * 256, beside=("sm3",)))  # fmt: skip
    found.append(Operation("SM3 256 messages of 4 KiB", "sm3_batch", 4096, (Goal(1.4),),
                           count=256, answer=32 * 256, bulk=True, slow=True))  # fmt: skip
    return found


def sm2() -> list[Operation]:
    """Single signatures are of digests, since that is what every peer takes; the batches digest the messages, as theirs do."""
    return [
        Operation("SM2 verify", "sm2_verify", 32, (Goal(1.4),), answer=1),
        Operation("SM2 verify, key prepared", "sm2_key_verify", 32, (Goal(3.5),), answer=1,
                  beside=("sm2_verify",)),
        Operation("SM2 verify, 32 keys at once", "sm2_verify_batch", 32, (Goal(1.5),), count=32, answer=32,
                  beside=("sm2_verify",)),
        Operation("SM2 verify, 32 at once, key prepared", "sm2_key_verify_batch", 32, (Goal(2.2),), count=32, answer=32,
                  beside=("sm2_verify_batch", "sm2_key_verify")),
        Operation("SM2 sign", "sm2_sign", 32, (Goal(4.0),), answer=1),
        Operation("SM2 sign, 32 keys at once", "sm2_sign_batch", 32, (Goal(1.0),), count=32, answer=64 * 32),
        Operation("SM2 sign, 32 at once, one key", "sm2_sign_one_key", 32, (Goal(1.0),), count=32,
                  beside=("sm2_sign_batch",)),
    ]  # fmt: skip


def tdes() -> list[Operation]:
    return [
        Operation("3DES CBC-MAC 32 B", "tdes_mac", 32, (Goal(1.0),), answer=8),
        Operation("3DES CBC-MAC 32 B with key", "tdes_mac_key", 32, (Goal(1.0),), answer=8),
        Operation("3DES retail MAC 32 B with key", "retail_mac_key", 32, (Goal(1.0),), answer=8),
        Operation("3DES 512 CBC-MACs of 32 B, own keys", "tdes_mac_batch", 32, (Goal(65.0),), count=512, answer=8 * 512,
                  beside=("tdes_mac_key",)),
        Operation("3DES 512 retail MACs of 32 B, own keys", "retail_mac_batch", 32, (Goal(70.0),), count=512, answer=8 * 512,
                  beside=("retail_mac_key",)),
    ]  # fmt: skip


def plan() -> list[Operation]:
    return [*sm4(), *sm3(), *sm2(), *tdes()]
