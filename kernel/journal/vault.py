"""Vault: where a ledger's two keys live, and the only place that sees a stored PAN in clear.

A reversal and a batch upload need the whole PAN, days after the card has gone. The database never holds it: it holds
the PAN sealed under AES-256-GCM and a keyed hash (HMAC-SHA-256) to find a card again. Both keys stand in one file
beside the database, mode 0600. A vendor with a security module implements `Vault` over it and hands that to the
ledger: then no key leaves the module and the file does not exist.
"""

import hashlib
import hmac
import os
from pathlib import Path
from typing import Protocol

from jinka.kernel.errors import ConfigError
from jinka.kernel.secret import Secret

KEY_BYTES = 32
_NONCE_BYTES = 12


class Vault(Protocol):
    """Seals, opens and marks. `mark` is deterministic and one-way: the same value gives the same 32 bytes."""

    def seal(self, value: Secret, bound_to: str, /) -> bytes:
        """Enciphers a value so that it opens only with the same `bound_to`."""
        ...

    def open(self, sealed: bytes, bound_to: str, /) -> Secret:
        """The value back. Raises `ConfigError` when the key is another one or the bytes were changed."""
        ...

    def mark(self, value: Secret, /) -> bytes:
        """A keyed hash of a value."""
        ...


class FileVault:
    """Two keys of 32 bytes in a file of mode 0600: first for sealing, then for hashing."""

    def __init__(self, path: Path, *, create: bool) -> None:
        """Reads the file, or with `create` makes it when it is not there. Raises `ConfigError` when it is not usable:
        a ledger whose key was lost must not go on with another one."""
        if create and not path.exists():
            _create(path)
        try:
            keys = path.read_bytes()
        except OSError as fault:
            raise ConfigError(f"cannot read: {fault.strerror}", file=str(path)) from None
        if len(keys) != 2 * KEY_BYTES:
            raise ConfigError(f"a ledger key file has {2 * KEY_BYTES} bytes, not {len(keys)}", file=str(path))
        if path.stat().st_mode & 0o077:
            raise ConfigError("others may read the ledger key: chmod 600", file=str(path))
        self._path = path
        self._sealing, self._hashing = Secret(keys[:KEY_BYTES]), Secret(keys[KEY_BYTES:])

    def seal(self, value: Secret, bound_to: str, /) -> bytes:
        """Nonce (12 bytes) and AES-256-GCM ciphertext with tag; a copy under another reference does not open."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._sealing.reveal()).encrypt(nonce, value.reveal(), bound_to.encode())

    def open(self, sealed: bytes, bound_to: str, /) -> Secret:
        """The value back."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return Secret(AESGCM(self._sealing.reveal()).decrypt(nonce, body, bound_to.encode()))
        except (InvalidTag, ValueError):
            raise ConfigError("the ledger was not sealed under this key", file=str(self._path)) from None

    def mark(self, value: Secret, /) -> bytes:
        """HMAC-SHA-256: HMAC-SM3 would do as well, but this one needs no C core to read a ledger."""
        return hmac.new(self._hashing.reveal(), value.reveal(), hashlib.sha256).digest()


def _create(path: Path) -> None:
    """Writes new keys under another name first: a power cut leaves either no key file or a whole one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, os.urandom(2 * KEY_BYTES))
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(fresh, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
