"""Profile: a debit/credit application with electronic cash (JR/T 0025.13)."""

from collections.abc import Mapping
from typing import Any

from jinka.simulator.cards.credit.profile import Profile
from jinka.simulator.objects import Hex


class CashProfile(Profile, frozen=True, forbid_unknown_fields=True):
    """What is added: the AFL of an electronic cash transaction, with the record that holds 9F74 in it.

    Balance and limits stand in `data`: 9F79 9F77 9F78 9F6D for the currency in 9F51, DF79 DF77 DF78 DF76 for the one in
    DF71. The IAD carries the balance as identifier 01 unless `idd` says otherwise. `pure`: no
    account behind the card, so nothing but electronic cash is approved offline.
    """

    cash_afl: Hex = Hex()
    idd: int = 1
    pure: bool = False

    def afls(self) -> tuple[bytes, ...]:
        """The ordinary AFL and that of electronic cash."""
        return (bytes(self.afl), bytes(self.cash_afl))

    def applet(self) -> Any:
        """The application machine."""
        from jinka.simulator.cards.cash.machine import Cash

        return Cash(self)


def read(table: Mapping[str, Any]) -> CashProfile:
    """Decodes an [[application]] of this kind. Raises `ConfigError`."""
    from jinka.simulator.personality import decode

    return decode(dict(table), CashProfile, key="application")
