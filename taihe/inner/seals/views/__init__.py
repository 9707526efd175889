"""Pages of seals: the register of seals, one seal, its handling, the register of uses, checking a file."""
