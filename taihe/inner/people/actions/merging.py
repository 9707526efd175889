"""What happens to the people of an organ that is merged into another."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Q

from taihe.ground import clock
from taihe.ground.action import record
from taihe.ground.actor import Actor

from ..holding import most_holders
from ..models import Appointment, Organ, Post, RoleGrant, StandIn
from .rows import ask, keep, named

DAY = timedelta(days=1)


def move_people(actor: Actor, organ: Organ, successor: Organ, day: date) -> dict[str, int]:
    """Continue every open appointment in the successor from `day`; returns what was moved, counted.

    Called by the merging action, inside its transaction; each appointment leaves its own audit entry.
    """
    counts = {"posts": 0, "appointments": 0, "grants": 0, "stand_ins": 0}
    open_then = Q(valid_to__isnull=True) | Q(valid_to__gte=day)
    posts = Post.objects.select_for_update(of=("self",)).filter(open_then, organ=organ).order_by("order", "pk")
    for post in posts:
        held = list(Appointment.objects.select_for_update(of=("self",)).filter(open_then, post=post).order_by("pk"))
        if not held:
            continue
        target = _post_in(successor, post, held, day)
        counts["posts"] += 1
        counts["grants"] += _ask_again(actor, RoleGrant.objects.filter(post=post), organ, successor, day, post=target)
        for old in held:
            new = _continue(old, target, day)
            counts["appointments"] += 1
            counts["grants"] += _ask_again(
                actor, RoleGrant.objects.filter(appointment=old), organ, successor, day, appointment=new
            )
            counts["stand_ins"] += _continue_stand_ins(old, new, day)
            detail = {"officer": new.officer_id, "from": organ.name, "to": successor.name, "on": str(day)}
            record(new, detail=detail)
    return counts


def _post_in(successor: Organ, post: Post, arriving: list[Appointment], day: date) -> Post:
    """The successor's post of that title if it has room for all, else a new one that names its origin."""
    same = (
        Post.objects.select_for_update(of=("self",))
        .filter(organ=successor, title=post.title, valid_to__isnull=True)
        .first()
    )
    if same is not None and same.valid_from <= day:
        here = list(Appointment.objects.filter(post=same))
        twice = {one.officer_id for one in here if one.valid_to is None} & {one.officer_id for one in arriving}
        if not twice and most_holders([*here, *arriving], day, None) <= same.max_holders:
            return same
    title = post.title if same is None else f"{post.title}（原{post.organ.short_name}）"
    return Post.objects.create(
        organ=successor,
        title=title[:60],
        rank=post.rank,
        order=post.order + (0 if same is None else 500),
        duties=post.duties,
        max_holders=post.max_holders,
        valid_from=day,
    )


def _continue(old: Appointment, target: Post, day: date) -> Appointment:
    """End the old appointment the day before and begin its continuation; the main post stays main."""
    last, begins = old.valid_to, max(day, old.valid_from)
    old.valid_to = begins - DAY
    keep(old, ["valid_to"])
    return Appointment.objects.create(
        officer_id=old.officer_id,
        post=target,
        is_main=old.is_main,
        valid_from=begins,
        valid_to=last,
        basis=f"{target.organ.name}承接"[:200],
    )


def _ask_again(
    actor: Actor,
    grants: object,
    organ: Organ,
    successor: Organ,
    day: date,
    *,
    post: Post | None = None,
    appointment: Appointment | None = None,
) -> int:
    """Revoke active grants of the old post or appointment and ask for the same in the successor."""
    asked = 0
    for grant in grants.select_for_update(of=("self",)).filter(status=RoleGrant.Status.ACTIVE):  # type: ignore[attr-defined]
        grant.status, grant.revoked_by_name, grant.revoked_at = RoleGrant.Status.REVOKED, named(actor), clock.now()
        keep(grant, ["status", "revoked_by_name", "revoked_at"])
        new = RoleGrant(
            role_id=grant.role_id,
            scope_id=successor.pk if grant.scope_id == organ.pk else grant.scope_id,
            post=post,
            appointment=appointment,
            valid_from=max(day, grant.valid_from),
            valid_to=grant.valid_to,
        )
        ask(new, actor, f"{organ.short_name}并入{successor.short_name}，承接原授权")
        new.save()
        asked += 1
    return asked


def _continue_stand_ins(old: Appointment, new: Appointment, day: date) -> int:
    moved = 0
    for one in StandIn.objects.select_for_update(of=("self",)).filter(
        principal=old, status=StandIn.Status.ACTIVE, valid_to__gte=day
    ):
        one.status = StandIn.Status.REVOKED
        keep(one, ["status"])
        StandIn.objects.create(
            principal=new,
            deputy_id=one.deputy_id,
            covers_all=one.covers_all,
            permissions=one.permissions,
            reason=one.reason,
            valid_from=max(day, one.valid_from),
            valid_to=one.valid_to,
            set_by_name=one.set_by_name,
            set_at=one.set_at,
        )
        moved += 1
    return moved
