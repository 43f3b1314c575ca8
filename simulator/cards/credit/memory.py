"""Memory: the state of a debit/credit application, non-volatile and volatile."""

from dataclasses import dataclass, field
from enum import Enum

from jinka.kernel.data.fields import Cryptogram


class State(Enum):
    """Where a transaction stands, as far as the card knows."""

    SELECTED = "selected"
    INITIATED = "initiated"      # GET PROCESSING OPTIONS is done
    ONLINE = "online"            # the first GENERATE AC gave an ARQC
    COMPLETED = "completed"      # a TC or an AAC is out: only scripts and queries are left


@dataclass(slots=True)
class Memory:
    """Non-volatile. Amounts in minor units of the card's currency (9F51).

    `data` is what PUT DATA changes, `records` what UPDATE RECORD has changed, by (SFI, number); `log` is newest first.
    `foreign_currency` and `foreign_country` count offline transactions in a row; the flags are told to the issuer in
    the next card verification results. `scripts` counts script commands after the last second GENERATE AC, up to 15.
    """

    atc: int
    last_online_atc: int
    pin: str
    pin_tries: int
    blocked: bool
    data: dict[int, bytes]
    records: dict[tuple[int, int], bytes] = field(default_factory=dict)
    log: tuple[bytes, ...] = ()
    load_log: tuple[bytes, ...] = ()
    offline_amount: int = 0
    foreign_currency: int = 0
    foreign_country: int = 0
    online_pending: bool = False
    authentication_failed: bool = False
    authentication_missing: bool = False
    blocked_by_tries: bool = False
    sda_failed: bool = False
    dda_failed: bool = False
    script_failed: bool = False
    scripts: int = 0


@dataclass(slots=True)
class Session:
    """Volatile. `values` holds what the DOLs brought; `pdol` and `cdol1` are their bytes as received.

    `pin`, `authenticated`: None not tried, else how it ended. `purse`: the electronic cash in use, by balance tag.
    """

    state: State = State.SELECTED
    values: dict[int, bytes] = field(default_factory=dict)
    pdol: bytes = b""
    cdol1: bytes = b""
    challenge: bytes = b""
    pin: bool | None = None
    authenticated: bool | None = None
    dda: bool = False
    first: Cryptogram | None = None
    cryptogram: bytes = b""
    purse: int | None = None
    unable_online: bool = False
    script_failed: bool = False
