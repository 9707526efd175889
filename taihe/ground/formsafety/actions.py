"""The only writers of used keys and parked forms."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from taihe.ground import clock
from taihe.ground.action import action, current_frame, record, record_refusal, unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError
from taihe.ground.rules import rule

from .errors import AlreadySubmitted, NotParked
from .keys import FormKey
from .models import OneTimeKey, ParkedForm
from .queries import parked_size
from .sealing import seal, token_digest

R = TypeVar("R")


def use_key(actor: Actor, key: str, form: str) -> OneTimeKey:
    """Claim a form's one-time key within the running action, so that it is carried out once.

    Call it before anything is read or changed.  Of two at once the second waits for the first; it
    goes on only when the first was rolled back.  Raises AlreadySubmitted with the first result's
    address, NotRecorded outside an action.
    """
    current_frame()
    claim, is_first = OneTimeKey.objects.get_or_create(
        key=key, defaults={"form": form, "person_id": actor.person_id, "used_at": clock.now()}
    )
    if not is_first:
        raise AlreadySubmitted(claim.location if claim.person_id == actor.person_id else "")
    ParkedForm.objects.filter(key=key).delete()
    return claim


def set_result(claim: OneTimeKey, location: str) -> None:
    """Keep where the first result stands, in the same action; a repeat is led there."""
    current_frame()
    claim.location = location[:500]
    claim.save(update_fields=["location"])


@dataclass(frozen=True)
class Once(Generic[R]):
    """The outcome of a form carried out once: what the action returned and where the person goes next."""

    result: R
    location: str


def once(actor: Actor, key: FormKey, act: Callable[[Actor], R], to: Callable[[R], str]) -> Once[R]:
    """Run an action under a one-time key, both in one transaction, and keep where its result stands.

    Raises AlreadySubmitted, or whatever the action refuses with; a refusal releases the key again.
    """
    try:
        with unit_of_work("formsafety.once", actor):
            claim = use_key(actor, key.key, key.form)
            result = act(actor)
            location = to(result)
            set_result(claim, location)
    except AlreadySubmitted:
        raise
    except CountyError as refusal:
        record_refusal(refusal)
        raise
    return Once(result, location)


@action("formsafety.park")
def park(actor: Actor, key: FormKey, token: str, data: bytes) -> ParkedForm:
    """Set aside what was typed, sealed for one browser, until the rule's minutes have passed.

    Raises NotParked when it is too large or no room is left.
    """
    _require_room(len(data))
    digest, now = token_digest(token), clock.now()
    mine = ParkedForm.objects.filter(token_digest=digest)
    mine.filter(key=key.key).delete()
    surplus = mine.order_by("-parked_at").values_list("pk", flat=True)[rule("formsafety.parked_per_browser") - 1 :]
    ParkedForm.objects.filter(pk__in=list(surplus)).delete()
    row_id = uuid.uuid4()
    sealed = seal(data, token, f"{row_id}\0{key.page}")
    row = ParkedForm.objects.create(
        id=row_id,
        token_digest=digest,
        owner=key.owner,
        form=key.form,
        title=key.title[:120],
        page=key.page,
        key=key.key,
        issued_at=key.issued_at,
        sealed=sealed,
        size=len(sealed),
        parked_at=now,
        expires_at=now + timedelta(minutes=rule("formsafety.parked_minutes")),
    )
    record(row, detail={"form": key.form, "page": key.page.partition("?")[0], "bytes": len(sealed)})
    return row


def _require_room(size: int) -> None:
    limit = rule("formsafety.parked_bytes")
    if size > limit:
        raise NotParked(why=f"内容超过 {limit // 1024} KB 的暂存上限")
    if parked_size() + size > rule("formsafety.parked_total_bytes"):
        raise NotParked(why="系统暂存空间已满")


@action("formsafety.drop")
def drop(actor: Actor, rows: list[ParkedForm], reason: str) -> None:
    """Throw parked forms away: given up by their author, or met by another person."""
    for row in rows:
        record(row, detail={"form": row.form, "reason": reason})
    ParkedForm.objects.filter(pk__in=[row.pk for row in rows]).delete()


def clear() -> None:
    """Forget parked forms past their time, and used keys that can no longer be sent."""
    current_frame()
    now = clock.now()
    ParkedForm.objects.filter(expires_at__lte=now).delete()
    # An unexpired key was issued within key_days, so its use is younger than that too.
    OneTimeKey.objects.filter(used_at__lt=now - timedelta(days=rule("formsafety.key_days"), hours=1)).delete()
