"""Steps: the stages of a transaction, one file a stage, each a function on a `Transaction`.

A step reads and writes only its transaction, and never calls a step: only an application's flow puts them in order.
"""
