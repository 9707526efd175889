"""A person's own change of password."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import StaleVersion
from taihe.ground.rules import rule

from ...actions.rows import keep, lock
from ...models import Officer, PasswordHistory, SessionNote
from ..passwords import Fresh
from ..state import read_state
from .sessions import end_sessions_of


@action("signin.change_password")
def change_password(actor: Actor, request: HttpRequest, fresh: Fresh) -> None:
    """Put a prepared password in force; all other sessions end, this one goes on under a new key.

    Raises StaleVersion when the password was changed or reset since it was checked.
    """
    person = lock(Officer, fresh.officer, None, "该账号")
    if person.password != fresh.replaces:
        raise StaleVersion(what="您的密码")
    state = read_state(request)
    note = state.note if state else 0
    end_sessions_of(actor, person, SessionNote.Ended.PASSWORD, keep=note)
    forced = person.must_change_password
    PasswordHistory.objects.create(officer=person, password=person.password, replaced_at=clock.now())
    person.password, person.password_set_at = fresh.hash, clock.now()
    person.must_change_password, person.password_expires_at = False, None
    keep(person, ["password", "password_set_at", "must_change_password", "password_expires_at"])
    _forget_oldest(person)
    request.user = person
    update_session_auth_hash(request, person)
    SessionNote.objects.filter(pk=note).update(session_key=request.session.session_key)
    record(person, detail={"forced": forced})


def _forget_oldest(person: Officer) -> None:
    kept = PasswordHistory.objects.filter(officer=person).order_by("-replaced_at", "-pk")
    newest = list(kept.values_list("pk", flat=True)[: rule("signin.password_history")])
    PasswordHistory.objects.filter(officer=person).exclude(pk__in=newest).delete()
