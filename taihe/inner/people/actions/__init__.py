"""The only writers of organs, posts and people."""

from .appointments import appoint, end_appointment, make_main
from .duties import approve_duty, close_duty, refuse_duty, request_duty
from .first import make_first_administrators
from .imports import import_officers, import_organs
from .officers import create_officer, edit_officer, leave_officer, lock_officer, unlock_officer
from .organs import abolish_organ, create_organ, edit_organ, merge_organ, move_organ, rename_organ
from .passwords import approve_password_reset, refuse_password_reset, request_password_reset, set_initial_password
from .posts import close_post, create_post, edit_post
from .roles import approve_role, refuse_role, request_role, revoke_role
from .stand_ins import revoke_stand_in, set_stand_in

__all__ = [
    "abolish_organ",
    "appoint",
    "approve_duty",
    "approve_password_reset",
    "approve_role",
    "close_duty",
    "close_post",
    "create_officer",
    "create_organ",
    "create_post",
    "edit_officer",
    "edit_organ",
    "edit_post",
    "end_appointment",
    "import_officers",
    "import_organs",
    "leave_officer",
    "lock_officer",
    "make_first_administrators",
    "make_main",
    "merge_organ",
    "move_organ",
    "refuse_duty",
    "refuse_password_reset",
    "refuse_role",
    "rename_organ",
    "request_duty",
    "request_password_reset",
    "request_role",
    "revoke_role",
    "revoke_stand_in",
    "set_initial_password",
    "set_stand_in",
    "unlock_officer",
]
