"""Steps: the stages of a transaction, one file a stage, each a function on a `Transaction`. A step never calls a step."""
