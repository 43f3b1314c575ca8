"""SM2 against independent implementations, both ways: OpenSSL's libcrypto (3.0 or later) and `gmssl` (pure Python)."""

import random

import pytest
from jinka import native

from tests.support.libcrypto import Peer, crypto

pytestmark = [pytest.mark.usefixtures("sm2_implementation"), pytest.mark.peer]

N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
IDENT = b"1234567812345678"

needs_libcrypto = pytest.mark.skipif(crypto is None, reason="no libcrypto 3 is installed")


@needs_libcrypto
def test_against_libcrypto() -> None:
    dice = random.Random(32918)
    for i in range(60):
        d = dice.randrange(1, N - 1).to_bytes(32, "big")
        public = native.sm2_public_key(d)
        message, ident = dice.randbytes(dice.randrange(300)), dice.randbytes(dice.randrange(1, 40)) if i % 3 else IDENT
        peer, prepared, signer = Peer(public, d), native.Sm2Key(public), native.Sm2Signer(d)
        theirs = peer.sign(message, ident)
        ours = (native.sm2_sign(d, message, ident), signer.sign(message, ident), signer.sign(message, ident, b""))
        for signature in (theirs, *ours):
            assert native.sm2_verify(public, message, signature, ident)
            assert prepared.verify(message, signature, ident)
            assert Peer(public).verify(message, signature, ident)
            wrong = bytearray(signature)
            wrong[dice.randrange(64)] ^= 1 << dice.randrange(8)
            assert not native.sm2_verify(public, message, wrong, ident)
            assert not prepared.verify(message, wrong, ident)
        assert not native.sm2_verify(public, message + b"x", theirs, ident)
        assert native.sm2_verify_batch([public] * 4, [message] * 4, [theirs, *ours], ident) == [True] * 4


@needs_libcrypto
def test_random_digests_against_libcrypto() -> None:
    """Numbers with long runs of ones and zeros, which reach the carries that random ones do not."""
    dice = random.Random(5)

    def striped() -> int:
        value = 0
        while value.bit_length() < 256:
            run = dice.randrange(1, 80)
            value = value << run | (2**run - 1 if dice.random() < 0.5 else 0) | (value == 0)
        return value & (2**256 - 1)

    columns: list[tuple[bytes, ...]] = []
    for _ in range(100):
        d = (striped() % (N - 2) + 1).to_bytes(32, "big")
        digest, nonce = striped().to_bytes(32, "big"), (striped() % (N - 1) + 1).to_bytes(32, "big")
        public = native.sm2_public_key(d)
        signature = native.sm2_sign_digest(d, digest, nonce)
        assert Peer(public).verify_digest(digest, signature)
        assert native.sm2_verify_digest(public, digest, signature)
        assert native.Sm2Key(public).verify_digest(digest, signature)
        columns.append((d, digest, nonce, public, signature))
    keys, digests, nonces, publics, signatures = (b"".join(column) for column in zip(*columns, strict=True))
    assert native.sm2_sign_digests(keys, digests, nonces) == signatures
    assert native.sm2_verify_digests(publics, digests, signatures) == [True] * 100
    signer, prepared = native.Sm2Signer(columns[0][0]), native.Sm2Key(columns[0][3])
    by_one = signer.sign_digests(digests)
    assert prepared.verify_digests(digests, by_one) == [True] * 100
    assert prepared.verify_digests(digests, signatures) == [True] + [False] * 99
    peer = Peer(columns[0][3])
    for i, (_, digest, *_) in enumerate(columns):
        assert peer.verify_digest(digest, by_one[64 * i : 64 * i + 64])


def test_against_gmssl() -> None:
    sm2 = pytest.importorskip("gmssl.sm2", reason="needs gmssl")
    dice = random.Random(6)
    for _ in range(4):
        d, k = (dice.randrange(1, N - 1).to_bytes(32, "big") for _ in range(2))
        digest = dice.randbytes(32)
        public = native.sm2_public_key(d)
        # It takes a key whose first byte is 04 for one with a prefix.
        if public[0] != 4:
            peer = sm2.CryptSM2(private_key=d.hex(), public_key=public.hex())
            signature = native.sm2_sign_digest(d, digest, k)
            assert peer.sign(digest, k.hex()) == signature.hex()
            assert peer.verify(signature.hex(), digest)
            assert native.sm2_verify_digest(public, digest, signature)
