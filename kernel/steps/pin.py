"""PIN: the card checks a PIN, plain or enciphered (EMV 4.4 Book 3 clause 10.5.1, Book 2 clause 7).

The PIN lives in `Secret`s and in one command marked sensitive; nothing in here prints it. # spec: emv-b3/10.5.1
"""

from jinka.kernel.apdu import Command
from jinka.kernel.card import commands, status
from jinka.kernel.card.exchange import exchange
from jinka.kernel.crypto import recover
from jinka.kernel.crypto.recover import PublicKey, Refused
from jinka.kernel.data import tags, tlv
from jinka.kernel.data.fields import Tvr
from jinka.kernel.effects import AskPin, Message, PinKind, PinState, Random
from jinka.kernel.errors import Cancelled, MalformedData, MisuseError
from jinka.kernel.secret import Secret
from jinka.kernel.steps import keys
from jinka.kernel.steps.transaction import Transaction

MAX_TRIES = 16


async def verify_offline(tx: Transaction, *, enciphered: bool) -> bool:
    """Asks for the PIN until the card accepts it; False when the method failed. Sets the TVR bits of Book 3 10.5.1."""
    key: PublicKey | None = None
    if enciphered:
        found = pin_key(tx)
        if isinstance(found, Refused) or not recover.holds_pin(found):
            return False
        key = found
    tries = await _counter(tx)
    if tries == 0:
        tx.tvr |= Tvr.PIN_TRY_LIMIT_EXCEEDED
        return False
    for _ in range(MAX_TRIES):
        if tries == 1:
            await tx.tell(Message.LAST_PIN_TRY)
        entry = await AskPin(PinKind.OFFLINE, tries, None, tx.request.amount, tx.language)
        if entry.state is PinState.NO_PIN_PAD:
            tx.tvr |= Tvr.PIN_PAD_MISSING
            return False
        if entry.state is PinState.BYPASSED or entry.pin is None:
            if not tx.options.pin_bypass:
                raise Cancelled("PIN entry refused; this terminal does not allow a bypass")
            tx.bypassed = True
            tx.tvr |= Tvr.PIN_NOT_ENTERED
            return False
        command = await _command(key, entry.pin)
        if command is None:
            return False
        sw = (await exchange(command)).sw
        if sw == status.OK:
            await tx.tell(Message.PIN_OK)
            return True
        tries = status.tries_left(sw)
        if tries == 0 or sw in (status.AUTHENTICATION_METHOD_BLOCKED, status.REFERENCE_DATA_INVALIDATED):
            tx.tvr |= Tvr.PIN_TRY_LIMIT_EXCEEDED
            return False
        if tries is None:
            return False
        await tx.tell(Message.INCORRECT_PIN, tries)
    return False


def pin_key(tx: Transaction) -> PublicKey | Refused:
    """The key to encipher a PIN with: the card's PIN encipherment key, or else its ICC key. # spec: emv-b2/7.1"""
    if tx.store.get(tags.PIN_CERTIFICATE) is not None:
        return keys.icc_key(tx, tags.PIN_CERTIFICATE, tags.PIN_REMAINDER, tags.PIN_EXPONENT, b"")
    if tx.icc_key is not None:
        return tx.icc_key
    signed = keys.signed_static(tx)
    if isinstance(signed, Refused):
        return signed
    return keys.icc_key(tx, tags.ICC_CERTIFICATE, tags.ICC_REMAINDER, tags.ICC_EXPONENT, signed)


async def _counter(tx: Transaction) -> int | None:
    """The PIN try counter, None when the card does not tell."""
    if not tx.options.get_pin_try_counter:
        return None
    response = await exchange(commands.get_data(tags.PIN_TRY_COUNTER))
    if response.sw != status.OK:
        return None
    try:
        value = tlv.find(tlv.scan(response.data), tags.PIN_TRY_COUNTER)
    except MalformedData:
        return None
    return value[0] if value is not None and len(value) == 1 else None


def plain_block(pin: Secret) -> bytes:
    """The PIN block of VERIFY: control nibble 2, length, digits, F to 8 bytes. # spec: emv-b3/6.5.12"""
    digits = pin.reveal().decode("ascii", "replace")
    if not (digits.isdigit() and 4 <= len(digits) <= 12):
        raise MisuseError("a PIN has 4 to 12 digits")
    return bytes.fromhex(f"2{len(digits):X}{digits}".ljust(16, "F"))


async def _command(key: PublicKey | None, pin: Secret) -> Command | None:
    """The VERIFY command; None when the card gives no usable challenge."""
    block = plain_block(pin)
    if key is None:
        return commands.verify_plain(block)
    challenge = await exchange(commands.get_challenge())
    if challenge.sw != status.OK or len(challenge.data) != 8:
        return None
    pad = await Random(key.size - 17, "PIN encipherment")
    data = recover.encipher(key, b"\x7f" + block + challenge.data + pad)
    return None if isinstance(data, Refused) else commands.verify_enciphered(data)
