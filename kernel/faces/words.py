"""Words: what milestones, messages, questions and ends are called, in English and Chinese."""

from collections.abc import Callable
from enum import Enum

from jinka.kernel.data import codes
from jinka.kernel.data.meanings import Text, same
from jinka.kernel.effects import Message, Question, RecordKind, Step
from jinka.kernel.outcome import Outcome, Verdict


class Lane(Enum):
    """Whom the terminal deals with; what it does by itself stands in its own lane."""

    CARDHOLDER = "cardholder"
    TERMINAL = "terminal"
    CARD = "card"
    HOST = "host"


LANES = {
    Lane.CARDHOLDER: Text("Cardholder", "持卡人"),
    Lane.TERMINAL: Text("Terminal", "终端"),
    Lane.CARD: Text("Card", "卡片"),
    Lane.HOST: Text("Host", "主机"),
}

STEPS = {
    Step.START: Text("Start", "交易开始"),
    Step.SELECTED: Text("Application selection", "应用选择"),
    Step.INITIATED: Text("Application initiation", "应用初始化"),
    Step.READ: Text("Reading records", "读应用数据"),
    Step.AUTHENTICATED: Text("Offline data authentication", "脱机数据认证"),
    Step.RESTRICTED: Text("Processing restrictions", "处理限制"),
    Step.VERIFIED: Text("Cardholder verification", "持卡人验证"),
    Step.RISK_MANAGED: Text("Terminal risk management", "终端风险管理"),
    Step.DECIDED: Text("Terminal action analysis", "终端行为分析"),
    Step.FIRST_AC: Text("First GENERATE AC", "第一次生成应用密文"),
    Step.ONLINE: Text("Online processing", "联机处理"),
    Step.ISSUER_AUTHENTICATED: Text("Issuer authentication", "发卡行认证"),
    Step.SCRIPTS_BEFORE: Text("Scripts before the final AC", "最后一次密文前的脚本"),
    Step.SECOND_AC: Text("Second GENERATE AC", "第二次生成应用密文"),
    Step.SCRIPTS_AFTER: Text("Scripts after the final AC", "最后一次密文后的脚本"),
    Step.COMPLETED: Text("Completion", "交易结束"),
}

MESSAGES = {
    Message.WELCOME: Text("Welcome", "欢迎"),
    Message.AMOUNT: Text("Amount", "金额"),
    Message.APPROVED: Text("Approved", "交易批准"),
    Message.DECLINED: Text("Declined", "交易拒绝"),
    Message.NOT_ACCEPTED: Text("Not accepted", "不接受"),
    Message.CARD_ERROR: Text("Card error", "卡片错误"),
    Message.PROCESSING: Text("Processing", "处理中"),
    Message.PROCESSING_ERROR: Text("Processing error", "处理错误"),
    Message.ENTER_PIN: Text("Enter PIN", "请输入密码"),
    Message.INCORRECT_PIN: Text("Incorrect PIN", "密码错误"),
    Message.PIN_OK: Text("PIN OK", "密码正确"),
    Message.LAST_PIN_TRY: Text("Last PIN try", "最后一次输入密码"),
    Message.TRY_AGAIN: Text("Try again", "请重试"),
    Message.INSERT_CARD: Text("Insert card", "请插卡"),
    Message.REMOVE_CARD: Text("Remove card", "请取卡"),
    Message.USE_CHIP_READER: Text("Use chip reader", "请使用IC卡读卡器"),
    Message.USE_MAGSTRIPE: Text("Use magnetic stripe", "请刷磁条"),
    Message.CALL_YOUR_BANK: Text("Call your bank", "请联系发卡行"),
    Message.CANCEL_OR_ENTER: Text("Cancel or enter", "请取消或确认"),
    Message.PLEASE_WAIT: Text("Please wait", "请稍候"),
    Message.CARD_BLOCKED: Text("Card blocked", "卡片已锁定"),
    Message.SIGN: Text("Please sign", "请签名"),
}

QUESTIONS = {
    Question.APPLICATION: Text("Choose an application", "请选择应用"),
    Question.CONFIRM: Text("Use this application?", "使用此应用?"),
    Question.IDENTITY_DOCUMENT: Text("Does the identity document match?", "证件是否相符?"),
    Question.REFERRAL: Text("The issuer asks for a call: approve?", "发卡行要求电话授权:是否批准?"),
    Question.SIGNATURE: Text("Does the signature match?", "签名是否相符?"),
}

VERDICTS = {
    Verdict.APPROVED: Text("Approved", "批准"),
    Verdict.DECLINED: Text("Declined", "拒绝"),
    Verdict.NOT_ACCEPTED: Text("Not accepted", "不接受"),
    Verdict.TERMINATED: Text("Terminated", "终止"),
    Verdict.CANCELLED: Text("Cancelled", "取消"),
    Verdict.CARD_REMOVED: Text("Card removed", "卡片移出"),
    Verdict.COMPLETED: Text("Completed", "完成"),
}

RECORDS = {
    RecordKind.INTENT: Text("keeps the intent: a restart now would reverse", "登记交易意向:此时掉电将冲正"),
    RecordKind.REVERSAL: Text("owes the host a reversal", "登记冲正"),
    RecordKind.SALE: Text("keeps the sale for the batch", "登记交易,待批上送"),
    RecordKind.ADVICE: Text("keeps an advice for the host", "登记通知"),
    RecordKind.CLOSED: Text("closes the entry: nothing is owed", "结清登记:无未决事项"),
    RecordKind.COUNTER: Text("keeps a counter", "登记计数器"),
    RecordKind.UNCERTAIN: Text("keeps a note: card and terminal may differ from here", "登记不确定状态"),
}

SERVICES = {
    "purchase": Text("Purchase", "消费"),
    "cash": Text("Cash", "取现"),
    "cashback": Text("Purchase with cashback", "消费返现"),
    "refund": Text("Refund", "退货"),
    "balance": Text("Balance enquiry", "余额查询"),
    "load": Text("Load", "指定账户圈存"),
    "load_other_account": Text("Load from another account", "非指定账户圈存"),
    "load_cash": Text("Load with cash", "现金充值"),
}

_PHRASES = {
    "successful": "成功", "failed": "失败", "none": "未进行", "prepared": "已准备",
    "declined by the card": "卡片拒绝", "declined by the issuer": "发卡行拒绝", "unable to go online": "无法联机",
    "the signature of the card is wrong": "卡片签名错误", "balance enquiry": "余额查询",
    "no application that both sides can use": "没有双方都支持的应用",
    "card removed": "卡片移出", "no host configured": "未配置主机", "connection refused": "连接被拒绝",
}  # fmt: skip


def note(text: str) -> Text:
    """A kernel's remark, with its Chinese where the remark is one of the standing ones."""
    for pattern, made in _PATTERNS:
        if text.startswith(pattern):
            return made(text)
    if ": " in text:
        head, _, tail = text.partition(": ")
        return Text(text, f"{_PHRASES.get(head, head)}:{_PHRASES.get(tail, tail)}")
    for words in (*VERDICTS.items(), *SERVICES.items()):
        key = words[0].value if isinstance(words[0], Verdict) else words[0]
        if key == text:
            return Text(text, words[1].zh)
    return Text(text, _PHRASES.get(text, text))


def _asked(text: str) -> Text:
    asked, given = text.replace(" asked", "").replace(" given", "").split(", ")
    return Text(text, f"请求{asked},返回{given}")


_PATTERNS: tuple[tuple[str, Callable[[str], Text]], ...] = (
    ("ask for ", lambda text: Text(text, f"请求{text[8:]}")),
    ("answered ", lambda text: Text(text, f"应答码{text[9:]}")),
    *((f"{kind} asked, ", _asked) for kind in ("TC", "AAC", "ARQC")),
)


def money(amount: int, currency: int) -> str:
    """An amount in minor units with its currency, such as "CNY 12.50"."""
    held = codes.CURRENCIES.get(currency)
    exponent, code = (held.exponent, held.code) if held is not None else (2, f"{currency:03d}")
    if not exponent:
        return f"{code} {amount}"
    whole, part = divmod(abs(amount), 10**exponent)
    return f"{code} {'-' if amount < 0 else ''}{whole}.{part:0{exponent}d}"


def count(number: int, one: Text, many: Text) -> Text:
    """A number with its noun."""
    words = one if number == 1 else many
    return Text(f"{number} {words.en}", f"{number}{words.zh}")


def joined(parts: "list[Text] | tuple[Text, ...]", en: str = ", ", zh: str = "、") -> Text:
    """Several texts as one."""
    return Text(en.join(part.en for part in parts), zh.join(part.zh for part in parts))


def plus(*parts: Text | str) -> Text:
    """Texts on end."""
    texts = [same(part) if isinstance(part, str) else part for part in parts]
    return Text("".join(text.en for text in texts), "".join(text.zh for text in texts))


def remarks(ended: Outcome) -> list[Text]:
    """What else there is to say about an outcome."""
    flags = (
        (ended.signature, Text("signature wanted", "需签名")),
        (ended.reversal, Text("reversal owed", "待冲正")),
        (ended.advice, Text("advice kept", "已登记通知")),
        (ended.fallback, Text("fallback to magnetic stripe allowed", "允许降级磁条")),
    )
    amounts = (
        (ended.balance_before, Text("balance before", "原余额")),
        (ended.balance, Text("balance", "余额")),
    )
    found = [words for flag, words in flags if flag]
    return found + [plus(words, f" {money(held, ended.currency)}") for held, words in amounts if held is not None]
