"""The whitelist: every kind of letter that may cross, one file per feature.

A feature that crosses adds its file here and imports it below; nothing else can cross.
"""

from . import gate, portal, seals
from .base import GENESIS, LANES, Lane, Letter, current_version, letter, letter_class

__all__ = ["GENESIS", "LANES", "Lane", "Letter", "current_version", "gate", "letter", "letter_class", "portal", "seals"]
