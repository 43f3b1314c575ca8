"""HostConfig: what the host link is told. The table [host] of a terminal's configuration file."""

from dataclasses import dataclass

from jinka.kernel.crypto.mac import Algorithm
from jinka.kernel.errors import ConfigError
from jinka.kernel.secret import Secret


@dataclass(frozen=True, slots=True)
class HostConfig:
    """How to reach the acquirer and how to speak to it. Timeouts in seconds.

    terminal_master: the 16-byte key that enciphers the working keys at sign-on, for `key_algorithm`.
    mac_algorithm, pin_algorithm: of field 64 and field 52. TDES is the retail MAC and an 8-byte PIN block, SM4 a
    CBC-MAC cut to 8 bytes and a 16-byte PIN block.
    tpdu, header: put before every message and expected, in length only, before every answer.
    keep_open: one connection for many messages; without it each exchange has its own.
    dual_message: purchases are authorised by 0100 and captured by the batch; without it 0200 does both.
    refund_type: message type of a refund. attempts: how often a reversal is sent before the link gives up for now.
    tls: TLS with the host's certificate checked against `ca_file` (empty: the system's) under the name `address`.
    """

    address: str
    port: int
    terminal_master: Secret
    terminal_id: str = "00000001"
    merchant_id: str = "000000000000001"
    acquirer_id: str = ""
    mac_algorithm: Algorithm = Algorithm.TDES
    pin_algorithm: Algorithm = Algorithm.TDES
    key_algorithm: Algorithm = Algorithm.TDES
    tpdu: bytes = b""
    header: bytes = b""
    connect_timeout: float = 10.0
    answer_timeout: float = 60.0
    keep_open: bool = False
    dual_message: bool = False
    refund_type: str = "0220"
    attempts: int = 3
    tls: bool = False
    ca_file: str = ""

    def __post_init__(self) -> None:
        """Raises `ConfigError` for what cannot work; a port of 0 or no address is found at the first message."""
        if len(self.terminal_master) != 16:
            raise ConfigError("has 16 bytes", key="host.terminal_master")
        if len(self.terminal_id) != 8 or not self.terminal_id.isascii():
            raise ConfigError("has 8 characters", key="host.terminal_id")
        if len(self.merchant_id) != 15 or not self.merchant_id.isascii():
            raise ConfigError("has 15 characters", key="host.merchant_id")
        if self.refund_type not in ("0200", "0220"):
            raise ConfigError("is 0200 or 0220", key="host.refund_type")
        if self.connect_timeout <= 0 or self.answer_timeout <= 0 or self.attempts < 1:
            raise ConfigError("timeouts and attempts are above zero", key="host")
