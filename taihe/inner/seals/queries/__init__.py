"""The readers of seals, their uses and what is revoked."""

from .known import Original, known_original
from .seals import (
    by_numbers,
    by_state,
    certificate_of,
    certificates_of,
    keys_out_of_use,
    managed,
    providers_used,
    revoked,
    seal_for_reading,
    seals_of,
    usable_seal,
    visible_seals,
)
from .uses import organs_in_register, uses, uses_of

__all__ = [
    "Original",
    "by_numbers",
    "by_state",
    "certificate_of",
    "certificates_of",
    "keys_out_of_use",
    "known_original",
    "managed",
    "organs_in_register",
    "providers_used",
    "revoked",
    "seal_for_reading",
    "seals_of",
    "usable_seal",
    "uses",
    "uses_of",
    "visible_seals",
]
