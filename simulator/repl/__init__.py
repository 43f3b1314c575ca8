"""The simulator for a person: one payment, a card in a virtual reader, and a shell that steps through a transaction."""
