"""Personal data at rest: what people entrust to the county is sealed, and opened only for a named purpose.

A `VaultField` (see `fields`) stores its value encrypted under the zone's key; the attribute is a
`Sealed` value that prints as dots.  `actions.reveal` gives the plain text to an actor for a
registered purpose and leaves an audit entry.  `BlindIndex` finds a row by an exact value without
opening any.  The keys are one folder per zone (`keys`); nothing here imports models at start.
"""
