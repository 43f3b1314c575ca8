"""Python's way to many MACs in one call, and SM4's own (ISO/IEC 9797-1 algorithm 1); the conventions are those of `bind.py`.

Keys, messages and results each stand one after the other in one buffer, in the same order. Other Python threads run
meanwhile, and a large batch is shared among several: `threads` None takes the processors there are when each would have
enough to do, 1 keeps to the calling thread, any other number is the most to use.
"""

import os
from collections.abc import Callable, Sequence
from enum import IntFlag
from itertools import pairwise
from typing import Any

from jinka.native._core import ffi, lib
from jinka.native.bind import Buffer, Padding, refuse, view

# Bytes of input below which a thread's start would show: a tenth of a millisecond, against one or more of work.
SHARE = 1 << 22


class PurseReading(IntFlag):
    """How an electronic purse uses SM4, where cards differ and no published text decides."""

    USUAL = 0
    """Session key from the seed and 80 00 ..; of a MAC, the leftmost four bytes."""
    SEED_NOT = lib.JK_PURSE_SEED_NOT
    """Session key from the seed and NOT seed."""
    FOLD_XOR = lib.JK_PURSE_FOLD_XOR
    """Of a MAC, the sum of its four words."""


KEYS, DATA = "16 each", "as many of one length, whole blocks if not padded"


def sm4_cbc_mac_batch(
    keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE, *, threads: int | None = None
) -> bytes:
    """`count` MACs of 16 bytes, each as `sm4_cbc_mac` of its message under its 16-byte key."""
    wants = {"keys": KEYS, "data": DATA}
    return run("sm4_cbc_mac_batch", lib.jk_sm4_cbc_mac_batch, 16, count, wants, (keys, data), padding, threads=threads)


def sm4_cbc_mac_verify_batch(
    macs: Buffer, keys: Buffer, data: Buffer, count: int, padding: Padding = Padding.NONE, *, threads: int | None = None
) -> list[bool]:
    """Whether each MAC begins as `macs` says, which has 4 to 16 bytes of each."""
    wants, call = {"macs": "as many of 4 to 16", "keys": KEYS, "data": DATA}, lib.jk_sm4_cbc_mac_verify_batch
    return verdicts(run("sm4_cbc_mac_verify_batch", call, 1, count, wants, (macs, keys, data), padding, threads=threads))


def sm4_purse_mac_batch(
    master: Buffer, serials: Buffer, seeds: Buffer, data: Buffer,
    reading: PurseReading = PurseReading.USUAL, *, threads: int | None = None,
) -> bytes:  # fmt: skip
    """MAC1 or MAC2 of many purse transactions with SM4, 4 bytes each: card key SM4(master; serial || NOT serial) from the
    card's 8-byte serial number, session key from the 8-byte seed, CBC-MAC with padding method 2. Which of the readings a
    card follows is not published."""
    wants, columns = {"serials": "8 each", "seeds": "8 each", "data": "as many of one length"}, (serials, seeds, data)
    call = lib.jk_sm4_purse_mac_batch
    return run("sm4_purse_mac_batch", call, 4, None, wants, columns, reading, master=master, threads=threads)


def sm4_purse_tac_batch(
    master: Buffer, serials: Buffer, data: Buffer,
    reading: PurseReading = PurseReading.USUAL, *, threads: int | None = None,
) -> bytes:  # fmt: skip
    """TACs of many purse transactions with SM4, 4 bytes each, under the card key itself."""
    wants, call = {"serials": "8 each", "data": "as many of one length"}, lib.jk_sm4_purse_tac_batch
    return run("sm4_purse_tac_batch", call, 4, None, wants, (serials, data), reading, master=master, threads=threads)


def run(
    function: str, call: Callable[..., int], size: int, count: int | None, wants: dict[str, str],
    columns: Sequence[Buffer], *options: int, master: Buffer | None = None, threads: int | None = None,
) -> bytes:  # fmt: skip
    """`size` bytes for each of `count`: the C core's batch functions all take output, perhaps a master key, columns, count
    and options. `count` None is one for every eight bytes of the first column. A column that does not divide by it is for
    the core to refuse; `wants` names the columns and says what is wanted."""
    sources = [view(data) for data in columns]
    if count is None:
        count = len(sources[0]) // 8
    out = bytes(size * max(count, 0))
    key = () if master is None else both((view(master),))
    parts = shares(count, threads, [len(source) for source in sources])
    if len(parts) > 1:
        status = apart(call, out, key, sources, count, options, parts)
    else:
        status = call(out, len(out), *key, *both(sources), count, *options) if count >= 0 else lib.JK_ERR_LENGTH
    if status != 0:
        told = {name: (len(source), want) for (name, want), source in zip(wants.items(), sources, strict=True)}
        if master is not None:
            told["master"] = len(master), "16"
        refuse(f"{function} of {count}", **told)
    return out


def both(sources: Sequence[Any]) -> list[Any]:
    """Each source and its length."""
    return [x for source in sources for x in (source, len(source))]


def apart(
    call: Callable[..., int], out: bytes, key: Sequence[Any], sources: Sequence[Any], count: int, options: Sequence[int],
    parts: Sequence[tuple[int, int]],
) -> int:  # fmt: skip
    """One call for each part, into its place in `out`; the worst status."""
    wholes = [ffi.from_buffer("uint8_t[]", x) if type(x) is bytes else x for x in (out, *sources)]

    def work(part: tuple[int, int]) -> int:
        first, n = part
        pieces = [x for whole in wholes for x in (whole + len(whole) // count * first, len(whole) // count * n)]
        return call(*pieces[:2], *key, *pieces[2:], n, *options)

    return min(together(work, parts))


def shares(count: int, threads: int | None, lengths: Sequence[int]) -> list[tuple[int, int]]:
    """First and number of the items of each thread. One share, if the lengths do not divide."""
    if threads is None:
        threads = 1 if sum(lengths) < 2 * SHARE else min(processors(), sum(lengths) // SHARE)
    if threads <= 1 or count < threads or any(length % count for length in lengths):
        return [(0, count)]
    edges = [count * i // threads for i in range(threads + 1)]
    return [(first, end - first) for first, end in pairwise(edges)]


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def together(work: Callable[[tuple[int, int]], int], parts: Sequence[tuple[int, int]]) -> list[int]:
    """The calling thread takes the first part. Threads live as long as the batch: none is left behind in a fork."""
    from concurrent.futures import ThreadPoolExecutor  # which only large batches need

    with ThreadPoolExecutor(len(parts) - 1) as pool:
        others = pool.map(work, parts[1:])
        return [work(parts[0]), *others]


def verdicts(flags: bytes) -> list[bool]:
    """1 and 0 as bool."""
    if 0 not in flags:
        return [True] * len(flags)
    told: list[bool] = memoryview(flags).cast("?").tolist()  # type: ignore[assignment]
    return told
