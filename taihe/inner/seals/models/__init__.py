"""Tables of seals: what seals the county's organs hold, their certificates, and each use."""

from .certificate import SealCertificate
from .seal import Seal, SealKind, SealState
from .use import SealUse

__all__ = ["Seal", "SealCertificate", "SealKind", "SealState", "SealUse"]
