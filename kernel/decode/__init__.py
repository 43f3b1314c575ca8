"""Decode: bytes that a person pasted, taken apart as plain data; nothing in here prints.

    decode_tlv(data)                 data objects with offsets, templates opened
    decode_dol(list, filled)         a data object list, and the bytes it was filled with
    decode_apdu(command)             header and data field of a command
    decode_response(data, sw)        the data and status word of a response
    decode_atr(atr)                  every byte of an answer to reset, protocols, fitness for EMV
    decode_bits(name, value)         the bits of a TVR, AIP, 9F33, TTQ, CVR ...
    decode_any(text)                 whichever of these it most likely is, with the reason

Every result is a nest of frozen dataclasses with `to_json()`. Input is bytes or hexadecimal text with blanks, colons or
`0x`. Bad input raises `MisuseError` (not hexadecimal, wrong use) or `MalformedData` (bytes of no such form), nothing
else. Words come as `Text(en, zh)`; cardholder data is masked in descriptions but not in `value` and `raw`.
"""

from jinka.kernel.decode.atr import AtrByte, AtrDecoding, decode_atr
from jinka.kernel.decode.exchange import CommandDecoding, ResponseDecoding, decode_apdu, decode_response
from jinka.kernel.decode.guess import Guess, decode_any
from jinka.kernel.decode.objects import (
    DolDecoding,
    DolField,
    Item,
    TlvDecoding,
    decode_bits,
    decode_dol,
    decode_tlv,
    octets,
)

__all__ = [
    "AtrByte",
    "AtrDecoding",
    "CommandDecoding",
    "DolDecoding",
    "DolField",
    "Guess",
    "Item",
    "ResponseDecoding",
    "TlvDecoding",
    "decode_any",
    "decode_apdu",
    "decode_atr",
    "decode_bits",
    "decode_dol",
    "decode_response",
    "decode_tlv",
    "octets",
]
