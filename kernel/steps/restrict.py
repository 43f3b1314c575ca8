"""Restrict: processing restrictions (EMV 4.4 Book 3 clause 10.4). Pure: no card, no person, no host.

# spec: emv-b3/10.4.1, emv-b3/10.4.3
"""

from jinka.kernel.data import formats, tags
from jinka.kernel.data.bits import Bits
from jinka.kernel.data.fields import Auc, Tvr
from jinka.kernel.effects import Service
from jinka.kernel.steps.transaction import Transaction


def restrict(tx: Transaction) -> None:
    """Sets the TVR bits for application version, usage control and dates."""
    version = tx.store.get(tags.VERSION_CARD)
    if version is not None and version != tx.application.version:
        tx.tvr |= Tvr.VERSIONS_DIFFER
    if not _usable(tx):
        tx.tvr |= Tvr.SERVICE_NOT_ALLOWED
    effective = tx.store.get(tags.EFFECTIVE_DATE)
    if effective is not None and formats.day(effective, "5F25") > tx.today:
        tx.tvr |= Tvr.NOT_YET_EFFECTIVE
    if tx.expiry < tx.today:
        tx.tvr |= Tvr.EXPIRED


def _usable(tx: Transaction) -> bool:
    """Whether the usage control allows this transaction on this terminal. # spec: emv-b3/10.4.2"""
    raw = tx.store.get(tags.AUC)
    if raw is None:
        return True
    auc = Auc.parse(raw)
    if (Auc.ATM if tx.device.atm else Auc.OTHER_THAN_ATM) not in auc:
        return False
    country = tx.store.get(tags.ISSUER_COUNTRY)
    if country is None:
        return True
    domestic = formats.number(country, "5F28") == tx.device.country
    return all(bit in auc for bit in _wanted(tx, domestic))


def _wanted(tx: Transaction, domestic: bool) -> list[Bits]:
    """The usage bits this kind of transaction asks for."""
    request = tx.request
    wanted: list[Bits] = []
    if request.service is Service.CASH:
        wanted.append(Auc.DOMESTIC_CASH if domestic else Auc.INTERNATIONAL_CASH)
    elif request.service in (Service.PURCHASE, Service.CASHBACK):
        if request.services:
            wanted.append(Auc.DOMESTIC_SERVICES if domestic else Auc.INTERNATIONAL_SERVICES)
        else:
            wanted.append(Auc.DOMESTIC_GOODS if domestic else Auc.INTERNATIONAL_GOODS)
    if request.other_amount:
        wanted.append(Auc.DOMESTIC_CASHBACK if domestic else Auc.INTERNATIONAL_CASHBACK)
    return wanted
