"""The only writers of sign-in: attempts and pauses, sessions, passwords, second factors, housekeeping."""

from .attempts import Attempt, begin_attempt, lift_pause, note_failure, note_passed
from .demo import give_demo_factors
from .factors import (
    activate_totp,
    add_passkey,
    remove_passkey,
    remove_totp,
    renew_recovery_codes,
    reset_factors,
    use_passkey,
    use_recovery_code,
    use_totp,
)
from .housekeeping import end_overdue, purge
from .passwords import change_password
from .sessions import end_others, end_own_session, end_session, end_sessions_of, expire, seen, sign_in, sign_out
from .switching import switch_post

__all__ = [
    "Attempt",
    "activate_totp",
    "add_passkey",
    "begin_attempt",
    "change_password",
    "end_others",
    "end_overdue",
    "end_own_session",
    "end_session",
    "end_sessions_of",
    "expire",
    "give_demo_factors",
    "lift_pause",
    "note_failure",
    "note_passed",
    "purge",
    "remove_passkey",
    "remove_totp",
    "renew_recovery_codes",
    "reset_factors",
    "seen",
    "sign_in",
    "sign_out",
    "switch_post",
    "use_passkey",
    "use_recovery_code",
    "use_totp",
]
