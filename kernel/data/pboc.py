"""PBOC: the data objects JR/T 0025 adds to EMV for debit/credit and electronic cash over contacts.

The same numbers mean other things in other kernels (9F5D, 9F6D, 9F77-9F79 in C-2): hence a dictionary of its own.
"""

from jinka.kernel.data.dictionary import Dictionary, Source
from jinka.kernel.data.formats import Format
from jinka.kernel.data.tags import EMV

PBOC = Dictionary(EMV)
_add = PBOC.add
_CARD, _TERMINAL = Source.CARD, Source.TERMINAL
AN, B, N = Format.AN, Format.B, Format.N

CARD_CURRENCY = _add(0x9F51, "Application currency code, card internal", "应用货币代码(卡片内部)", N, 2, _CARD)
DEFAULT_ACTION = _add(0x9F52, "Application default action (ADA)", "应用缺省行为(ADA)", B, (2, 4), _CARD)
OFFLINE_LIMIT_CURRENCY = _add(0x9F53, "Consecutive offline limit, international currency", "连续脱机交易限制数(国际-货币)", B, 1, _CARD)
CUMULATIVE_LIMIT = _add(0x9F54, "Cumulative total transaction amount limit", "累计脱机交易金额限制数", N, 6, _CARD)
ISSUER_AUTHENTICATION_INDICATOR = _add(0x9F56, "Issuer authentication indicator", "发卡行认证指示位", B, 1, _CARD)
ISSUER_COUNTRY_INTERNAL = _add(0x9F57, "Issuer country code, internal", "发卡行国家代码(内部)", N, 2, _CARD)
LOWER_LIMIT_INTERNAL = _add(0x9F58, "Lower consecutive offline limit, card internal", "连续脱机交易下限(卡片内部)", B, 1, _CARD)
UPPER_LIMIT_INTERNAL = _add(0x9F59, "Upper consecutive offline limit, card internal", "连续脱机交易上限(卡片内部)", B, 1, _CARD)
CUMULATIVE_UPPER_LIMIT = _add(0x9F5C, "Cumulative amount upper limit", "累计脱机交易金额上限", N, 6, _CARD)
AVAILABLE_OFFLINE = _add(0x9F5D, "Available offline spending amount", "可用脱机消费金额", N, 6, _CARD)
DOCUMENT_NUMBER = _add(0x9F61, "Cardholder identity document number", "持卡人证件号", AN, (1, 40), _CARD)
DOCUMENT_TYPE = _add(0x9F62, "Cardholder identity document type", "持卡人证件类型", B, 1, _CARD)
PRODUCT = _add(0x9F63, "Card product identification", "卡产品标识信息", B, 16, _CARD)
CARD_PROCESSES = _add(0x9F68, "Card additional processes", "卡片附加处理", B, 4, _CARD)
CARD_CVM_LIMIT = _add(0x9F6B, "Card CVM limit", "卡片CVM限额", N, 6, _CARD)
CARD_QUALIFIERS = _add(0x9F6C, "Card transaction qualifiers (CTQ)", "卡片交易属性(CTQ)", B, 2, _CARD)
CARD_AUTHENTICATION_DATA = _add(0x9F69, "Card authentication related data", "卡片认证相关数据", B, (5, 16), _CARD)
RESET_THRESHOLD = _add(0x9F6D, "Electronic cash reset threshold", "电子现金重置阈值", N, 6, _CARD)
OFFLINE_LIMIT_COUNTRY = _add(0x9F72, "Consecutive offline limit, international country", "连续脱机交易限制数(国际-国家)", B, 1, _CARD)
CONVERSION_FACTOR = _add(0x9F73, "Currency conversion factor", "货币转换因子", N, 4, _CARD)
CASH_AUTHORISATION_CODE = _add(0x9F74, "Electronic cash issuer authorisation code", "电子现金发卡行授权码", AN, 6, _CARD)
DUAL_CURRENCY_LIMIT = _add(0x9F75, "Cumulative amount limit, dual currency", "累计脱机交易金额限制数(双货币)", N, 6, _CARD)
SECOND_CARD_CURRENCY = _add(0x9F76, "Second application currency code", "第二应用货币代码", N, 2, _CARD)
CASH_BALANCE_LIMIT = _add(0x9F77, "Electronic cash balance limit", "电子现金余额上限", N, 6, _CARD)
CASH_SINGLE_LIMIT = _add(0x9F78, "Electronic cash single transaction limit", "电子现金单笔交易限额", N, 6, _CARD)
CASH_BALANCE = _add(0x9F79, "Electronic cash balance", "电子现金余额", N, 6, _CARD)
CASH_INDICATOR = _add(0x9F7A, "Electronic cash terminal support indicator", "电子现金终端支持指示器", B, 1, _TERMINAL)
CASH_TERMINAL_LIMIT = _add(0x9F7B, "Electronic cash terminal transaction limit", "电子现金终端交易限额", N, 6, _TERMINAL)
SCRIPT_RESULTS_HOST = _add(0xDF31, "Issuer script results, host message", "发卡行脚本结果(报文)", B, (0, 255), _TERMINAL)
LOAD_LOG_ENTRY = _add(0xDF4D, "Load log entry", "圈存日志入口", B, 2, _CARD)
LOAD_LOG_FORMAT = _add(0xDF4F, "Load log format", "圈存日志格式", B, (0, 252), _CARD)
EXTENDED_INDICATOR = _add(0xDF60, "CAPP transaction indicator", "CAPP交易指示位", B, 1, _TERMINAL)
SEGMENT_APPLICATION = _add(0xDF61, "Segment deduction application identifier", "分段扣费应用标识", B, 1, _CARD)
SEGMENT_LIMIT = _add(0xDF62, "Segment deduction offset limit", "分段扣费抵扣限额", N, 6, _CARD)
SEGMENT_AMOUNT = _add(0xDF63, "Segment deduction amount already offset", "分段扣费已抵扣额", N, 6, _CARD)
SM_INDICATOR = _add(0xDF69, "SM algorithm support indicator", "SM算法支持指示器", B, 1, _TERMINAL)
SECOND_CURRENCY = _add(0xDF71, "Second electronic cash currency code", "电子现金第二币种货币代码", N, 2, _CARD)
SECOND_CVM_LIMIT = _add(0xDF72, "Second currency card CVM limit", "第二币种卡片CVM限额", N, 6, _CARD)
SECOND_RESET_THRESHOLD = _add(0xDF76, "Second currency reset threshold", "第二币种电子现金重置阈值", N, 6, _CARD)
SECOND_BALANCE_LIMIT = _add(0xDF77, "Second currency balance limit", "第二币种电子现金余额上限", N, 6, _CARD)
SECOND_SINGLE_LIMIT = _add(0xDF78, "Second currency single transaction limit", "第二币种电子现金单笔交易限额", N, 6, _CARD)
SECOND_BALANCE = _add(0xDF79, "Second currency electronic cash balance", "第二币种电子现金余额", N, 6, _CARD)
