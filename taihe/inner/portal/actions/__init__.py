"""The only writers of the editorial office.  All take the Actor first."""

from .approving import approve
from .masking import mask_numbers
from .reviewing import finish, note_review, recall, send_back_to_author
from .submitting import submit
from .withdrawing import confirm_withdrawal, withdraw

__all__ = [
    "approve",
    "confirm_withdrawal",
    "finish",
    "mask_numbers",
    "note_review",
    "recall",
    "send_back_to_author",
    "submit",
    "withdraw",
]
