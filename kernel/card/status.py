"""Status: the status words a terminal acts on (ISO/IEC 7816-4 clause 5.1.3; EMV 4.4 Book 1 table 33)."""

OK = 0x9000
SELECTED_FILE_INVALIDATED = 0x6283
AUTHENTICATION_FAILED = 0x6300
AUTHENTICATION_METHOD_BLOCKED = 0x6983
REFERENCE_DATA_INVALIDATED = 0x6984
CONDITIONS_NOT_SATISFIED = 0x6985
FUNCTION_NOT_SUPPORTED = 0x6A81
FILE_NOT_FOUND = 0x6A82
RECORD_NOT_FOUND = 0x6A83
REFERENCED_DATA_NOT_FOUND = 0x6A88


def warning(sw: int) -> bool:
    """62xx and 63xx: done, with a remark."""
    return sw >> 8 in (0x62, 0x63)


def tries_left(sw: int) -> int | None:
    """The counter of 63Cx, or None for another status word."""
    return sw & 0x0F if sw & 0xFFF0 == 0x63C0 else None
