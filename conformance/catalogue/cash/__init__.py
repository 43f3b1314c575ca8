"""Cases of electronic cash over contacts."""
