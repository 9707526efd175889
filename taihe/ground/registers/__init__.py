"""Registers (登记簿): who holds which number of a series, from 1 on, every number accounted for.

A document's number, a receipt's number, a seal use: each series is one register, restarting every year
or running on.  A number once taken has a row for ever; what is not used is voided with its reason.
"""
