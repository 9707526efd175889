"""From approved pages to the public: each change becomes a numbered, signed release that crosses the gate.

`sources` reads what is approved, `making` bakes, compresses and signs it, `carrying` makes it ready for the
gate, `actions` gives it its number and sends it; `withdrawn` says what must not be shown any more.
"""
