"""Second factors: set up, used and taken away.  Using one leaves no entry of its own; the sign-in does.

A TOTP code is accepted once: the step of the last accepted code is kept with the secret, in the
database, and only later steps open (RFC 6238, section 5.2).  The step before and the one after now are
accepted too, for clocks that drift.
"""

from __future__ import annotations

from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django.http import HttpRequest

from taihe.ground import clock
from taihe.ground.action import action, record, unit_of_work
from taihe.ground.actor import Actor

from ...actions.rows import lock, text
from ...errors import SamePerson
from ...models import Officer, SessionNote
from ...permissions import require
from ..acting import door, forget_acting
from ..errors import AlreadyActive, FactorMissing, FactorNeeded, WrongCode
from ..queries import factors_of, must_have_factor
from ..state import change_state
from .sessions import end_sessions_of

PERIOD = 30
DRIFT = 1
Type = Authenticator.Type


def matching_step(secret: str, code: str, after: int = -1) -> int | None:
    """The time step a TOTP code belongs to, among those near now and later than `after`; None when none."""
    now = int(clock.now().timestamp()) // PERIOD
    for step in range(max(now - DRIFT, after + 1), now + DRIFT + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def _own(officer: Officer, kind: str, pk: int | None = None) -> Any:
    """The officer's authenticator of a kind, locked; None when there is none."""
    rows = Authenticator.objects.select_for_update(of=("self",)).filter(user_id=officer.pk, type=kind)
    return rows.filter(pk=pk).first() if pk is not None else rows.first()


def use_totp(officer: Officer, code: str, address: str) -> bool:
    """Whether the code proves the officer now; a code that did is spent."""
    with unit_of_work("signin.use_totp", door(address)):
        row = _own(officer, Type.TOTP)
        if row is None:
            return False
        step = matching_step(decrypt(row.data["secret"]), code, row.data.get("last_step", -1))
        if step is None:
            return False
        row.data["last_step"], row.last_used_at = step, clock.now()
        row.save(update_fields=["data", "last_used_at"])
        return True


def use_recovery_code(officer: Officer, code: str, address: str) -> bool:
    """Whether the code is one of the officer's unused ones; it is then spent."""
    with unit_of_work("signin.use_recovery_code", door(address)):
        row = _own(officer, Type.RECOVERY_CODES)
        if row is None or not row.wrap().validate_code(code):
            return False
        row.refresh_from_db()
        row.last_used_at = clock.now()
        row.save(update_fields=["last_used_at"])
        return True


def use_passkey(officer: Officer, pk: int, response: dict[str, Any], address: str) -> bool:
    """Note a verified passkey's use; False when its counter went back, as a copied one's would.

    WebAuthn Level 2, section 7.2, step 21.  The ceremony itself has been verified by the caller.
    """
    counter = int(parse_authentication_response(response).response.authenticator_data.counter)
    with unit_of_work("signin.use_passkey", door(address)):
        row = _own(officer, Type.WEBAUTHN, pk)
        if row is None:
            return False
        last = row.data.get("counter", 0)
        if (counter or last) and counter <= last:
            return False
        row.data["counter"], row.last_used_at = counter, clock.now()
        row.save(update_fields=["data", "last_used_at"])
        return True


# -- set up and taken away ------------------------------------------------------------------------


def _proved(request: HttpRequest) -> None:
    """This session has shown a second proof: an administrator may now act as one."""
    change_state(request, proved=True, owes_factor=False, acting="")
    forget_acting(request)


def _ensure_codes(officer: Officer) -> list[str]:
    codes: list[str] = RecoveryCodes.activate(officer).generate_codes()
    return codes


@action("signin.activate_totp")
def activate_totp(actor: Actor, request: HttpRequest, officer: Officer, secret: str, code: str) -> list[str]:
    """Bind an authenticator app and return the recovery codes, made now if there were none.

    Raises AlreadyActive, WrongCode.
    """
    person = lock(Officer, officer.pk, None, "该账号")
    if _own(person, Type.TOTP) is not None:
        raise AlreadyActive
    step = matching_step(secret, code)
    if step is None:
        raise WrongCode(what="动态口令", hint="请核对手机时间是否准确，输入应用中正在显示的 6 位数字。")
    had_codes = _own(person, Type.RECOVERY_CODES) is not None
    row = Authenticator.objects.create(
        user=person,
        type=Type.TOTP,
        data={"secret": encrypt(secret), "last_step": step},
        created_at=clock.now(),
        last_used_at=clock.now(),
    )
    codes = _ensure_codes(person)
    _proved(request)
    record(person, detail={"factor": "totp", "row": row.pk, "recovery_codes_made": not had_codes})
    return codes


@action("signin.add_passkey")
def add_passkey(
    actor: Actor, request: HttpRequest, officer: Officer, name: str, credential: dict[str, Any]
) -> list[str]:
    """Keep a passkey whose registration the caller has verified; returns the recovery codes when new."""
    person = lock(Officer, officer.pk, None, "该账号")
    had_codes = _own(person, Type.RECOVERY_CODES) is not None
    row = Authenticator.objects.create(
        user=person,
        type=Type.WEBAUTHN,
        data={"name": text(name, "名称")[:40], "credential": credential},
        created_at=clock.now(),
    )
    codes = _ensure_codes(person)
    _proved(request)
    record(person, detail={"factor": "passkey", "row": row.pk, "recovery_codes_made": not had_codes})
    return [] if had_codes else codes


def _remove(officer: Officer, row: Any) -> dict[str, Any]:
    """Take a factor away, and the recovery codes with the last one.  Raises FactorMissing, FactorNeeded."""
    if row is None:
        raise FactorMissing
    last = factors_of(officer).count <= 1
    if last and must_have_factor(officer):
        raise FactorNeeded
    pk = row.pk
    row.delete()
    if last:
        Authenticator.objects.filter(user_id=officer.pk).delete()
    return {"row": pk, "recovery_codes_removed": last}


@action("signin.remove_totp")
def remove_totp(actor: Actor, officer: Officer) -> None:
    """Unbind the authenticator app.  Raises FactorMissing, FactorNeeded."""
    person = lock(Officer, officer.pk, None, "该账号")
    record(person, detail={"factor": "totp"} | _remove(person, _own(person, Type.TOTP)))


@action("signin.remove_passkey")
def remove_passkey(actor: Actor, officer: Officer, pk: int) -> None:
    """Remove one passkey.  Raises FactorMissing, FactorNeeded."""
    person = lock(Officer, officer.pk, None, "该账号")
    record(person, detail={"factor": "passkey"} | _remove(person, _own(person, Type.WEBAUTHN, pk)))


@action("signin.renew_recovery_codes")
def renew_recovery_codes(actor: Actor, officer: Officer) -> list[str]:
    """Make ten new recovery codes; the old ones stop working.  Raises FactorMissing without another factor."""
    person = lock(Officer, officer.pk, None, "该账号")
    if not factors_of(person).any:
        raise FactorMissing
    Authenticator.objects.filter(user_id=person.pk, type=Type.RECOVERY_CODES).delete()
    codes = _ensure_codes(person)
    record(person, detail={"factor": "recovery_codes", "made": len(codes)})
    return codes


@action("signin.reset_factors")
def reset_factors(actor: Actor, pk: int, *, reason: str) -> None:
    """Take every second factor from somebody who lost theirs, and end their sessions.

    The security administrator's decision, never about himself.  It opens nothing alone: the password
    is still asked, and a reset of that takes the system administrator's request.
    """
    require(actor, "accounts.approve_reset")
    person = lock(Officer, pk, None, "该人员")
    if actor.person_id == str(person.pk):
        raise SamePerson(what="第二验证重置", who="当事人")
    held = Authenticator.objects.filter(user_id=person.pk)
    kinds = sorted(set(held.values_list("type", flat=True)))
    held.delete()
    end_sessions_of(actor, person, SessionNote.Ended.ADMIN)
    record(person, detail={"removed": kinds, "reason": text(reason, "重置原因", 4)})
