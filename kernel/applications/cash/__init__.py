"""Cash: electronic cash of a PBOC card over contacts: load, balance and logs (JR/T 0025.13, 0025.15), 电子现金.

A purchase paid with electronic cash is part of the debit/credit dialogue, because only the records tell that it is one.
"""
