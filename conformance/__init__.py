"""The judge: cases, clauses and verdicts for a terminal kernel, ours or another's."""
