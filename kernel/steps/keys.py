"""Keys: from the CA key of the terminal to the public keys of the card (EMV 4.4 Book 2 clauses 5 to 7).

Shared by offline data authentication and the enciphered PIN. Everything is pure: what is missing or wrong comes back as
a `Refused`.
"""

from jinka.kernel.crypto import recover
from jinka.kernel.crypto.recover import PublicKey, Refused
from jinka.kernel.data import tags
from jinka.kernel.steps.transaction import Transaction


def absent(tx: Transaction, *wanted: int) -> "Refused | None":
    """A refusal that names the first data object the card did not give."""
    for tag in wanted:
        if tx.store.get(tag) is None:
            return Refused(f"{tag:X} is missing", missing=True)
    return None


def issuer_key(tx: Transaction) -> "PublicKey | Refused":
    """The issuer's key under the terminal's CA key. # spec: emv-b2/6.2, emv-b2/6.3"""
    if tx.issuer_key is not None:
        return tx.issuer_key
    if lacking := absent(tx, tags.CA_KEY_INDEX, tags.ISSUER_CERTIFICATE, tags.ISSUER_EXPONENT):
        return lacking
    assert tx.chosen is not None  # noqa: S101  there are no records without a selected application
    rid, index = tx.chosen.aid[:5], tx.need(tags.CA_KEY_INDEX)[0]
    ca = tx.config.key(rid, index)
    if ca is None:
        return Refused(f"no CA key {rid.hex().upper()}/{index:02X}")
    if ca.expiry is not None and ca.expiry < tx.today:
        return Refused(f"CA key {rid.hex().upper()}/{index:02X} has expired")
    key = recover.issuer_key(
        PublicKey(ca.modulus, ca.exponent),
        tx.need(tags.ISSUER_CERTIFICATE),
        tx.store.get(tags.ISSUER_REMAINDER) or b"",
        tx.need(tags.ISSUER_EXPONENT),
        tx.pan,
        tx.today,
    )
    if isinstance(key, Refused):
        return Refused(f"issuer certificate: {key.reason}", key.missing)
    if tx.config.is_revoked(rid, index, key.serial or b""):
        return Refused("issuer certificate: revoked")
    tx.issuer_key = key
    return key


def signed_static(tx: Transaction) -> "bytes | Refused":
    """The static data to be authenticated: the flagged records and, where 9F4A says so, the AIP.

    # spec: emv-b3/10.3. 9F4A may name the AIP and nothing else.
    """
    if tx.static is None:
        return Refused("a record to be authenticated is not coded in template 70")
    listed = tx.store.get(tags.SDA_TAG_LIST)
    if listed is None:
        return tx.static
    if listed != bytes((tags.AIP,)):
        return Refused("9F4A names more than the AIP")
    return tx.static + bytes(tx.aip)


def icc_key(tx: Transaction, certificate: int, remainder: int, exponent: int, static: bytes) -> "PublicKey | Refused":
    """A key of the card under the issuer's, out of the three data objects named."""
    issuer = issuer_key(tx)
    if isinstance(issuer, Refused):
        return issuer
    if lacking := absent(tx, certificate, exponent):
        return lacking
    key = recover.icc_key(
        issuer,
        tx.need(certificate),
        tx.store.get(remainder) or b"",
        tx.need(exponent),
        static,
        tx.pan,
        tx.today,
    )
    return Refused(f"ICC certificate: {key.reason}", key.missing) if isinstance(key, Refused) else key
