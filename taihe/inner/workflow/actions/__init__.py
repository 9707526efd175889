"""The only writers of the flows.  All take the Actor first; `version` is the item's (or instance's) as the form had it.

Every action locks the instance first, then its items, so that two clerks at once are served one after the other
and the second meets StaleVersion or ItemClosed.
"""

from .circulating import circulate, mark_read, urge
from .handling import claim, complete, release_claim
from .pausing import cancel, resume, suspend
from .phrases import add_phrase, drop_phrase
from .recording import confirm_recorded, record_for
from .returning import send_back, withdraw, withdraw_start
from .signers import add_signers, drop_signer, reassign, transfer
from .starting import deploy, start

__all__ = [
    "add_phrase",
    "add_signers",
    "cancel",
    "circulate",
    "claim",
    "complete",
    "confirm_recorded",
    "deploy",
    "drop_phrase",
    "drop_signer",
    "mark_read",
    "reassign",
    "record_for",
    "release_claim",
    "resume",
    "send_back",
    "start",
    "suspend",
    "transfer",
    "urge",
    "withdraw",
    "withdraw_start",
]
