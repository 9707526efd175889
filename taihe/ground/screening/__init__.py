"""Proof-reading before the county speaks: listed words and personal numbers, found at their exact places.

``screen(text)`` answers with a Verdict of findings (level block, review or mask); ``mask(text, verdict)`` gives the
version in which personal data are hidden.  A machine only points: nothing is deleted, a person decides.
"""

from .lists import load_lists, rebuild_manifest, words_folder
from .numbers import id_card_fault, luhn_ok
from .service import mask, screen
from .verdict import CLASSES, Finding, Level, Purpose, Verdict

__all__ = [
    "CLASSES",
    "Finding",
    "Level",
    "Purpose",
    "Verdict",
    "id_card_fault",
    "load_lists",
    "luhn_ok",
    "mask",
    "rebuild_manifest",
    "screen",
    "words_folder",
]
