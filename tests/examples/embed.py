from jinka.kernel import Station, Terminal, load_config, run
from jinka.kernel.journal import open_ledger
from jinka.kernel.transports.pcsc import PcscReader

config = load_config("terminal.toml", keys="capk.toml")
terminal = Terminal(config)

with PcscReader().session(timeout=30) as card, open_ledger("ledger.db") as ledger:
    # person=, host= take your PIN pad and your acquirer; left out, there is neither.
    outcome = run(terminal.purchase(12_50), Station(card, keeper=ledger))

print(outcome.verdict.value, outcome.arc, outcome.tvr.hex())
