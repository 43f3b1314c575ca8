"""The host link: ISO 8583 over TCP or TLS, the stock answer to `GoOnline`."""

from jinka.kernel.acquirer.config import HostConfig
from jinka.kernel.acquirer.debts import Delivered, Desk, Settlement, deliver, settle
from jinka.kernel.acquirer.line import HostFault
from jinka.kernel.acquirer.link import AcquirerLink

__all__ = ["AcquirerLink", "Delivered", "Desk", "HostConfig", "HostFault", "Settlement", "deliver", "settle"]
