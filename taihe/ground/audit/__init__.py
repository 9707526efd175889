"""The record of who did what: append-only entries, sealed into a signed chain.

See `models` for what is kept, `sealing` for the chain, `verify` for the check that names the first
bad entry, from the database or from an exported file.
"""
