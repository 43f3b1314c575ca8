"""Fields: every named bit against masks written down independently, from the tables of EMV and PBOC."""

import pytest
from jinka.kernel.data.bits import Bits
from jinka.kernel.data.fields import (
    CONDITION_NAMES,
    METHOD_NAMES,
    REASONS,
    AdditionalCapabilities,
    Aip,
    Auc,
    Cid,
    Condition,
    Cryptogram,
    CvmResult,
    Method,
    TerminalCapabilities,
    Tsi,
    Tvr,
)
from jinka.kernel.data.qualifiers import Ctq, Ttq

MASKS: dict[type[Bits], dict[str, str]] = {
    Aip: {
        "XDA_SUPPORTED": "8000", "SDA_SUPPORTED": "4000", "DDA_SUPPORTED": "2000", "CARDHOLDER_VERIFICATION": "1000",
        "TERMINAL_RISK_MANAGEMENT": "0800", "ISSUER_AUTHENTICATION": "0400", "ON_DEVICE_CVM": "0200", "CDA_SUPPORTED": "0100",
    },
    Auc: {
        "DOMESTIC_CASH": "8000", "INTERNATIONAL_CASH": "4000", "DOMESTIC_GOODS": "2000", "INTERNATIONAL_GOODS": "1000",
        "DOMESTIC_SERVICES": "0800", "INTERNATIONAL_SERVICES": "0400", "ATM": "0200", "OTHER_THAN_ATM": "0100",
        "DOMESTIC_CASHBACK": "0080", "INTERNATIONAL_CASHBACK": "0040",
    },
    Tvr: {
        "ODA_NOT_PERFORMED": "8000000000", "SDA_FAILED": "4000000000", "ICC_DATA_MISSING": "2000000000",
        "ON_EXCEPTION_FILE": "1000000000", "DDA_FAILED": "0800000000", "CDA_FAILED": "0400000000",
        "SDA_SELECTED": "0200000000", "XDA_SELECTED": "0100000000",
        "VERSIONS_DIFFER": "0080000000", "EXPIRED": "0040000000", "NOT_YET_EFFECTIVE": "0020000000",
        "SERVICE_NOT_ALLOWED": "0010000000", "NEW_CARD": "0008000000",
        "CVM_FAILED": "0000800000", "UNRECOGNISED_CVM": "0000400000", "PIN_TRY_LIMIT_EXCEEDED": "0000200000",
        "PIN_PAD_MISSING": "0000100000", "PIN_NOT_ENTERED": "0000080000", "ONLINE_PIN_ENTERED": "0000040000",
        "OVER_FLOOR_LIMIT": "0000008000", "LOWER_LIMIT_EXCEEDED": "0000004000", "UPPER_LIMIT_EXCEEDED": "0000002000",
        "RANDOM_ONLINE": "0000001000", "FORCED_ONLINE": "0000000800",
        "DEFAULT_TDOL_USED": "0000000080", "ISSUER_AUTHENTICATION_FAILED": "0000000040",
        "SCRIPT_FAILED_BEFORE": "0000000020", "SCRIPT_FAILED_AFTER": "0000000010",
    },
    Tsi: {
        "ODA_PERFORMED": "8000", "CVM_PERFORMED": "4000", "CARD_RISK_MANAGEMENT_PERFORMED": "2000",
        "ISSUER_AUTHENTICATION_PERFORMED": "1000", "TERMINAL_RISK_MANAGEMENT_PERFORMED": "0800", "SCRIPT_PERFORMED": "0400",
    },
    TerminalCapabilities: {
        "MANUAL_KEY_ENTRY": "800000", "MAGNETIC_STRIPE": "400000", "IC_WITH_CONTACTS": "200000",
        "OFFLINE_PLAIN_PIN": "008000", "ONLINE_PIN": "004000", "SIGNATURE": "002000", "OFFLINE_ENCIPHERED_PIN": "001000",
        "NO_CVM": "000800", "ONLINE_BIOMETRIC": "000400", "OFFLINE_BIOMETRIC": "000200", "IDENTITY_DOCUMENT": "000100",
        "SDA": "000080", "DDA": "000040", "CARD_CAPTURE": "000020", "CDA": "000008", "XDA": "000004",
    },
    AdditionalCapabilities: {
        "CASH": "8000000000", "GOODS": "4000000000", "SERVICES": "2000000000", "CASHBACK": "1000000000",
        "INQUIRY": "0800000000", "TRANSFER": "0400000000", "PAYMENT": "0200000000", "ADMINISTRATIVE": "0100000000",
        "CASH_DEPOSIT": "0080000000",
        "NUMERIC_KEYS": "0000800000", "ALPHABETIC_KEYS": "0000400000", "COMMAND_KEYS": "0000200000",
        "FUNCTION_KEYS": "0000100000",
        "PRINT_ATTENDANT": "0000008000", "PRINT_CARDHOLDER": "0000004000", "DISPLAY_ATTENDANT": "0000002000",
        "DISPLAY_CARDHOLDER": "0000001000", "CODE_TABLE_10": "0000000200", "CODE_TABLE_9": "0000000100",
        "CODE_TABLE_8": "0000000080", "CODE_TABLE_7": "0000000040", "CODE_TABLE_6": "0000000020",
        "CODE_TABLE_5": "0000000010", "CODE_TABLE_4": "0000000008", "CODE_TABLE_3": "0000000004",
        "CODE_TABLE_2": "0000000002", "CODE_TABLE_1": "0000000001",
    },
    Ttq: {
        "MSD": "80000000", "CONTACTLESS_DEBIT_CREDIT": "40000000", "QPBOC": "20000000", "CONTACT": "10000000",
        "OFFLINE_ONLY": "08000000", "ONLINE_PIN": "04000000", "SIGNATURE": "02000000", "ODA_FOR_ONLINE": "01000000",
        "ONLINE_CRYPTOGRAM_REQUIRED": "00800000", "CVM_REQUIRED": "00400000", "CONTACT_OFFLINE_PIN": "00200000",
        "ISSUER_UPDATE": "00008000", "CONSUMER_DEVICE_CVM": "00004000", "FDDA_VERSION_01": "00000080",
    },
    Ctq: {
        "ONLINE_PIN_REQUIRED": "8000", "SIGNATURE_REQUIRED": "4000", "ONLINE_IF_ODA_FAILS": "2000",
        "TERMINATE_IF_ODA_FAILS": "1000", "ONLINE_IF_EXPIRED": "0800", "SWITCH_FOR_CASH": "0400",
        "SWITCH_FOR_CASHBACK": "0200", "CONSUMER_DEVICE_CVM_PERFORMED": "0080", "ISSUER_UPDATE_SUPPORTED": "0040",
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", MASKS, ids=lambda kind: kind.__name__)
def test_every_bit_is_where_the_table_prints_it(kind: type[Bits]) -> None:
    declared = {name: bytes(member.value).hex().upper() for name, member in kind.members.items()}
    assert declared == MASKS[kind]


@pytest.mark.parametrize("kind", MASKS, ids=lambda kind: kind.__name__)
def test_every_bit_has_a_chinese_name_and_its_own_place(kind: type[Bits]) -> None:
    assert all(member.text for member in kind.members.values())
    values = [int(member.value) for member in kind.members.values()]
    assert len(set(values)) == len(values)
    assert values == sorted(values, reverse=True), "written in the order of the specification"


@pytest.mark.parametrize(
    ("raw", "kind", "advice", "reason"),
    [(0x00, Cryptogram.AAC, False, 0), (0x40, Cryptogram.TC, False, 0), (0x80, Cryptogram.ARQC, False, 0),
     (0x89, Cryptogram.ARQC, True, 1), (0x0A, Cryptogram.AAC, True, 2), (0x43, Cryptogram.TC, False, 3),
     (0xC7, Cryptogram.RFU, False, 7)],
)  # fmt: skip
def test_cid(raw: int, kind: Cryptogram, advice: bool, reason: int) -> None:
    assert Cid.parse(raw) == (kind, advice, reason)


def test_code_lists_are_complete_in_both_languages() -> None:
    assert {member.value for member in Method} == {0, 1, 2, 3, 4, 5, 0x1E, 0x1F, 0x20, 0x3F}
    assert {member.value for member in Condition} == set(range(10))
    assert {member.value for member in CvmResult} == {0, 1, 2}
    assert set(METHOD_NAMES) == set(Method)
    assert set(CONDITION_NAMES) == set(Condition)
    assert set(REASONS) == {0, 1, 2, 3}
    for table in (METHOD_NAMES, CONDITION_NAMES, REASONS):
        assert all(english and chinese for english, chinese in table.values())
