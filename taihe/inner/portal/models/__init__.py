"""The editors' desk (pages, pictures, files) and what became of it: submissions, approvals, withdrawals."""

from .media import PortalDocument, PortalImage, PortalRendition, Shelf
from .pages import Article, Column, PortalHome
from .release import Release, ReleaseAlarm, ReleaseState, RollbackRequest
from .review import Approval, Submission, Withdrawal, WithdrawalCheck

__all__ = [
    "Approval",
    "Article",
    "Column",
    "PortalDocument",
    "PortalHome",
    "PortalImage",
    "PortalRendition",
    "Release",
    "ReleaseAlarm",
    "ReleaseState",
    "RollbackRequest",
    "Shelf",
    "Submission",
    "Withdrawal",
    "WithdrawalCheck",
]
