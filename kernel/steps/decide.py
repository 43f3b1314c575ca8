"""Decide: terminal action analysis (EMV 4.4 Book 3 clause 10.7).

# spec: emv-b3/10.7, emv-b3/10.8
"""

import hashlib

from jinka.kernel.data import dol, tags
from jinka.kernel.data.fields import Cryptogram, Tvr
from jinka.kernel.effects import Reached, Service, Step
from jinka.kernel.steps.transaction import Transaction

_NONE = bytes(5)
_ALL = b"\xff" * 5
ALWAYS_ONLINE = (Service.BALANCE, Service.LOAD, Service.LOAD_OTHER_ACCOUNT, Service.LOAD_CASH)


async def decide(tx: Transaction) -> None:
    """Sets `tx.asked`, the cryptogram to ask for first."""
    _hash_transaction(tx)
    tx.asked = analyse(tx)
    await Reached(Step.DECIDED, tx.snapshot(f"ask for {tx.asked.name}"))


def analyse(tx: Transaction) -> Cryptogram:
    """The decision alone: a function of the TVR, the action codes, the terminal and the request."""
    if denied(tx) or tx.request.service is Service.REFUND:
        return Cryptogram.AAC
    if tx.request.service in ALWAYS_ONLINE:
        return Cryptogram.ARQC
    if tx.device.offline_only:
        return Cryptogram.AAC if defaulted(tx) else Cryptogram.TC
    if tx.device.online_only or _matches(tx, tags.IAC_ONLINE, tx.application.tac_online, _ALL):
        return Cryptogram.ARQC
    return Cryptogram.TC


def denied(tx: Transaction) -> bool:
    """A bit of the denial codes is set; a card without the issuer's code has none."""
    return _matches(tx, tags.IAC_DENIAL, tx.application.tac_denial, _NONE)


def defaulted(tx: Transaction) -> bool:
    """A bit of the default codes is set: decline when the host cannot be reached."""
    return _matches(tx, tags.IAC_DEFAULT, tx.application.tac_default, _ALL)


def _matches(tx: Transaction, issuer: int, terminal: bytes, absent: bytes) -> bool:
    codes = int.from_bytes(tx.store.get(issuer) or absent, "big") | int.from_bytes(terminal, "big")
    return bool(int(tx.tvr) & codes)


def _hash_transaction(tx: Transaction) -> None:
    """The TC hash value 98, when a CDOL asks for it. # spec: emv-b3/9.2.2"""
    asked = any(
        entry.tag == tags.TC_HASH
        for tag in (tags.CDOL1, tags.CDOL2)
        for entry in dol.parse(tx.store.get(tag) or b"", f"{tag:X}")
    )
    if not asked:
        return
    raw = tx.store.get(tags.TDOL)
    if raw is None:
        tx.tvr |= Tvr.DEFAULT_TDOL_USED
        raw = bytes(tx.application.default_tdol)
    tx.put_terminal(tags.TC_HASH, hashlib.sha1(tx.fill(raw, "TDOL"), usedforsecurity=False).digest())
