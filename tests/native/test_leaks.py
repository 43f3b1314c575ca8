"""Constant time where valgrind cannot go: the machine code of GFNI, AVX-512 and their like, followed by `check/leaks.py`."""

import platform
import re
import subprocess
from pathlib import Path

import pytest
from jinka.native import __file__ as here
from jinka.native.check.leaks import leaks
from jinka.native.check.listing import disassemble

NATIVE = Path(here).resolve().parent
# What valgrind 3.19 does not run.
WIDE = sorted(path for path in NATIVE.glob("src/**/*.c") if re.search(r"gfni|avx512|vpclmul|ifma", path.name))
# Parameters that point to pointers and lengths; see leaks.py.
PUBLIC = {"run": ["rdi", "rcx", "rsp"], "macs": ["rsi"], "zmm_macs": ["rsi"], "ymm_macs": ["rsi"], "digests": ["rsp"],
          "absorb": ["rsi"]}  # fmt: skip

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="machine code of x86-64 is judged")


def judged(source: Path, folder: Path) -> list[str]:
    """What the code leaks, as it is shipped."""
    target = folder / "judged.o"
    flags = ["-std=c11", "-O3", "-fPIC", "-fvisibility=hidden"]
    subprocess.run(["gcc", *flags, "-c", source, "-o", target], check=True)
    # A function whose name ends in _var works on what is public.
    return [str(leak) for leak in leaks(disassemble(target), PUBLIC) if not re.search(r"_var\b", leak.function)]


@pytest.mark.parametrize("source", WIDE, ids=lambda path: path.stem)
def test_no_branch_and_no_address_depends_on_a_secret(source: Path, tmp_path: Path) -> None:
    assert judged(source, tmp_path) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        # Innocent: the length decides, and a table of constants is walked through.
        ("for (size_t i = 0; i < n; i++) out[i] = in[i] ^ table[i & 15];", ""),
        ("__m512i v = _mm512_loadu_si512(in); _mm512_mask_storeu_epi8(out, (1ull << n) - 1, v);", ""),
        ("out[0] = (uint8_t)((in[0] - in[1]) >> 31 & in[2]);", ""),
        # Guilty, by everything that a compiler may make of it.
        ("out[0] = table[in[0] & 15];", "an address made of a secret"),
        ("__m512i v = _mm512_loadu_si512(in); out[0] = table[_mm_cvtsi128_si32(_mm512_castsi512_si128(v)) & 15];", "an address"),
        ("if (in[0] & 1) other(out); out[1] = in[1];", "a jump on a secret"),
        ("__m512i v = _mm512_loadu_si512(in); if (_mm512_test_epi8_mask(v, v) == 5) other(out);", "a jump on a secret"),
        ("__m256i v = _mm256_loadu_si256((const void *)in); if (_mm256_testz_si256(v, v)) other(out);", "a jump on a secret"),
        ("for (size_t i = in[0]; i < n; i++) out[i] = 1;", "secret"),
        ("__m512i v = _mm512_loadu_si512(in); _mm512_mask_storeu_epi8(out, _mm512_movepi8_mask(v), v);", "the mask of an access"),
        ("_mm512_storeu_si512(out, _mm512_i32gather_epi32(_mm512_loadu_si512(in), table, 1));", "a gather"),
        ("out[0] = (uint8_t)(n / (in[0] | 1));", "a division"),
        ("branch(out, in[0]);", "branch+0x"),
        ("memcpy(out, in, *(const size_t *)(const void *)in);", "rdx is secret"),
        ("volatile uint64_t kept = in[0]; other(out); out[1] = table[kept & 15];", "an address made of a secret"),
    ],
)
def test_what_is_planted_is_found(body: str, found: str, tmp_path: Path) -> None:
    source = tmp_path / "planted.c"
    source.write_text(
        f"""
        #include <immintrin.h>
        #include <stddef.h>
        #include <stdint.h>
        #include <string.h>
        extern void other(uint8_t *);
        static const uint8_t table[64] = {{1, 2, 3}};
        __attribute__((noinline)) static void branch(uint8_t *out, int x) {{ if (x > 3) other(out); }}
        __attribute__((target("avx512f,avx512bw,avx512vl,avx2"))) void planted(uint8_t *out, const uint8_t *in, size_t n)
        {{ (void)table; (void)n; (void)branch; {body} }}
        """
    )
    told = judged(source, tmp_path)
    assert bool(told) == bool(found)
    assert found in " ".join(told)
