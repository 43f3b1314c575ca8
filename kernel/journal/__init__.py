"""Memory: the ledger of what is owed, and the journal of what was asked."""

from jinka.kernel.journal.journal import Journal, read_journal
from jinka.kernel.journal.ledger import Ledger, open_ledger
from jinka.kernel.journal.vault import FileVault, Vault

__all__ = ["FileVault", "Journal", "Ledger", "Vault", "open_ledger", "read_journal"]
