"""One-time passwords: the first one, and a new one that one administrator asks for and another gives."""

from __future__ import annotations

import secrets
from datetime import timedelta

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput
from taihe.ground.rules import rule

from ..models import Officer, PasswordReset
from ..permissions import require
from ..registry import tell_access_ended
from .rows import ask, decide, keep, lock, text

# Without characters that are mistaken for one another when read aloud or from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz"
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DIGITS = "23456789"
PASSWORD_FIELDS = ["password", "must_change_password", "password_set_at", "password_expires_at"]


def one_time_password() -> str:
    """A fresh random password with small letters, capitals, digits and a hyphen."""
    length = rule("people.temporary_password_characters")
    whole = _LETTERS + _CAPITALS + _DIGITS
    chosen = [secrets.choice(one) for one in (_LETTERS, _CAPITALS, _DIGITS)]
    chosen += [secrets.choice(whole) for _ in range(length - len(chosen) - 1)]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen[:4]) + "-" + "".join(chosen[4:])


def give_one_time_password(person: Officer) -> str:
    """Set a one-time password that lapses after the ruled hours; the caller saves `PASSWORD_FIELDS`."""
    plain = one_time_password()
    person.set_password(plain)
    person.must_change_password = True
    person.password_set_at = clock.now()
    person.password_expires_at = clock.now() + timedelta(hours=rule("people.temporary_password_hours"))
    return plain


@action("people.set_initial_password")
def set_initial_password(actor: Actor, pk: int, version: int) -> str:
    """Issue the first password of an account, shown once and never kept.

    May be issued again as long as the person has not chosen their own; afterwards a reset takes two
    administrators.  Raises NotAllowed, BadInput.
    """
    person = lock(Officer, pk, version, "该人员")
    require(actor, "accounts.manage")
    if not person.is_active:
        raise BadInput(what=f"{person.name}的账号{person.get_status_display()}。")
    if not person.must_change_password:
        raise BadInput(what=f"{person.name}已自行设定密码，请提出密码重置申请，由安全管理员审批。")
    plain = give_one_time_password(person)
    keep(person, PASSWORD_FIELDS)
    tell_access_ended(actor, person, "password")
    record(person, detail={"expires_at": str(person.password_expires_at)})
    return plain


@action("people.request_password_reset")
def request_password_reset(actor: Actor, officer: int, *, reason: str) -> PasswordReset:
    """Ask for a one-time password for somebody who lost theirs."""
    person = lock(Officer, officer, None, "该人员")
    require(actor, "accounts.request_reset")
    if person.status == Officer.Status.LEFT:
        raise BadInput(what=f"{person.name}已离岗。")
    if PasswordReset.objects.filter(officer=person, status=PasswordReset.Status.REQUESTED).exists():
        raise BadInput(what=f"{person.name}的密码重置已有申请在等待审批。")
    asked = PasswordReset(officer=person)
    ask(asked, actor, text(reason, "申请理由", 4))
    asked.save(force_insert=True)
    record(asked, detail={"officer": person.pk, "reason": asked.reason})
    return asked


@action("people.approve_password_reset")
def approve_password_reset(actor: Actor, pk: int, *, note: str = "") -> str:
    """Give the one-time password that another asked for: shown once; open sessions end.

    Raises SamePerson, AlreadyDecided, NotAllowed.
    """
    asked = lock(PasswordReset, pk, None, "该密码重置申请")
    require(actor, "accounts.approve_reset")
    person = lock(Officer, asked.officer_id, None, "该人员")
    fields = decide(asked, actor, note.strip(), what="密码重置申请", concerned=[person.pk])
    asked.status = PasswordReset.Status.DONE
    keep(asked, fields)
    plain = give_one_time_password(person)
    keep(person, PASSWORD_FIELDS)
    tell_access_ended(actor, person, "password")
    record(asked, detail={"officer": person.pk, "asked_by": asked.requested_by_name})
    return plain


@action("people.refuse_password_reset")
def refuse_password_reset(actor: Actor, pk: int, *, note: str) -> PasswordReset:
    """Refuse a request for a password reset, with a reason."""
    asked = lock(PasswordReset, pk, None, "该密码重置申请")
    require(actor, "accounts.approve_reset")
    fields = decide(asked, actor, text(note, "不批准的理由", 4), what="密码重置申请")
    asked.status = PasswordReset.Status.REFUSED
    keep(asked, fields)
    record(asked, detail={"officer": asked.officer_id, "asked_by": asked.requested_by_name})
    return asked
