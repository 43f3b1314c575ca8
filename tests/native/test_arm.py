"""The core on Arm, cross-compiled with the flags of the shipped build and emulated.

Published vectors: GB/T 32905, GB/T 32907, GM/T 0042 (HMAC-SM3), draft-ribose-cfrg-sm4 (modes). Random data: against
`cryptography` (OpenSSL), in one run for each implementation, since starting the emulator costs more than the work.
"""

import hashlib
import random
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jinka import native
from jinka.native import build

from tests.bench import arm

NATIVE = Path(native.__file__).resolve().parent

# What each CPU must find, best last. None of the Cortex ones has SM3 or SM4; R5 has no NEON.
FOUND = {
    ("arm64", "max"): ("portable", "neon", "pmull", "armsm3", "armsm4"),
    ("arm64", "cortex-a53"): ("portable", "neon", "pmull"),
    ("arm64", "cortex-a57"): ("portable", "neon", "pmull"),
    ("arm64", "cortex-a72"): ("portable", "neon", "pmull"),
    ("arm64", "neoverse-n1"): ("portable", "neon", "pmull"),
    ("armhf", "max"): ("portable", "neon"),
    ("armhf", "cortex-a7"): ("portable", "neon"),
    ("armhf", "cortex-r5f"): ("portable",),
}
EVERY = sorted({name for names in FOUND.values() for name in names})
BEST = [("arm64", name) for name in FOUND["arm64", "max"]] + [("armhf", name) for name in FOUND["armhf", "max"]]


@dataclass(frozen=True)
class Machine:
    """One of the targets, its programs compiled when they are first asked for."""

    target: str
    folder: Path

    def program(self, name: str) -> Path:
        found = self.folder / name
        if not found.exists():
            source = NATIVE / "check" / f"{name}.c"
            compiler, objects = arm.TARGETS[self.target][0], sorted(self.folder.glob("*.o"))
            self.call(compiler, *build.FLAGS, "-static", source, *objects, "-o", found)
        return found

    def call(self, *command: str | Path) -> str:
        parts = [str(part) for part in command]
        result = subprocess.run(parts, capture_output=True, text=True, timeout=120, check=False, cwd=self.folder)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def run(
        self, name: str, *arguments: str, cpu: str = "max", asked: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        emulator = arm.TARGETS[self.target][1]
        command = [emulator, "-cpu", cpu, str(self.program(name)), *arguments]
        return subprocess.run(command, input=asked, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Machine]:
    found = {}
    for target, (compiler, *_) in arm.TARGETS.items():
        if arm.missing(target):
            pytest.skip(f"{' and '.join(arm.missing(target))} not installed")
        machine = found[target] = Machine(target, tmp_path_factory.mktemp(target))
        machine.call(compiler, *build.FLAGS, "-Werror", "-c", *sorted(NATIVE.glob("src/**/*.c")))
    return found


pytestmark = pytest.mark.peer


@pytest.mark.parametrize(("target", "cpu"), FOUND)
def test_only_what_the_cpu_has_is_found_and_the_rest_is_refused(
    machines: dict[str, Machine], target: str, cpu: str
) -> None:
    """A CPU without the instructions never meets one: the emulator would end the program."""
    found = machines[target].run("answer", cpu=cpu)
    assert tuple(found.stdout.split()) == FOUND[target, cpu]
    for name in EVERY:
        run = machines[target].run("answer", name, cpu=cpu, asked="")
        assert run.returncode == (0 if name in FOUND[target, cpu] else 2), run.stderr


@pytest.mark.parametrize(("target", "cpu"), [("arm64", "max"), ("arm64", "cortex-a53"), ("armhf", "max")])
def test_contract(machines: dict[str, Machine], target: str, cpu: str) -> None:
    run = machines[target].run("vectors", cpu=cpu)
    assert run.returncode == 0, run.stderr
    assert tuple(run.stdout.split()) == FOUND[target, cpu]
    run = machines[target].run("vectors_modes", cpu=cpu)
    assert run.returncode == 0, run.stderr
    assert tuple(run.stdout.split()) == tuple(name for name in FOUND[target, cpu] if name != "armsm3")


def test_without_the_hosts_answer_nothing_is_assumed(machines: dict[str, Machine]) -> None:
    """The core neither asks the CPU nor guesses."""
    program = machines["arm64"].folder / "bare"
    source = machines["arm64"].folder / "bare.c"
    source.write_text(
        f'#include "{NATIVE}/src/jk_internal.h"\n'
        'int main(void) { return (int)jk_cpu_features() | jk_init("armsm3") == 0; }\n'
    )
    compiler = arm.TARGETS["arm64"][0]
    objects = sorted(machines["arm64"].folder.glob("*.o"))
    machines["arm64"].call(compiler, *build.FLAGS, "-static", source, *objects, "-o", program)
    machines["arm64"].call(arm.TARGETS["arm64"][1], "-cpu", "max", program)


def ask(machine: Machine, name: str, questions: list[tuple[str, bytes, bytes, bytes]]) -> list[str]:
    lines = [" ".join([what, *(part.hex() or "-" for part in parts)]) for what, *parts in questions]
    run = machine.run("answer", name, asked="\n".join(lines) + "\n")
    assert run.returncode == 0, run.stderr
    answers = run.stdout.splitlines()
    assert len(answers) == len(questions)
    return answers


KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
CIPHER = "681edf34d206965e86b3e94f536e4246"
COUNT = bytes(range(16))
LETTERS = bytes.fromhex("aaaaaaaabbbbbbbbccccccccddddddddeeeeeeeeffffffffaaaaaaaabbbbbbbb")
PAIRS = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "aa" * 8 + "bb" * 8)
ECB = "5ec8143de509cff7b5179f8f474b86192f1d305a7fb17df985f81c8482192304"
CBC = "78ebb11cc40b0a48312aaeb2040244cb4cb7016951909226979b0d15dc6a8f6d"
CTR = (
    "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
    "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514"
)
PUBLISHED: list[tuple[str, bytes, bytes, bytes, str]] = [
    ("sm3", b"", b"", b"", "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"),
    ("sm3", b"", b"", b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    ("sm3", b"", b"", b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    (
        "hmac",
        bytes(range(1, 33)),
        b"",
        b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
        "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
    ),
    (
        "hmac",
        bytes(range(1, 38)),
        b"",
        b"\xcd" * 50,
        "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae",
    ),
    ("ecb", KEY, b"", KEY, CIPHER),
    ("decb", KEY, b"", bytes.fromhex(CIPHER), KEY.hex()),
    ("ecb", KEY, b"", LETTERS, ECB),
    ("decb", KEY, b"", bytes.fromhex(ECB), LETTERS.hex()),
    ("cbc", KEY, COUNT, LETTERS, CBC),
    ("dcbc", KEY, COUNT, bytes.fromhex(CBC), LETTERS.hex()),
    ("mac0", KEY, COUNT, LETTERS, CBC[-32:]),
    ("keyed0", KEY, COUNT, LETTERS, CBC[-32:]),
    ("ctr", KEY, COUNT, PAIRS, CTR),
    ("ctr", KEY, COUNT, bytes.fromhex(CTR), PAIRS.hex()),
]


@pytest.mark.parametrize(("target", "name"), BEST)
def test_published_vectors(machines: dict[str, Machine], target: str, name: str) -> None:
    answers = ask(machines[target], name, [(what, key, iv, data) for what, key, iv, data, _ in PUBLISHED])
    assert answers == [expected for *_, expected in PUBLISHED]


def padded(data: bytes, padding: str) -> bytes:
    if padding == "2":
        data += b"\x80"
    return data + bytes(-len(data) % 16) if data else bytes(16)


@pytest.mark.parametrize(("target", "name"), BEST)
def test_random_data_against_openssl(machines: dict[str, Machine], target: str, name: str) -> None:
    hashes = pytest.importorskip("cryptography.hazmat.primitives.hashes", reason="needs cryptography")
    from cryptography.hazmat.primitives import cmac, hmac
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    def cipher(key: bytes, mode: modes.Mode, data: bytes, decrypt: bool = False) -> bytes:
        both: Any = Cipher(algorithms.SM4(key), mode)
        one = both.decryptor() if decrypt else both.encryptor()
        result: bytes = one.update(data) + one.finalize()
        return result

    def gcm(key: bytes, iv: bytes, data: bytes) -> bytes:
        one = Cipher(algorithms.SM4(key), modes.GCM(iv)).encryptor()
        one.authenticate_additional_data(iv)
        return one.update(data) + one.finalize() + one.tag

    ecb = modes.ECB()  # noqa: S305
    chance = random.Random(f"{target} {name}")
    questions, expected = [], []
    for n in [*range(70), *(chance.randrange(1100) for _ in range(60))]:
        key, iv, data = chance.randbytes(16), chance.randbytes(16), chance.randbytes(n)
        if n % 3 == 0:
            iv = bytes(8) + b"\xff" * 7 + iv[15:]  # a counter that carries into its high half
        whole = data[: n // 16 * 16] if n >= 70 else chance.randbytes(16 * n)
        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        code = hmac.HMAC(key * (1 + n % 6), hashes.SM3())
        code.update(data)
        expected += [digest.finalize(), code.finalize(), cipher(key, ecb, whole)]
        expected += [cipher(key, ecb, whole, True), cipher(key, modes.CBC(iv), whole)]
        expected += [cipher(key, modes.CBC(iv), whole, True), cipher(key, modes.CTR(iv), data)]
        questions += [("sm3", b"", b"", data), ("hmac", key * (1 + n % 6), b"", data), ("ecb", key, b"", whole)]
        questions += [("decb", key, b"", whole), ("cbc", key, iv, whole), ("dcbc", key, iv, whole)]
        questions += [("ctr", key, iv, data)]
        sealed = gcm(key, iv[: 8 + n % 9], data)
        code = cmac.CMAC(algorithms.SM4(key))
        code.update(data)
        tag = code.finalize()
        derived = b"".join(hashlib.new("sm3", data + i.to_bytes(4, "big")).digest() for i in range(1, 2 + n // 32))
        expected += [sealed, data, tag, tag, derived[:n]]
        questions += [("gcm", key, iv[: 8 + n % 9], data), ("dgcm", key, iv[: 8 + n % 9], sealed), ("cmac", key, b"", data)]
        questions += [("keyedc", key, b"", data), ("kdf", b"", b"", data)]
        for padding in "12":
            mac = cipher(key, modes.CBC(iv), padded(data, padding))[-16:]
            questions += [(f"mac{padding}", key, iv, data), (f"keyed{padding}", key, iv, data)]
            expected += [mac, mac]
    assert ask(machines[target], name, questions) == [answer.hex() for answer in expected]


@pytest.fixture(scope="module")
def programs(machines: dict[str, Machine]) -> dict[str, Path]:
    flags = [*build.FLAGS, "-DJK_PLANT_BRANCH"]
    return {
        target: arm.compiled(target, machine.folder, flags, sorted(machine.folder.glob("*.o")))
        for target, machine in machines.items()
    }


@pytest.fixture(scope="module")
def counted(programs: dict[str, Path]) -> dict[str, dict[str, arm.Counts]]:
    found: dict[str, dict[str, arm.Counts]] = {target: {} for target in programs}
    for target, name in BEST:
        found[target][name] = arm.counts(target, programs[target], name)
    return found


@pytest.mark.parametrize(("target", "name"), BEST)
def test_the_instructions_are_the_same_for_every_secret(programs: dict[str, Path], target: str, name: str) -> None:
    """Not only their number: no branch was decided by a key, by data or by a counter. The planted one is, and is seen."""
    one, other = (arm.traced(target, programs[target], name, secret) for secret in (2, 10))
    assert [what for what in one if one[what] != other[what]] == ["planted"]


@pytest.mark.parametrize(("target", "name"), BEST)
def test_none_takes_more_instructions_than_the_portable_one(
    counted: dict[str, dict[str, arm.Counts]], target: str, name: str
) -> None:
    portable, own = counted[target]["portable"], counted[target][name]
    assert {what: count for what, count in own.items() if count > portable[what]} == {}


def test_what_the_instructions_are_for_takes_far_fewer(counted: dict[str, dict[str, arm.Counts]]) -> None:
    counts = counted["arm64"]
    assert 5 * counts["armsm3"]["SM3, a block of many"] < counts["portable"]["SM3, a block of many"]
    assert 40 * counts["armsm4"]["SM4, one of 64 blocks"] < counts["portable"]["SM4, one of 64 blocks"]
    assert 3 * counts["neon"]["SM4, one of 64 blocks"] < counts["portable"]["SM4, one of 64 blocks"]
    assert 250 * counts["armsm4"]["SM4-CBC, one of 64 blocks"] < counts["portable"]["SM4-CBC, one of 64 blocks"]
    assert 20 * counts["pmull"]["GHASH, one of 64 blocks"] < counts["portable"]["GHASH, one of 64 blocks"]
    assert 4 * counted["armhf"]["neon"]["SM4, one of 64 blocks"] < counted["armhf"]["portable"]["SM4, one of 64 blocks"]
    assert 7 * counts["neon"]["SM4, one block"] < counts["portable"]["SM4, one block"]


def test_the_extension_compiles_for_arm(tmp_path: Path, machines: dict[str, Machine]) -> None:
    """What cffi writes, with build.py's flags; the core's own files were compiled so above.

    Python's headers are those of this machine: another with 64-bit pointers has the same limited interface.
    """
    module = tmp_path / "module.c"
    build.describe(NATIVE).emit_c_code(str(module))
    assert "jk_ask_host" in module.read_text()
    include = Path(sysconfig.get_paths()["include"])
    config = Path(sysconfig.get_config_h_filename())
    shim = tmp_path / "aarch64-linux-gnu" / include.name
    shim.mkdir(parents=True)
    if config.exists() and config.parent == include:
        multiarch = Path("/usr/include") / str(sysconfig.get_config_var("MULTIARCH")) / include.name / "pyconfig.h"
        config = multiarch if multiarch.exists() else config
    shutil.copy(config, shim / "pyconfig.h")
    flags = [*build.FLAGS, "-DPy_LIMITED_API", f"-I{tmp_path}", f"-I{include}", f"-I{NATIVE / 'include'}"]
    compiler = arm.TARGETS["arm64"][0]
    machines["arm64"].call(compiler, *flags, "-c", module, "-o", tmp_path / "module.o")
    defined = subprocess.run(["nm", str(tmp_path / "module.o")], capture_output=True, text=True, check=True).stdout
    assert "getauxval" in defined
