"""Cases of the contact debit/credit application."""
