"""The first of a million random cases (`make differential`), and the proof that a wrong answer would be seen."""

import pytest
from jinka import native

from tests.native import differ
from tests.support import gcrypt, libcrypto

CASES = {"sm3": 3000, "sm4": 3000, "3des": 2000, "sm2": 150}


@pytest.fixture(autouse=True)
def _peers() -> None:
    if gcrypt.load() is None:
        pytest.skip("libgcrypt 1.10 is missing: apt-get install libgcrypt20")
    if libcrypto.crypto is None:
        pytest.skip("libcrypto 3 is missing: apt-get install libssl3")


@pytest.mark.peer
@pytest.mark.parametrize("name", differ.ALGORITHMS)
def test_no_case_differs(name: str) -> None:
    assert differ.run(name, CASES[name], "tests") == []


@pytest.mark.peer
def test_a_wrong_answer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = native.sm3
    monkeypatch.setattr(native, "sm3", lambda data: right(data)[:-1] + b"\0" if len(data) == 56 else right(data))
    (told,) = differ.run("sm3", 3000, "tests")
    assert "OpenSSL" in told
    assert "libgcrypt" in told
