"""Signing: the certificates and static signatures of an application, made when the card is.

# spec: emv-b2/5.1, emv-b2/6.1, emv-b3/10.3
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from jinka.kernel.data import tags
from jinka.kernel.data.formats import compressed
from jinka.kernel.data.tlv import scan
from jinka.kernel.errors import ConfigError, MalformedData
from jinka.simulator.authority import Authority, load_authority
from jinka.simulator.cards.credit.profile import Profile
from jinka.simulator.certificates import card_certificate, issuer_certificate, signed_static_data
from jinka.simulator.rsa import RsaKey

SFI_WITHOUT_TEMPLATE = range(1, 11)


def located(afl: bytes) -> Iterable[tuple[int, int, bool]]:
    """An AFL as (SFI, record, authenticated), in order; what does not make sense is passed over."""
    for at in range(0, len(afl) - 3, 4):
        sfi, first, last, count = afl[at] >> 3, afl[at + 1], afl[at + 2], afl[at + 3]
        for number in range(first, last + 1):
            yield sfi, number, number < first + count


def static_data(profile: Profile, afl: bytes, signed: Mapping[int, bytes]) -> bytes:
    """The static data to be authenticated: flagged records in AFL order, then the AIP when 9F4A is there."""
    parts = []
    for sfi, number, authenticated in located(afl):
        record = profile.record(f"{sfi}.{number}", signed) if authenticated else None
        if record is not None:
            parts.append(_inside(record) if sfi in SFI_WITHOUT_TEMPLATE else record)
    tail = bytes(profile.aip) if profile.find(tags.SDA_TAG_LIST) else b""
    return b"".join(parts) + tail


def _inside(record: bytes) -> bytes:
    """The content of a template 70 without tag and length; nothing when the record is none on purpose."""
    try:
        nodes = scan(record)
    except MalformedData:
        return b""
    return nodes[0].value if nodes and nodes[0].tag == tags.RECORD_TEMPLATE else b""


def card_key(profile: Profile, name: str) -> RsaKey | None:
    """A key of the card by its name in the authority's file; an empty name is no key."""
    if not name:
        return None
    try:
        return load_authority().cards[name]
    except KeyError:
        raise ConfigError(f"the authority has no card key {name}", key="sign") from None


Signed = Mapping[int, bytes]


def signatures(profile: Profile) -> Sequence[Signed]:
    """Every object of the records that is written "@", by tag, for each AFL of the profile.

    An empty remainder means that none is needed.
    """
    return profile.stale if profile.stale is not None else _made(_Key(profile), load_authority())


def signed_for(profile: Profile, key: str) -> Signed:
    """The signatures that belong into a record: those of the first AFL that names it."""
    made = signatures(profile)
    for afl, signed in zip(profile.afls(), made, strict=True):
        if any(f"{sfi}.{number}" == key for sfi, number, _ in located(afl)):
            return signed
    return made[0]


class _Key:
    """A profile as a key of the cache: by identity, since profiles hold dicts."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def __hash__(self) -> int:
        return id(self.profile)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.profile is self.profile


@lru_cache(maxsize=256)
def _made(key: _Key, authority: Authority) -> Sequence[Signed]:
    return [_signed(key.profile, afl, authority) for afl in key.profile.afls()]


def _signed(profile: Profile, afl: bytes, authority: Authority) -> Signed:
    sign = profile.sign
    wanted = {tag for objects in profile.records.values() for tag, value in objects if value is None}
    if not wanted:
        return {}
    try:
        root, issuer = authority.authorities[sign.authority], authority.issuers[sign.issuer]
    except KeyError as fault:
        raise ConfigError(f"the authority has no key {fault}", key="sign") from None
    made: dict[int, bytes] = {tags.CA_KEY_INDEX: bytes((sign.authority,))}
    identifier = bytes(sign.identifier) or compressed(profile.pan[:8], 4)
    certificate = issuer_certificate(
        root, issuer, identifier=identifier, expiry=sign.issuer_expiry, serial=sign.issuer_serial,
        changes=profile.issuer_cert,
    )  # fmt: skip
    made[tags.ISSUER_CERTIFICATE] = certificate.signed
    made[tags.ISSUER_REMAINDER] = certificate.remainder
    made[tags.ISSUER_EXPONENT] = certificate.exponent
    static = static_data(profile, afl, made)
    if tags.SIGNED_STATIC_DATA in wanted:
        made[tags.SIGNED_STATIC_DATA] = signed_static_data(issuer, code=sign.code, static=static, changes=profile.ssad)
    holder = compressed(profile.pan, 10)
    if (icc := card_key(profile, sign.icc)) and tags.ICC_CERTIFICATE in wanted:
        certificate = card_certificate(
            issuer, icc, pan=holder, expiry=sign.icc_expiry, serial=sign.icc_serial, static=static,
            changes=profile.icc_cert,
        )  # fmt: skip
        made[tags.ICC_CERTIFICATE] = certificate.signed
        made[tags.ICC_REMAINDER] = certificate.remainder
        made[tags.ICC_EXPONENT] = certificate.exponent
    if (pin := card_key(profile, sign.pin)) and tags.PIN_CERTIFICATE in wanted:
        certificate = card_certificate(
            issuer, pin, pan=holder, expiry=sign.icc_expiry, serial=sign.icc_serial, changes=profile.pin_cert
        )
        made[tags.PIN_CERTIFICATE] = certificate.signed
        made[tags.PIN_REMAINDER] = certificate.remainder
        made[tags.PIN_EXPONENT] = certificate.exponent
    return made
