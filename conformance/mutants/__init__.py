"""Mutants: deliberately wrong kernels, cards and hosts, one small fault each, and the cases that must notice.

A suite that cannot catch a wrong kernel is wrong itself: `jinka conformance mutants` runs the named cases against the
kernel as it is, then against each mutant.

A new one is an entry in the list `MUTANTS` of any file here; a new file is found by itself:

    Mutant(
        "denial-ignored",                               # what it is called
        "emv-b3/10.7",                                  # the clause it breaks, out of conformance/clauses
        "Denial codes are not looked at.",
        "不检查拒绝代码",
        ("TAA-002", "TAA-003"),                         # codes of cases, or their beginnings
        Patch("kernel.steps.decide.analyse", "denied(tx) or ", ""),
    )
"""
