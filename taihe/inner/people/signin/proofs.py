"""Proofs examined under the failure counts: a password, a code, a recovery code, a passkey."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ..models import Officer
from . import actions
from .acting import door
from .actions.attempts import attempt_on, reserve
from .errors import PasswordLapsed, WrongNameOrPassword
from .passwords import has_lapsed
from .state import address_of

# What a malformed passkey answer can raise on its way through the parser.
_MALFORMED = (ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error)


def open_door(request: HttpRequest, sign_in_name: str, password: str) -> Officer:
    """The officer whose name and password these are.

    Takes as long for a name nobody has.  Raises SignInPaused, WrongNameOrPassword, PasswordLapsed.
    """
    address = address_of(request)
    attempt = actions.begin_attempt(sign_in_name, address)
    officer = authenticate(request, username=sign_in_name.strip(), password=password)
    if not isinstance(officer, Officer):
        actions.note_failure(door(address), attempt, "password")
        raise WrongNameOrPassword
    actions.note_passed(attempt)
    if has_lapsed(officer):
        raise PasswordLapsed
    return officer


def _under_counts(request: HttpRequest, officer: Officer, step: str, proves: Callable[[], bool]) -> bool:
    address = address_of(request)
    attempt = attempt_on(officer, address)
    reserve(attempt, address)
    if proves():
        actions.note_passed(attempt)
        return True
    actions.note_failure(door(address), attempt, step)
    return False


def by_password(request: HttpRequest, officer: Officer, plain: str) -> bool:
    """Whether a signed-in officer's own password, asked for again, is right.  Raises SignInPaused."""
    return _under_counts(request, officer, "confirm", lambda: officer.check_password(plain))


def by_totp(request: HttpRequest, officer: Officer, code: str) -> bool:
    """Whether a TOTP code proves the officer; it is then spent.  Raises SignInPaused."""
    return _under_counts(request, officer, "totp", lambda: actions.use_totp(officer, code, address_of(request)))


def by_recovery_code(request: HttpRequest, officer: Officer, code: str) -> bool:
    """Whether a recovery code proves the officer; it is then spent.  Raises SignInPaused."""
    typed = "".join(code.split()).replace("-", "")
    return _under_counts(
        request, officer, "recovery", lambda: actions.use_recovery_code(officer, typed, address_of(request))
    )


def by_passkey(request: HttpRequest, officer: Officer, credential: Any) -> bool:
    """Whether a passkey's answer to the challenge in this session proves the officer.  Raises SignInPaused."""

    def proves() -> bool:
        try:
            webauthn.parse_authentication_response(credential)
            row = webauthn.complete_authentication(officer, credential)
        except _MALFORMED:
            return False
        finally:
            webauthn.clear_state()  # a challenge is answered once, rightly or not
        return actions.use_passkey(officer, row.pk, credential, address_of(request))

    return _under_counts(request, officer, "passkey", proves)


def registers(credential: Any) -> bool:
    """Whether a new passkey's answer fits the challenge in this session."""
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except _MALFORMED:
        return False
    finally:
        webauthn.clear_state()
    return True
