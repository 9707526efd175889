"""The tables of 公文."""

from .dispatch import Delivery, DeliveryEvent, Dispatch
from .document import Addressee, Document, DocumentVersion
from .incoming import Incoming
from .sealing import SealJob
from .series import Series
from .signing import Signing

__all__ = [
    "Addressee",
    "Delivery",
    "DeliveryEvent",
    "Dispatch",
    "Document",
    "DocumentVersion",
    "Incoming",
    "SealJob",
    "Series",
    "Signing",
]
