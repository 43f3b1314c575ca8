"""The report of a run: a page, a table, a file for a CI, all drawn from the same `run.json`."""
