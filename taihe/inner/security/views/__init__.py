"""The pages of the consoles."""
