"""Sessions begin and end here; every ending says why, and by whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth import login, logout
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest

from taihe.ground import clock
from taihe.ground.action import action, record, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.ground.rules import rule

from ...actions.rows import lock, text
from ...models import Officer, SessionNote
from ...permissions import require
from ..errors import WrongNameOrPassword
from ..queries import has_factor, must_have_factor
from ..state import State, address_of, device_of, read_state, seconds, session_name, write_state
from .attempts import clear_account

BACKEND = "django.contrib.auth.backends.ModelBackend"
Ended = SessionNote.Ended
# Methods that prove more than the knowledge of a password.
STRONG = frozenset({"totp", "passkey", "recovery"})


@action("signin.sign_in")
def sign_in(actor: Actor, request: HttpRequest, officer: Officer, *, method: str) -> SessionNote:
    """Open a session under a fresh key; the caller has examined every proof.

    `method` is password, totp, passkey or recovery.  Raises WrongNameOrPassword when the account was
    locked or its password replaced while the proofs were examined.
    """
    person = lock(Officer, officer.pk, None, "该账号")
    if not person.is_active or person.password != officer.password:
        raise WrongNameOrPassword
    request.session.flush()
    login(request, person, backend=BACKEND)
    note = _note(request, person, method)
    write_state(
        request,
        State(
            began=seconds(),
            seen=seconds(),
            note=note.pk,
            proved=method in STRONG,
            owes_factor=not has_factor(person) and must_have_factor(person),
        ),
    )
    crowded = list(_open(person).order_by("-seen_at", "-pk")[rule("signin.max_sessions") :])
    _end(crowded, Ended.CROWDED)
    clear_account(person)
    record(person, detail={"method": method, "session": session_name(request), "crowded_out": len(crowded)})
    return note


def _note(request: HttpRequest, person: Officer, method: str) -> SessionNote:
    return SessionNote.objects.create(
        officer=person,
        session_key=request.session.session_key or "",
        began_at=clock.now(),
        seen_at=clock.now(),
        address=address_of(request),
        device=device_of(request),
        method=method,
    )


def _open(officer: Officer) -> QuerySet[SessionNote]:
    return SessionNote.objects.filter(officer=officer, ended_at__isnull=True)


def _end(notes: Sequence[SessionNote], why: str) -> None:
    """Close notes and take away the sessions they name."""
    pks = [one.pk for one in notes]
    SessionNote.objects.filter(pk__in=pks, ended_at__isnull=True).update(ended_at=clock.now(), ended_why=why)
    Session.objects.filter(session_key__in=[one.session_key for one in notes]).delete()


@action("signin.sign_out")
def sign_out(actor: Actor, request: HttpRequest, officer: Officer) -> None:
    """The person leaves."""
    _end_current(request, Ended.SIGNED_OUT)
    record(officer, detail={"session": session_name(request)})
    logout(request)


@action("signin.expire")
def expire(actor: Actor, request: HttpRequest, officer: Officer, why: str) -> None:
    """A session met its time limit (GB/T 22239-2019 8.1.4.1 b); `why` is idle or expired."""
    _end_current(request, why)
    record(officer, detail={"session": session_name(request), "why": why})
    logout(request)


def _end_current(request: HttpRequest, why: str) -> None:
    state = read_state(request)
    note = SessionNote.objects.filter(pk=state.note).first() if state else None
    if note is not None:
        _end([note], why)


def seen(actor: Actor, note: int) -> None:
    """Note that a session is in use; called at most once a minute, no audit entry."""
    with unit_of_work("signin.seen", actor):
        SessionNote.objects.filter(pk=note, ended_at__isnull=True).update(seen_at=clock.now())


@action("signin.end_own_session")
def end_own_session(actor: Actor, officer: Officer, pk: int) -> None:
    """End another of one's own sessions.  Raises Missing."""
    note = _open(officer).filter(pk=pk).first()
    if note is None:
        raise Missing(what="该会话")
    _end([note], Ended.ELSEWHERE)
    record(officer, detail={"note": note.pk, "address": note.address})


@action("signin.end_others")
def end_others(actor: Actor, officer: Officer, keep: int) -> int:
    """End all of one's own sessions but the current one; returns how many."""
    notes = list(_open(officer).exclude(pk=keep))
    _end(notes, Ended.ELSEWHERE)
    record(officer, detail={"ended": len(notes)})
    return len(notes)


@action("signin.end_session")
def end_session(actor: Actor, pk: int, *, reason: str) -> None:
    """End somebody else's session; the security administrator's decision.  Raises NotAllowed, Missing."""
    require(actor, "sessions.end")
    note = SessionNote.objects.filter(pk=pk, ended_at__isnull=True).select_related("officer").first()
    if note is None:
        raise Missing(what="该会话")
    _end([note], Ended.ADMIN)
    record(note.officer, detail={"note": note.pk, "reason": text(reason, "结束原因", 4)})


def end_sessions_of(actor: Actor, officer: Officer, why: str, keep: int = 0) -> None:
    """End an officer's open sessions inside the running action; silent when there is none."""
    notes = list(_open(officer).exclude(pk=keep))
    if notes:
        end_notes(actor, officer, notes, why)


@action("signin.end_sessions")
def end_notes(actor: Actor, officer: Officer, notes: Sequence[SessionNote], why: str) -> None:
    """End given sessions of one officer and record it."""
    _end(notes, why)
    record(officer, detail={"ended": len(notes), "why": why})
