"""Keys and signatures: who vouches for audit batches, letters and pages.

Nothing here knows Django or a county: a folder of keys (`KeyRing`), detached signatures, the hand-carried
exchange of public keys, and boxes that only the receiving zone can open.
"""

from .algorithms import ED25519, SM2, X25519
from .boxes import BOX_ALGORITHM, BOX_PURPOSE, open_sealed, seal_to
from .errors import BadKeyFile, BadSignature, CannotOpen, FingerprintDiffers, UnknownKey
from .ring import KeyRing, Signature, SigningProvider, is_demo, mark_demo, refuse_demo, sm2_purpose
from .store import KeyRecord, write_atomically

__all__ = [
    "BOX_ALGORITHM",
    "BOX_PURPOSE",
    "ED25519",
    "SM2",
    "X25519",
    "BadKeyFile",
    "BadSignature",
    "CannotOpen",
    "FingerprintDiffers",
    "KeyRecord",
    "KeyRing",
    "Signature",
    "SigningProvider",
    "UnknownKey",
    "is_demo",
    "mark_demo",
    "open_sealed",
    "refuse_demo",
    "seal_to",
    "sm2_purpose",
    "write_atomically",
]
