"""Reference: the rules of the specifications a second time, written from the clauses alone and apart from the kernel.

Nothing here imports `jinka.kernel`, not even its tables of tags and bits: what two readings agree on, a slip in one of
them did not make. Plain and slow on purpose; values are bytes as they stand on the wire.
"""
