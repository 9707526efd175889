"""The one queue: every effect of an action, every job and every schedule leaves through this table.

`registry` tells who handles what, `actions` writes the table, `worker` runs what is due.
"""
