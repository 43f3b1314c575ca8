"""What the binding promises besides right answers: refusals, wiping, independence, the choice of implementation."""

import copy
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from jinka import native
from jinka.native import NativeFault, Padding, bind
from jinka.native._core import ffi, lib

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


@pytest.mark.parametrize(
    "call",
    [
        lambda: native.sm4_encrypt_block(KEY[:15], KEY),
        lambda: native.sm4_encrypt_block(KEY, KEY + b"x"),
        lambda: native.sm4_decrypt_block(KEY + KEY, KEY),
        lambda: native.sm4_decrypt_block(KEY, b""),
        lambda: native.sm4_cbc_mac(KEY, b""),
        lambda: native.sm4_cbc_mac(KEY, KEY + b"x"),
        lambda: native.sm4_cbc_mac(KEY[:8], KEY),
        lambda: native.sm4_cbc_mac(KEY, KEY, iv=KEY[:8]),
        lambda: native.Sm4(KEY[:1]),
        lambda: native.Sm4(KEY).encrypt_block(b""),
        lambda: native.Sm4(KEY).encrypt_block(KEY + KEY),
        lambda: native.Sm4(KEY).decrypt_block(KEY[1:]),
        lambda: native.Sm4(KEY).encrypt_ecb(KEY[1:]),
        lambda: native.Sm4(KEY).decrypt_ecb(KEY[1:]),
        lambda: native.Sm4(KEY).encrypt_cbc(KEY[1:], KEY),
        lambda: native.Sm4(KEY).encrypt_cbc(KEY, KEY[1:]),
        lambda: native.Sm4(KEY).decrypt_cbc(KEY, KEY[1:]),
        lambda: native.Sm4(KEY).ctr(KEY + b"x", b"y"),
        lambda: native.Sm4(KEY).cbc_mac(KEY[1:]),
        lambda: native.Sm4(KEY).cbc_mac(KEY, iv=b""),
    ],
)
def test_wrong_lengths_are_refused_without_telling_secrets(call: Callable[[], object]) -> None:
    with pytest.raises(NativeFault, match=r"of \d+ bytes \(want ") as caught:
        call()
    told = str(caught.value)
    for secret in (KEY.hex()[:8], "\\x", "b'", "#Eg"):
        assert secret not in told


@pytest.mark.parametrize("wrong", ["0123456789abcdef", 16, None, [1] * 16])
def test_wrong_types_are_refused(wrong: bytes) -> None:
    with pytest.raises(TypeError):
        native.sm3(wrong)
    with pytest.raises(TypeError):
        native.sm4_encrypt_block(wrong, KEY)


def test_unknown_padding_is_refused() -> None:
    with pytest.raises(ValueError, match="3 is not a valid Padding"):
        native.sm4_cbc_mac(KEY, KEY, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_any_bytes_like_object_is_data(kind: Callable[[bytes], bytearray | memoryview]) -> None:
    data = kind(KEY)
    assert native.sm3(data) == native.sm3(KEY)
    assert native.sm4_encrypt_block(data, data) == native.sm4_encrypt_block(KEY, KEY)
    assert native.Sm4(data).ctr(data, data) == native.Sm4(KEY).ctr(KEY, KEY)
    assert bytes(data) == KEY


def test_inputs_are_left_alone() -> None:
    iv, data = bytearray(KEY), bytearray(KEY * 40)
    key = native.Sm4(KEY)
    key.encrypt_cbc(iv, data)
    key.decrypt_cbc(iv, data)
    key.ctr(iv, data)
    key.cbc_mac(data, Padding.METHOD_2, iv)
    assert iv == KEY
    assert data == KEY * 40


def test_a_wiped_key_is_zeros_and_unusable() -> None:
    key = native.Sm4(KEY)
    context = key._ctx
    assert any(ffi.buffer(context)[:])
    key.wipe()
    assert not any(ffi.buffer(context)[:])
    key.wipe()
    for call in (key.encrypt_block, key.decrypt_ecb, key.cbc_mac):
        with pytest.raises(NativeFault, match="wiped"):
            call(KEY)
    with pytest.raises(NativeFault, match="wiped"):
        key.ctr(KEY, KEY)


def test_a_with_block_wipes_even_when_it_fails() -> None:
    with pytest.raises(ZeroDivisionError), native.Sm4(KEY) as key:
        raise ZeroDivisionError
    with pytest.raises(NativeFault, match="wiped"):
        key.encrypt_block(KEY)


def test_keys_are_not_copied_and_do_not_show() -> None:
    key = native.Sm4(KEY)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            attempt(key)
    assert KEY.hex() not in repr(key)


def test_digest_copies_are_independent() -> None:
    one = native.Sm3(b"ab")
    two = one.copy()
    one.update(b"c")
    assert one.digest() == one.digest() == native.sm3(b"abc")
    assert two.digest() == native.sm3(b"ab")
    two.update(b"d")
    assert two.digest() == native.sm3(b"abd")
    assert one.digest() == native.sm3(b"abc")
    with pytest.raises(TypeError, match="copy"):
        copy.copy(one)


def test_equal() -> None:
    assert native.equal(b"", b"")
    assert native.equal(KEY, bytearray(KEY))
    assert not native.equal(KEY, KEY[:-1])
    for i in range(16):
        for bit in range(8):
            other = bytearray(KEY)
            other[i] ^= 1 << bit
            assert not native.equal(KEY, other)


def test_threads_do_not_see_each_other() -> None:
    shared = native.Sm4(KEY)
    blocks = [i.to_bytes(16, "big") for i in range(64)]
    expected = [(shared.encrypt_block(b), native.sm4_cbc_mac(b, b * 50), native.sm3(b)) for b in blocks]

    def work(_: int) -> bool:
        return all(
            [
                (shared.encrypt_block(b), native.sm4_cbc_mac(b, b * 50), native.sm3(b)) == e
                for _ in range(5)
                for b, e in zip(blocks, expected, strict=True)
            ]
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


def load(choice: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "JK_CPU"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    if choice is not None:
        environment["JK_CPU"] = choice
    program = "from jinka import native; print(*native.implementation().values(), native.sm3(b'abc').hex()[:8])"
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("name", native.available())
def test_jk_cpu_chooses(name: str) -> None:
    *chosen, digest = load(name).stdout.split()
    assert name in chosen
    assert digest == "66c7f0f4"


@pytest.mark.skipif(len(native.available()) < 3, reason="this CPU has not two implementations beside the portable one")
def test_jk_cpu_takes_several_names() -> None:
    """Each as if it stood alone, in any order; one that is unknown spoils all."""
    first, second = native.available()[1], native.available()[-1]
    apart = [load(name).stdout.split()[:-1] for name in (first, second)]
    both = [(b if b != "portable" else a) for a, b in zip(*apart, strict=True)]
    for choice in (f"{first}+{second}", f"{second}+{first}"):
        assert load(choice).stdout.split()[:-1] == both
    for choice in (f"{first}+", f"+{first}", "+", f"{first}+avx9000", f"{first}{second}", first[:-1], f"{first}x+{second}"):
        assert f"JK_CPU={choice}: this CPU" in load(choice).stderr


def test_without_jk_cpu_the_best_is_used() -> None:
    chosen = load(None).stdout.split()[:-1]
    assert chosen == list(native.implementation().values())
    assert native.available()[-1] in chosen


def test_an_unknown_jk_cpu_stops_the_import() -> None:
    """A silent fall-back would let a test of one path run another."""
    failed = load("avx9000")
    assert failed.returncode != 0
    assert "NativeFault: JK_CPU=avx9000: this CPU has no such implementation" in failed.stderr


def test_a_failed_self_test_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    status = lib.JK_ERR_SELF_TEST
    broken = SimpleNamespace(jk_init=lambda name: status, JK_OK=0, JK_ERR_ARGUMENT=-2)
    monkeypatch.setattr(bind, "lib", broken)
    with pytest.raises(NativeFault, match="self-test of the C core failed"):
        bind.start("")
