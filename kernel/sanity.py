"""Sanity: what a configuration must satisfy before a terminal may use it.

Each function gives problems as (field, reason) in the order of the fields; `load.py` and `parameters.py` turn the first
one into a `ConfigError` that names the place. Nothing here depends on the date: an expired CA key is a matter of use.
"""

from collections.abc import Iterator
from hashlib import sha1

from jinka.kernel.config import Application, CaKey, Device, KeyAlgorithm, Options, Revoked
from jinka.kernel.data import dol
from jinka.kernel.data.fields import TerminalCapabilities
from jinka.kernel.errors import MalformedData

Problem = tuple[str, str]

# Terminal types: operated by a bank, a merchant or the cardholder; a cardholder's terminal has no attendant
# (emv-b4/annex-a1).
TERMINAL_TYPES = frozenset("11 12 13 14 15 16 21 22 23 24 25 26 34 35 36".split())
MAX_MODULUS = 248
MAX_AMOUNT = 10**12 - 1
MAX_FLOOR_LIMIT = 2**32 - 1


def device_problems(device: Device) -> Iterator[Problem]:
    """The terminal itself: lengths, codes, and claims that contradict its type (emv-b4/annex-a)."""
    if device.type not in TERMINAL_TYPES:
        yield "type", f"there is no terminal type {device.type} (9F35)"
        return
    if len(device.capabilities) != 3:
        yield "capabilities", f"9F33 has 3 bytes, not {len(device.capabilities)}"
        return
    if len(device.additional_capabilities) != 5:
        yield "additional_capabilities", f"9F40 has 5 bytes, not {len(device.additional_capabilities)}"
        return
    if device.offline_only and TerminalCapabilities.ONLINE_PIN in device.can:
        yield "capabilities", f"9F33 claims online PIN, but terminal type {device.type} is offline only"
    if not device.attended and TerminalCapabilities.IDENTITY_DOCUMENT in device.can:
        yield "capabilities", f"9F33 claims identity documents, but terminal type {device.type} has no attendant"
    for name, most in (("country", 999), ("currency", 999), ("exponent", 9)):
        if not 0 <= getattr(device, name) <= most:
            yield name, f"{getattr(device, name)} is not between 0 and {most}"
    for name, most in (("terminal_id", 8), ("merchant_id", 15), ("serial", 8)):
        text = getattr(device, name)
        if not (text.isascii() and text.isprintable()) or len(text) > most:
            yield name, f"up to {most} printable ASCII characters are expected, not {text!r}"
    if not _digits(device.acquirer_id, 6, 11):
        yield "acquirer_id", f"6 to 11 digits are expected, not {device.acquirer_id!r}"
    if not _digits(device.merchant_category, 4, 4):
        yield "merchant_category", f"4 digits are expected, not {device.merchant_category!r}"
    for place, language in enumerate(device.languages):
        if not (len(language) == 2 and language.isascii() and language.isalpha() and language.islower()):
            yield f"languages[{place}]", f"two small letters of ISO 639 are expected, not {language!r}"


def options_problems(options: Options) -> Iterator[Problem]:
    """The options: bounds and response codes."""
    if not 0 <= options.script_limit <= 65535:
        yield "script_limit", f"{options.script_limit} is not between 0 and 65535 bytes"
    if not 1 <= options.max_records <= 255 * 30:
        yield "max_records", f"{options.max_records} is not between 1 and {255 * 30}"
    for name in ("approved_codes", "referral_codes"):
        for place, code in enumerate(getattr(options, name)):
            if not (len(code) == 2 and code.isascii() and code.isalnum()):
                yield f"{name}[{place}]", f"two letters or digits are expected, not {code!r}"
    for code in options.referral_codes:
        if code in options.approved_codes:
            yield "referral_codes", f"{code} is also among the approved codes"


def application_problems(application: Application) -> Iterator[Problem]:
    """One AID and its limits. Percentages: target <= max_target <= 99 (emv-b3/10.6.2)."""
    if not 5 <= len(application.aid) <= 16:
        yield "aid", f"an AID has 5 to 16 bytes, not {len(application.aid)}"
    if len(application.version) != 2:
        yield "version", f"9F09 has 2 bytes, not {len(application.version)}"
    if not 0 <= application.floor_limit <= MAX_FLOOR_LIMIT:
        yield "floor_limit", f"{application.floor_limit} does not fit the 4 bytes of 9F1B"
    if not 0 <= application.threshold <= MAX_FLOOR_LIMIT:
        yield "threshold", f"{application.threshold} does not fit 4 bytes"
    for name in ("target", "max_target"):
        if not 0 <= getattr(application, name) <= 99:
            yield name, f"{getattr(application, name)} is not a percentage from 0 to 99"
    if application.target > application.max_target:
        yield "target", f"{application.target} is above max_target {application.max_target}"
    for name in ("tac_default", "tac_online", "tac_denial"):
        if len(getattr(application, name)) != 5:
            yield name, f"a terminal action code has 5 bytes, not {len(getattr(application, name))}"
    for name in ("default_ddol", "default_tdol"):
        try:
            dol.parse(bytes(getattr(application, name)))
        except MalformedData as fault:
            yield name, f"not a list of tags and lengths: {fault.reason}"
    if application.cash_limit is not None and not 0 <= application.cash_limit <= MAX_AMOUNT:
        yield "cash_limit", f"{application.cash_limit} does not fit the 12 digits of 9F7B"
    if len(application.risk_data) > 8:
        yield "risk_data", f"9F1D has 1 to 8 bytes, not {len(application.risk_data)}"
    if application.merchant_category and not _digits(application.merchant_category, 4, 4):
        yield "merchant_category", f"4 digits are expected, not {application.merchant_category!r}"


def key_problems(key: CaKey) -> Iterator[Problem]:
    """One CA key: lengths, and a checksum that must be right when there is one (emv-b2/11.2)."""
    if len(key.rid) != 5:
        yield "rid", f"a RID has 5 bytes, not {len(key.rid)}"
    if not 0 <= key.index <= 255:
        yield "index", f"{key.index} does not fit one byte"
        return
    if key.algorithm is KeyAlgorithm.SM2:
        if len(key.modulus) != 64:
            yield "modulus", f"an SM2 key is X and Y, 64 bytes, not {len(key.modulus)}"
    else:
        if not 1 <= len(key.modulus) <= MAX_MODULUS:
            yield "modulus", f"an RSA modulus has up to {MAX_MODULUS} bytes, not {len(key.modulus)}"
        elif not key.modulus[0] or not key.modulus[-1] & 1:
            yield "modulus", "an RSA modulus is odd and does not begin with a zero byte"
        if int.from_bytes(key.exponent, "big") not in (3, 65537):
            yield "exponent", f"3 or 65537 is expected, not {key.exponent.hex().upper() or 'nothing'}"
        if key.checksum and len(key.checksum) != 20:
            yield "checksum", f"a SHA-1 checksum has 20 bytes, not {len(key.checksum)}"
    if len(key.checksum) in (20, 32) and key.checksum != checksum(key):
        yield "checksum", f"does not match the key: {checksum(key).hex().upper()} was computed"


def key_doubts(key: CaKey) -> Iterator[Problem]:
    """What cannot be checked about a key, and is reported without refusing it."""
    if not key.checksum:
        yield "checksum", "no checksum: the key is taken as it stands"
    elif key.algorithm is KeyAlgorithm.SM2 and len(key.checksum) not in (20, 32):
        yield "checksum", f"{len(key.checksum)} bytes are neither SHA-1 nor SM3: not checked"


def revoked_problems(entry: Revoked) -> Iterator[Problem]:
    """One revoked certificate (emv-b2/5.1.2)."""
    if len(entry.rid) != 5:
        yield "rid", f"a RID has 5 bytes, not {len(entry.rid)}"
    if not 0 <= entry.index <= 255:
        yield "index", f"{entry.index} does not fit one byte"
    if len(entry.serial) != 3:
        yield "serial", f"a serial number has 3 bytes, not {len(entry.serial)}"


def checksum(key: CaKey) -> bytes:
    """The checksum of a key: a hash of RID, index, modulus and exponent; an SM2 key has no exponent.

    SHA-1, or SM3 when the key carries 32 bytes: which one goes with SM2 is not settled, so the length decides.
    """
    body = key.rid + bytes((key.index,)) + key.modulus
    if key.algorithm is KeyAlgorithm.RSA:
        body += key.exponent
    if len(key.checksum) == 32:
        from jinka.native import sm3

        return sm3(body)
    return sha1(body).digest()  # noqa: S324  the scheme prescribes it; it guards against slips, not against forgery


def _digits(text: str, least: int, most: int) -> bool:
    return least <= len(text) <= most and text.isascii() and text.isdigit()
