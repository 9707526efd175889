"""The only writers of seals, their certificates and the register of uses."""
