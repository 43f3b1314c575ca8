"""SM2: refusals, secrets, threads; what `test_contract.py` asks of the other algorithms."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from jinka import native
from jinka.native import NativeFault, bind_sm2
from jinka.native._core import ffi

D = bytes(range(1, 33))
PUBLIC = native.sm2_public_key(D)
SIGNATURE = native.sm2_sign(D, b"message")
E = native.sm2_e(PUBLIC, b"message")


@pytest.mark.parametrize(
    "call",
    [
        lambda: native.sm2_public_key(D[1:]),
        lambda: native.sm2_check_key(PUBLIC[1:]),
        lambda: native.sm2_check_key(b"\4\4" + PUBLIC),
        lambda: native.sm2_za(PUBLIC, b"x" * 8192),
        lambda: native.sm2_za(b""),
        lambda: native.sm2_e(PUBLIC[:63], b""),
        lambda: native.sm2_verify(PUBLIC, b"message", SIGNATURE[1:]),
        lambda: native.sm2_verify(PUBLIC, b"message", b""),
        lambda: native.sm2_verify(PUBLIC[1:], b"message", SIGNATURE),
        lambda: native.sm2_verify(PUBLIC, b"message", SIGNATURE, b"x" * 8192),
        lambda: native.sm2_verify_digest(PUBLIC, E[1:], SIGNATURE),
        lambda: native.sm2_verify_digest(PUBLIC, E, SIGNATURE + b"x"),
        lambda: native.sm2_verify_batch([PUBLIC[1:]], [b""], [SIGNATURE]),
        lambda: native.sm2_verify_batch([PUBLIC], [b""], [SIGNATURE[1:]]),
        lambda: native.sm2_sign(D + b"x", b"message"),
        lambda: native.sm2_sign(D, b"message", nonce=D[1:]),
        lambda: native.sm2_sign(D, b"message", b"x" * 8192),
        lambda: native.sm2_sign_digest(D, E[1:]),
        lambda: native.Sm2Key(PUBLIC[2:]),
        lambda: native.Sm2Key(PUBLIC).verify(b"", SIGNATURE[1:]),
        lambda: native.Sm2Key(PUBLIC).verify(b"", SIGNATURE, b"x" * 8192),
        lambda: native.Sm2Key(PUBLIC).verify_digest(E[1:], SIGNATURE),
        lambda: native.Sm2Signer(D[1:]),
        lambda: native.Sm2Signer(D).sign(b"", nonce=b"x"),
        lambda: native.Sm2Signer(D).sign_digest(b""),
    ],
)
def test_wrong_lengths_are_refused_without_telling_secrets(call: Callable[[], object]) -> None:
    with pytest.raises(NativeFault, match=r"of \d+ bytes \(want ") as caught:
        call()
    for secret in (D.hex()[:8], "\\x", "b'"):
        assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: native.sm2_verify_digests(PUBLIC, E, SIGNATURE * 2),
        lambda: native.sm2_verify_digests(PUBLIC[1:], E, SIGNATURE),
        lambda: native.sm2_verify_digests(PUBLIC * 2, E * 2 + b"x", SIGNATURE * 2),
        lambda: native.Sm2Key(PUBLIC).verify_digests(E * 3, SIGNATURE * 2),
        lambda: native.sm2_sign_digests(D, E * 2),
        lambda: native.sm2_sign_digests(D * 2, E * 2, D),
        lambda: native.Sm2Signer(D).sign_digests(E[1:]),
        lambda: native.Sm2Signer(D).sign_digests(E, D[1:]),
    ],
)
def test_columns_of_different_lengths_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(NativeFault, match="want as many of each, whole"):
        call()


def test_batches_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        native.sm2_verify_batch([PUBLIC], [b"", b""], [SIGNATURE])
    assert native.sm2_verify_batch([], [], []) == native.sm2_verify_digests(b"", b"", b"") == []


@pytest.mark.parametrize("wrong", ["0123456789abcdef", 16, None])
def test_wrong_types_are_refused(wrong: bytes) -> None:
    for call in (native.sm2_public_key, native.Sm2Key, native.Sm2Signer, lambda x: native.sm2_verify(PUBLIC, x, SIGNATURE)):
        with pytest.raises(TypeError):
            call(wrong)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_any_bytes_like_object_is_data(kind: Callable[[bytes], bytearray | memoryview]) -> None:
    assert native.sm2_public_key(kind(D)) == PUBLIC
    assert native.sm2_verify(kind(PUBLIC), kind(b"message"), kind(SIGNATURE), kind(b"1234567812345678"))
    assert native.Sm2Key(kind(PUBLIC)).verify(kind(b"message"), kind(SIGNATURE))
    assert native.sm2_verify_batch([kind(PUBLIC)], [kind(b"message")], [kind(SIGNATURE)]) == [True]
    assert native.sm2_sign(kind(D), kind(b"message"), nonce=kind(D)) == native.sm2_sign(D, b"message", nonce=D)


def test_signatures_differ_unless_derived() -> None:
    signer = native.Sm2Signer(D)
    for sign in (signer.sign, lambda m, **k: native.sm2_sign(D, m, **k)):
        assert sign(b"message") != sign(b"message")
        assert sign(b"message", nonce=b"") == sign(b"message", nonce=b"")
        assert sign(b"message", nonce=b"") != sign(b"messagf", nonce=b"")
    assert signer.sign_digest(E, b"") == native.sm2_sign_digest(D, E, b"") == signer.sign(b"message", nonce=b"")


def test_many_signatures() -> None:
    signer = native.Sm2Signer(D)
    for sign in (lambda n, k: signer.sign_digests(E * n, k), lambda n, k: native.sm2_sign_digests(D * n, E * n, k)):
        for n in (0, 1, 5, 40):
            assert sign(n, b"") == signer.sign_digest(E, b"") * n
            assert sign(n, D * n) == signer.sign_digest(E, D) * n
            drawn = sign(n, None)
            assert len({drawn[i : i + 64] for i in range(0, 64 * n, 64)}) == n
            assert native.Sm2Key(PUBLIC).verify_digests(E * n, drawn) == [True] * n


def test_refused_nonces_of_many_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    for sign in (native.Sm2Signer(D).sign_digests, lambda e: native.sm2_sign_digests(D * 4, e)):
        given = [D * 2 + bytes(32) + D, D]
        monkeypatch.setattr(bind_sm2, "os", SimpleNamespace(urandom=lambda n, given=given: given.pop(0)))
        assert sign(E * 4) == native.sm2_sign_digest(D, E, D) * 4


def test_a_refused_nonce_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    given = [bytes(32), b"\xff" * 32, D]
    monkeypatch.setattr(bind_sm2, "os", SimpleNamespace(urandom=lambda n: given.pop(0)))
    assert native.sm2_sign(D, b"message") == native.sm2_sign(D, b"message", nonce=D)
    assert given == []


def test_a_wiped_signer_is_zeros_and_unusable() -> None:
    with native.Sm2Signer(D) as signer:
        context = signer._ctx
        assert D[::-1] in ffi.buffer(context)[:]
        assert signer.public_key == PUBLIC
    assert not any(ffi.buffer(context)[:])
    signer.wipe()
    for call in (signer.sign, signer.sign_digest, signer.sign_digests):
        with pytest.raises(NativeFault, match="wiped"):
            call(E)
    with pytest.raises(NativeFault, match="wiped"):
        _ = signer.public_key


def test_keys_are_not_copied_and_do_not_show() -> None:
    signer, key = native.Sm2Signer(D), native.Sm2Key(PUBLIC)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            attempt(signer)
        with pytest.raises(TypeError, match="not pickled"):
            attempt(key)
    assert D.hex() not in repr(signer)


def test_threads_share_a_prepared_key() -> None:
    key, signer = native.Sm2Key(PUBLIC), native.Sm2Signer(D)
    wrong = bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:]

    def work(i: int) -> bool:
        mine = [signer.sign(bytes([i, j])) for j in range(5)]
        answers = key.verify_digests(E * 20, (SIGNATURE + wrong) * 10)
        return answers == [True, False] * 10 and all(key.verify(bytes([i, j]), rs) for j, rs in enumerate(mine))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(32)))
