"""Random cases by the million: every algorithm against two libraries that are not ours, OpenSSL and libgcrypt.

    python -m tests.native.differ [CASES] [--only sm4] [--seed 1] [--jobs 2] [--json]      (make differential)

Keys, messages, lengths and modes are drawn; most messages are as short as a card's, some reach the wide paths. Every case
of SM2 is a signature, in half of them spoilt by a bit. The first difference ends the run with all that made it.
"""

import argparse
import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from jinka import native

from tests.support import gcrypt, libcrypto

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # two-key triple DES moved there with a warning
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

# What was done, our answer, and each library's.
Answers = tuple[str, object, dict[str, object]]
Judge = Callable[[Random], Answers]

ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
SLICE = 500  # cases between two looks at the progress


def length(dice: Random, unit: int) -> int:
    """A number of bytes: whole units, at least one; one in sixty reaches the widest paths."""
    return unit * (dice.randrange(1, 2400 // unit) if dice.randrange(60) == 0 else dice.randrange(1, 10))


def openssl(cipher: Any, mode: modes.Mode, data: bytes, decrypt: bool = False) -> bytes:
    """One message through OpenSSL."""
    context = Cipher(cipher, mode).decryptor() if decrypt else Cipher(cipher, mode).encryptor()
    made: bytes = context.update(data) + context.finalize()
    return made


def sm3() -> Judge:
    """SM3 of 0 to 2400 bytes."""

    def judge(dice: Random) -> Answers:
        data = dice.randbytes(length(dice, 1) if dice.randrange(3) == 0 else dice.randrange(130))
        theirs = hashes.Hash(hashes.SM3())
        theirs.update(data)
        return f"sm3 {data.hex()}", native.sm3(data), {"OpenSSL": theirs.finalize(), "libgcrypt": gcrypt.sm3(data)}

    return judge


def sm4() -> Judge:
    """SM4 in ECB, CBC and CTR, both ways, and CBC-MAC."""
    ecb, cbc, ctr = (gcrypt.Cipher(gcrypt.SM4, mode) for mode in (gcrypt.ECB, gcrypt.CBC, gcrypt.CTR))

    def judge(dice: Random) -> Answers:
        key, first, data = dice.randbytes(16), dice.randbytes(16), dice.randbytes(length(dice, 16))
        if dice.randrange(8) == 0:
            first = first[:8] + b"\xff" * 7 + first[8:9]  # where a counter's carry goes far
        mode, decrypt = dice.choice(("ecb", "cbc", "ctr", "mac")), dice.random() < 0.5
        peer = algorithms.SM4(key)
        ours: bytes
        theirs: dict[str, object]
        if mode == "mac":
            ours = native.sm4_cbc_mac(key, data)
            theirs = {
                "OpenSSL": openssl(peer, modes.CBC(bytes(16)), data)[-16:],
                "libgcrypt": cbc.run(key, bytes(16), data)[-16:],
            }
            return f"sm4 {mode} {key.hex()} {data.hex()}", ours, theirs
        with native.Sm4(key) as made:
            if mode == "ecb":
                ours = made.decrypt_ecb(data) if decrypt else made.encrypt_ecb(data)
                theirs = {
                    "OpenSSL": openssl(peer, modes.ECB(), data, decrypt),  # noqa: S305  # the mode under test
                    "libgcrypt": ecb.run(key, b"", data, decrypt=decrypt),
                }
            elif mode == "cbc":
                ours = made.decrypt_cbc(first, data) if decrypt else made.encrypt_cbc(first, data)
                theirs = {
                    "OpenSSL": openssl(peer, modes.CBC(first), data, decrypt),
                    "libgcrypt": cbc.run(key, first, data, decrypt=decrypt),
                }
            else:
                data = data[: len(data) - dice.randrange(16)]
                ours = made.ctr(first, data)
                theirs = {"OpenSSL": openssl(peer, modes.CTR(first), data), "libgcrypt": ctr.run(key, first, data)}
        return f"sm4 {mode} {decrypt} {key.hex()} {first.hex()} {data.hex()}", ours, theirs

    return judge


def tdes() -> Judge:
    """Two-key triple DES: ECB both ways, CBC-MAC, retail MAC."""
    ecb, cbc, single = (
        gcrypt.Cipher(gcrypt.TDES, gcrypt.ECB), gcrypt.Cipher(gcrypt.TDES, gcrypt.CBC), gcrypt.Cipher(gcrypt.DES, gcrypt.CBC)
    )  # fmt: skip

    def retail(key: bytes, data: bytes, first: bytes, last: Callable[[bytes], bytes]) -> bytes:
        head = first[-8:] if len(data) > 8 else bytes(8)
        return last(bytes(a ^ b for a, b in zip(head, data[-8:], strict=True)))

    def judge(dice: Random) -> Answers:
        key, data = dice.randbytes(16), dice.randbytes(length(dice, 8))
        whole, left = key + key[:8], key[:8] * 3
        what, decrypt = dice.choice(("ecb", "mac", "retail")), dice.random() < 0.5
        ours: bytes
        theirs: dict[str, object]
        if what == "ecb":
            with native.Tdes(key) as made:
                ours = made.decrypt_ecb(data) if decrypt else made.encrypt_ecb(data)
            theirs = {
                "OpenSSL": openssl(TripleDES(whole), modes.ECB(), data, decrypt),  # noqa: S305
                "libgcrypt": ecb.run(whole, b"", data, decrypt=decrypt),
            }
        elif what == "mac":
            ours = native.tdes_cbc_mac(key, data)
            theirs = {
                "OpenSSL": openssl(TripleDES(whole), modes.CBC(bytes(8)), data)[-8:],
                "libgcrypt": cbc.run(whole, bytes(8), data)[-8:],
            }
        else:
            ours = native.retail_mac(key, data)
            along = data[:-8] or bytes(8)
            theirs = {
                "OpenSSL": retail(
                    key, data, openssl(TripleDES(left), modes.CBC(bytes(8)), along),
                    lambda block: openssl(TripleDES(whole), modes.ECB(), block),  # noqa: S305
                ),
                "libgcrypt": retail(
                    key, data, single.run(key[:8], bytes(8), along), lambda block: ecb.run(whole, b"", block)
                ),
            }  # fmt: skip
        return f"3des {what} {decrypt} {key.hex()} {data.hex()}", ours, theirs

    return judge


def sm2() -> Judge:
    """SM2: signatures made here; verdicts on them and on spoilt ones, with the key prepared and not. Keys serve a while."""
    held: dict[str, Any] = {}

    def judge(dice: Random) -> Answers:
        if not held or dice.randrange(20) == 0:
            private = dice.randrange(1, ORDER - 1).to_bytes(32, "big")
            public = native.sm2_public_key(private)
            held.update(private=private, public=public, prepared=native.Sm2Key(public), peer=libcrypto.Peer(public))
        digest, nonce = dice.randbytes(32), dice.randrange(1, ORDER).to_bytes(32, "big")
        signature = native.sm2_sign_digest(held["private"], digest, nonce)
        if dice.random() < 0.5:
            spoilt, bit = bytearray(signature + digest), dice.randrange(768)
            spoilt[bit // 8] ^= 1 << bit % 8
            signature, digest = bytes(spoilt[:64]), bytes(spoilt[64:])
        ours = native.sm2_verify_digest(held["public"], digest, signature)
        theirs = {
            "prepared": held["prepared"].verify_digest(digest, signature),
            "OpenSSL": held["peer"].verify_digest(digest, signature),
            "libgcrypt": gcrypt.sm2_verify(held["public"], digest, signature),
        }
        return f"sm2 {held['public'].hex()} {digest.hex()} {signature.hex()}", ours, theirs

    return judge


ALGORITHMS: dict[str, Callable[[], Judge]] = {"sm3": sm3, "sm4": sm4, "3des": tdes, "sm2": sm2}


def run(name: str, cases: int, seed: str) -> list[str]:
    """So many cases; what differed, at most one."""
    judge, dice = ALGORITHMS[name](), Random(f"{name} {seed}")
    for _ in range(cases):
        what, ours, theirs = judge(dice)
        if wrong := {peer: answer for peer, answer in theirs.items() if answer != ours}:
            return [f"{what}: ours {_told(ours)}, " + ", ".join(f"{peer} {_told(answer)}" for peer, answer in wrong.items())]
    return []


def _told(answer: object) -> str:
    return answer.hex() if isinstance(answer, bytes) else str(answer)


def _slice(work: tuple[str, int, str]) -> list[str]:
    return run(*work)


def main(arguments: Iterable[str]) -> int:
    """Runs them all, with a bar on a terminal."""
    from rich.progress import track

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--only", choices=ALGORITHMS, action="append")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(list(arguments))
    if gcrypt.load() is None or libcrypto.crypto is None:
        print("both libgcrypt 1.10 and libcrypto 3 are needed", file=sys.stderr)
        return 2
    rows, bad = [], 0
    for name in asked.only or ALGORITHMS:
        began, found = time.perf_counter(), []
        work = [(name, min(SLICE, asked.cases - at), f"{asked.seed} {at}") for at in range(0, asked.cases, SLICE)]
        with ProcessPoolExecutor(asked.jobs) as pool:
            bar = track(pool.map(_slice, work), name, len(work), disable=asked.json or not sys.stdout.isatty())
            for wrong in bar:
                found += wrong
        seconds = time.perf_counter() - began
        bad += bool(found)
        rows.append({"algorithm": name, "cases": asked.cases, "seconds": round(seconds, 1), "different": found[:3]})
        if not asked.json:
            print(f"{name:5} {asked.cases:>9} cases against OpenSSL and libgcrypt: {len(found)} differ  ({seconds:.0f} s)", flush=True)
            print(*found[:3], sep="\n", end="\n" if found else "")
    if asked.json:
        print(json.dumps(rows, indent=1))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
