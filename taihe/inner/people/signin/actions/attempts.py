"""Failed sign-ins are counted before the password is looked at, and paid back when it was right.

Counting first means that many attempts sent at the same instant cannot outrun the limit.  Accounts and
addresses are counted apart; a name nobody has is counted like any other.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from taihe.ground import clock
from taihe.ground.action import action, record, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput
from taihe.ground.rules import rule

from ...actions.rows import text
from ...models import Officer, SignInGuard
from ...permissions import require
from ..acting import door
from ..errors import SignInPaused
from ..queries import find_account

Kind = SignInGuard.Kind


@dataclass(frozen=True)
class Attempt:
    """One attempt under way: on which account (as a digest), from where, and whose account it is, if anybody's."""

    account: str
    address: str
    officer: Officer | None

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """The two counters, always in this order, so that two attempts never wait for each other crosswise."""
        return (Kind.ACCOUNT.value, self.account), (Kind.ADDRESS.value, self.address)


def account_key(sign_in_name: str) -> str:
    """Keyed digest of a typed name."""
    spelled = sign_in_name.strip().lower()
    return salted_hmac("taihe.signin.account", spelled, algorithm="sha256").hexdigest()


def address_key(address: str) -> str:
    """The address; of IPv6 the /64 that one subscriber has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def attempt_on(officer: Officer, address: str) -> Attempt:
    """A further attempt on an account already named (second proof, own password asked again)."""
    return Attempt(account_key(officer.sign_in_name), address_key(address), officer)


def begin_attempt(sign_in_name: str, address: str) -> Attempt:
    """Count an attempt before it is examined.

    Raises SignInPaused, in the same words whether the name exists or not
    (GB/T 22239-2019 8.1.4.1 b: limits on illegal sign-ins).
    """
    attempt = Attempt(account_key(sign_in_name), address_key(address), find_account(sign_in_name))
    reserve(attempt, address)
    return attempt


def reserve(attempt: Attempt, address: str) -> None:
    """Count one attempt on both counters.  Raises SignInPaused."""
    now = clock.now()
    actor = door(address)
    with unit_of_work("signin.attempt", actor):
        guards = [_locked(kind, key, attempt.officer) for kind, key in attempt.keys]
        for guard in guards:
            _roll_window(guard, now)
            if guard.failures >= _limit(guard) and not _is_paused(guard, now):
                pause(actor, guard)
        until = max((one.locked_until for one in guards if one.locked_until and _is_paused(one, now)), default=None)
        for guard in guards:
            if until is None:
                guard.failures += 1
            elif _is_paused(guard, now):
                guard.turned_away += 1
            guard.last_at = now
            guard.save(update_fields=["officer", "failures", "window_began_at", "turned_away", "last_at"])
    if until is not None:
        raise SignInPaused(until=clock.local(until + timedelta(minutes=1)).strftime("%H:%M"))


def _locked(kind: str, key: str, officer: Officer | None) -> SignInGuard:
    now = clock.now()
    owner = officer if kind == Kind.ACCOUNT else None
    fresh = {"window_began_at": now, "last_at": now, "officer": owner}
    SignInGuard.objects.get_or_create(kind=kind, key=key, defaults=fresh)
    guard = SignInGuard.objects.select_for_update(of=("self",)).get(kind=kind, key=key)
    guard.officer = owner  # the account may have been made, under this name, after the first failure
    return guard


def _limit(guard: SignInGuard) -> int:
    return int(rule("signin.account_failures" if guard.kind == Kind.ACCOUNT else "signin.address_failures"))


def _is_paused(guard: SignInGuard, now: datetime) -> bool:
    return guard.locked_until is not None and guard.locked_until > now


def _roll_window(guard: SignInGuard, now: datetime) -> None:
    if now - guard.window_began_at > timedelta(minutes=rule("signin.failure_window_minutes")):
        guard.failures, guard.window_began_at = 0, now


@action("signin.pause")
def pause(actor: Actor, guard: SignInGuard) -> None:
    """Pause sign-in on an account or from an address, longer each time it comes to that."""
    now = clock.now()
    remembered = guard.locked_until and now - guard.locked_until < timedelta(hours=rule("signin.lock_memory_hours"))
    steps = rule("signin.lock_minutes")
    earlier = guard.locks if remembered else 0
    minutes = steps[min(earlier, len(steps) - 1)]
    guard.locked_at, guard.locked_until = now, now + timedelta(minutes=minutes)
    guard.locks, guard.failures, guard.turned_away = earlier + 1, 0, 0
    guard.lifted_at, guard.lifted_by_name = None, ""
    guard.save()
    record(guard, detail={"kind": guard.kind, "minutes": minutes, "time": guard.locks, "address": actor.address})


@action("signin.fail")
def note_failure(actor: Actor, attempt: Attempt, step: str) -> None:
    """Record a failed attempt and pause what has reached its limit.

    `step` is password, totp, recovery, passkey or confirm.  An unknown name is recorded as its digest.
    """
    counts = {}
    for kind, key in attempt.keys:
        guard = _locked(kind, key, attempt.officer)
        counts[kind] = guard.failures
        if guard.failures >= _limit(guard) and not _is_paused(guard, clock.now()):
            pause(actor, guard)
    subject = attempt.officer or ("unknown_sign_in_name", attempt.account[:32], "未知登录名")
    record(subject, detail={"step": step, "failures": counts}, refused=True)


def note_passed(attempt: Attempt) -> None:
    """Pay the count back: this attempt was right."""
    with unit_of_work("signin.passed", door(attempt.address)):
        for kind, key in attempt.keys:
            guard = _locked(kind, key, attempt.officer)
            guard.failures = max(guard.failures - 1, 0)
            guard.save(update_fields=["failures"])


def clear_account(officer: Officer) -> None:
    """A completed sign-in clears the account's counter, never the address's; inside the sign-in action."""
    guard = _locked(Kind.ACCOUNT.value, account_key(officer.sign_in_name), officer)
    guard.failures = guard.locks = 0
    guard.locked_until = None
    guard.save(update_fields=["failures", "locks", "locked_until"])


@action("signin.lift_pause")
def lift_pause(actor: Actor, pk: int, *, reason: str) -> None:
    """Let an account or address try again at once; the security administrator's decision.

    Raises NotAllowed, BadInput.
    """
    require(actor, "accounts.unlock")
    guard = SignInGuard.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if guard is None or not _is_paused(guard, clock.now()):
        raise BadInput(what="该暂停已经结束或已解除。")
    guard.locked_until, guard.failures, guard.locks = None, 0, 0
    guard.lifted_at, guard.lifted_by_name = clock.now(), str(actor)
    guard.save()
    detail = {"reason": text(reason, "解除原因", 4), "kind": guard.kind, "turned_away": guard.turned_away}
    record(guard, detail=detail)
