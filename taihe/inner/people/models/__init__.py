"""Organs, posts and the people who hold them; one idea per file."""

from .admin_duty import AdminDuty, Duty
from .appointment import Appointment
from .dated import Dated, in_force
from .officer import Officer, OfficerManager
from .organ import Organ, OrganEvent, OrganEventKind, OrganKind, OrganStatus, OrganSystem
from .password_reset import PasswordReset
from .post import Post
from .role import Role, RoleGrant
from .signin import PasswordHistory, SessionNote, SignInGuard
from .stand_in import StandIn
from .two_persons import TwoPersons

__all__ = [
    "AdminDuty",
    "Appointment",
    "Dated",
    "Duty",
    "Officer",
    "OfficerManager",
    "Organ",
    "OrganEvent",
    "OrganEventKind",
    "OrganKind",
    "OrganStatus",
    "OrganSystem",
    "PasswordHistory",
    "PasswordReset",
    "Post",
    "Role",
    "RoleGrant",
    "SessionNote",
    "SignInGuard",
    "StandIn",
    "TwoPersons",
    "in_force",
]
