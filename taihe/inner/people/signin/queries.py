"""The readers of sign-in: pauses, sessions, second factors, and who must have one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from taihe.ground import clock
from taihe.ground.errors import Missing
from taihe.ground.rules import rule

from ..models import (
    AdminDuty,
    Appointment,
    Officer,
    PasswordHistory,
    RoleGrant,
    SessionNote,
    SignInGuard,
    in_force,
)


def find_account(sign_in_name: str) -> Officer | None:
    """The account of a typed name, whatever its letter case."""
    return Officer.objects.filter(sign_in_name=sign_in_name.strip().lower()).first()


def find_waiting(pk: int) -> Officer | None:
    """An active account by its row."""
    return Officer.objects.filter(pk=pk, status=Officer.Status.ACTIVE).first()


def used_passwords(officer: Officer, count: int) -> list[str]:
    """The current hash and the latest ones before it, `count` in all."""
    kept = PasswordHistory.objects.filter(officer=officer).order_by("-replaced_at", "-pk")
    older = list(kept.values_list("password", flat=True)[: max(count - 1, 0)])
    return [officer.password, *older] if officer.has_usable_password() else older


# -- pauses ---------------------------------------------------------------------------------------


def paused_guards() -> QuerySet[SignInGuard]:
    """Accounts and addresses whose sign-in is paused now, for the security administrator's console."""
    return SignInGuard.objects.filter(locked_until__gt=clock.now()).select_related("officer").order_by("-locked_at")


def find_guard(pk: int) -> SignInGuard:
    """One row of failures.  Raises Missing."""
    found = SignInGuard.objects.filter(pk=pk).select_related("officer").first()
    if found is None:
        raise Missing(what="该登录失败记录")
    return found


# -- sessions -------------------------------------------------------------------------------------


def open_sessions(officer: Officer) -> QuerySet[SessionNote]:
    """Where the officer is signed in now, the latest used first."""
    return SessionNote.objects.filter(officer=officer, ended_at__isnull=True).order_by("-seen_at", "-pk")


def all_open_sessions() -> QuerySet[SessionNote]:
    """Everybody signed in now, for the security administrator's console."""
    return SessionNote.objects.filter(ended_at__isnull=True).select_related("officer").order_by("-seen_at", "-pk")


def recent_sessions(officer: Officer, count: int = 10) -> list[SessionNote]:
    """The officer's latest sessions, ended ones too."""
    return list(SessionNote.objects.filter(officer=officer).order_by("-began_at", "-pk")[:count])


def previous_session(officer: Officer, note: int) -> SessionNote | None:
    """The session before this one: people notice a sign-in that was not theirs."""
    return SessionNote.objects.filter(officer=officer, pk__lt=note).order_by("-pk").first()


def find_session(pk: int) -> SessionNote:
    """One session.  Raises Missing."""
    found = SessionNote.objects.filter(pk=pk).select_related("officer").first()
    if found is None:
        raise Missing(what="该会话")
    return found


def how_it_ended(session_key: str) -> str:
    """Why the session of a cookie ended; empty when it is not known."""
    if not session_key:
        return ""
    why = SessionNote.objects.filter(session_key=session_key).values_list("ended_why", flat=True).first()
    return why or ""


def overdue_sessions(idle_before: datetime, begun_before: datetime) -> list[SessionNote]:
    """Open sessions whose browser never came back to be told that it is over."""
    late = Q(seen_at__lt=idle_before) | Q(began_at__lt=begun_before)
    return list(SessionNote.objects.filter(late, ended_at__isnull=True).select_related("officer")[:500])


def dead_sessions() -> QuerySet[Session]:
    """Session rows past their last day."""
    return Session.objects.filter(expire_date__lt=clock.now())


# -- second factors -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passkey:
    """One passkey, as its owner sees it."""

    pk: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Factors:
    """An officer's second factors; `codes_left` is None without recovery codes."""

    totp: Any = None
    passkeys: tuple[Passkey, ...] = ()
    codes_left: int | None = None

    @property
    def any(self) -> bool:
        """Whether sign-in asks for a second proof (recovery codes alone are none)."""
        return self.totp is not None or bool(self.passkeys)

    @property
    def count(self) -> int:
        """How many there are that can be used day by day."""
        return len(self.passkeys) + (self.totp is not None)


def factors_of(officer: Officer) -> Factors:
    """What the officer can prove himself with (1 query)."""
    rows = list(Authenticator.objects.filter(user_id=officer.pk).order_by("created_at", "pk"))
    kinds = Authenticator.Type
    codes = next((one for one in rows if one.type == kinds.RECOVERY_CODES), None)
    return Factors(
        totp=next((one for one in rows if one.type == kinds.TOTP), None),
        passkeys=tuple(
            Passkey(one.pk, one.data["name"], one.created_at, one.last_used_at)
            for one in rows
            if one.type == kinds.WEBAUTHN
        ),
        codes_left=None if codes is None else len(codes.wrap().get_unused_codes()),
    )


def passkey_of(held: Factors, pk: int) -> Passkey:
    """One passkey among an officer's own.  Raises Missing."""
    found = next((one for one in held.passkeys if one.pk == pk), None)
    if found is None:
        raise Missing(what="该通行密钥")
    return found


def has_factor(officer: Officer) -> bool:
    """Whether sign-in asks this officer for a second proof."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=officer.pk, type__in=kinds).exists())


def must_have_factor(officer: Officer) -> bool:
    """Whether the rule asks this officer for a second factor (GB/T 22239-2019 8.1.4.1 d).

    Administrators are asked everywhere; everyone, and the holders of named roles, in production.
    """
    asked = rule("signin.mfa_required_for")
    if "administrators" in asked and _is_administrator(officer):
        return True
    if settings.TAIHE_DEMO:
        return False
    return "everyone" in asked or bool(_role_keys(officer).intersection(asked))


def _is_administrator(officer: Officer) -> bool:
    return AdminDuty.objects.filter(officer=officer, status=AdminDuty.Status.OPEN).exists()


def _role_keys(officer: Officer) -> set[str]:
    today = clock.today()
    held = Appointment.objects.filter(in_force(today), officer=officer)
    grants = RoleGrant.objects.filter(
        Q(appointment__in=held) | Q(post__in=held.values("post")), in_force(today), status=RoleGrant.Status.ACTIVE
    )
    return set(grants.values_list("role__key", flat=True))


def without_totp(sign_in_names: list[str]) -> list[str]:
    """Those of the named accounts that exist and have no authenticator app bound."""
    bound = Authenticator.objects.filter(type=Authenticator.Type.TOTP).values("user")
    found = Officer.objects.filter(sign_in_name__in=sign_in_names).exclude(pk__in=bound)
    return list(found.order_by("pk").values_list("sign_in_name", flat=True))
