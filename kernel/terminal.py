"""Terminal: the public face. One method a service; each gives a session to run in a world.

    outcome = run(Terminal(config).purchase(12_50), world)
"""

from collections.abc import Callable, Coroutine
from typing import Any

from jinka.kernel.applications.cash import flow as cash
from jinka.kernel.applications.credit import flow as credit
from jinka.kernel.config import Config
from jinka.kernel.effects import Effect, Service
from jinka.kernel.errors import ConfigError
from jinka.kernel.outcome import Outcome
from jinka.kernel.session import Session
from jinka.kernel.steps.transaction import Request, Transaction

Dialogue = Callable[[Transaction], Coroutine[Effect[Any], Any, Outcome]]


class Terminal:
    """A configured terminal. Keeps no state between transactions: what must outlive one is the world's affair.

    Amounts are whole numbers of the currency's minor unit (fen, cents).
    """

    def __init__(self, config: Config) -> None:
        if not config.applications:
            raise ConfigError("a terminal needs at least one application", key="application")
        self.config = config

    def _session(self, dialogue: Dialogue, request: Request) -> Session[Outcome]:
        return Session(lambda: dialogue(Transaction(self.config, request)))

    def purchase(self, amount: int, *, services: bool = False, forced_online: bool = False) -> Session[Outcome]:
        """Goods (or services), paid with the account or with electronic cash, as card and amount have it. 消费"""
        return self._session(
            credit.purchase, Request(Service.PURCHASE, amount, services=services, forced_online=forced_online)
        )

    def cash(self, amount: int, *, forced_online: bool = False) -> Session[Outcome]:
        """Cash from the attendant or a dispenser. 取现"""
        return self._session(credit.purchase, Request(Service.CASH, amount, forced_online=forced_online))

    def cashback(self, amount: int, cashback: int, *, forced_online: bool = False) -> Session[Outcome]:
        """Goods with cash on top: `amount` is what the cardholder pays in all, `cashback` the cash in it. 返现"""
        return self._session(
            credit.purchase, Request(Service.CASHBACK, amount, cashback, forced_online=forced_online)
        )

    def refund(self, amount: int) -> Session[Outcome]:
        """Money back. 退货"""
        return self._session(credit.refund, Request(Service.REFUND, amount))

    def balance(self) -> Session[Outcome]:
        """What is on the account. 余额查询"""
        return self._session(credit.balance, Request(Service.BALANCE))

    def load(self, amount: int, service: Service = Service.LOAD) -> Session[Outcome]:
        """Loads electronic cash: from the card's account, another account or cash, as `service` says. 圈存"""
        return self._session(cash.load, Request(service, amount))

    def cash_balance(self) -> Session[Outcome]:
        """What is on the card. 电子现金余额查询"""
        return self._session(cash.balance, Request(Service.BALANCE))

    def transaction_log(self) -> Session[Outcome]:
        """The card's own list of its transactions. 交易日志"""
        return self._session(cash.transaction_log, Request(Service.BALANCE))

    def load_log(self) -> Session[Outcome]:
        """The card's own list of its loads. 圈存日志"""
        return self._session(cash.load_log, Request(Service.BALANCE))
