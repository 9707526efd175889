"""安全隔离交换: the one passage between the two wings.

Whatever crosses is a letter (`letters/`), signed, numbered and chained per lane, written to a spool
folder that a physical ferry may carry.  `posting` puts letters on their way, `half` is the process at
one end, `inspection` decides what may come in, `receiving` stores it, `handlers` carry it out.
"""
