"""Setting up, changing and closing the posts of an organ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Q

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput

from ..catalogue import county_catalogue
from ..errors import OrganInUse, PostFull
from ..holding import most_holders
from ..models import Appointment, Organ, Post
from ..permissions import forget, require
from .rows import check_fields, keep, lock, lock_open_organ, text


def _checked(post: Post) -> None:
    check_fields(post)
    unknown = set(post.duties) - set(county_catalogue().duties)
    if unknown:
        raise BadInput(what=f"岗位职责 {'、'.join(sorted(unknown))} 不在职责表中。")
    if post.max_holders < 1:
        raise BadInput(what="任职人数上限至少为 1。")
    twin = Post.objects.filter(organ=post.organ, title=post.title, valid_to__isnull=True).exclude(pk=post.pk)
    if twin.exists():
        raise BadInput(what=f"{post.organ.short_name}已有名为“{post.title}”的岗位。")


@action("people.create_post")
def create_post(
    actor: Actor,
    organ: int,
    *,
    title: str,
    rank: str,
    duties: Sequence[str] = (),
    max_holders: int = 1,
    order: int = 0,
    valid_from: date | None = None,
) -> Post:
    """Set up a post in an organ that the actor keeps.  Raises NotAllowed, BadInput, WrongOrganState."""
    above = lock_open_organ(organ, None, "设置岗位")
    require(actor, "people.edit_organs", above)
    post = Post(
        organ=above,
        title=text(title, "岗位名称"),
        rank=rank,
        duties=list(duties),
        max_holders=max_holders,
        order=order,
        valid_from=valid_from or clock.today(),
    )
    _checked(post)
    post.save(force_insert=True)
    record(post, after=snapshot(post), detail={"organ": above.code, "title": post.title})
    return post


@action("people.edit_post")
def edit_post(
    actor: Actor,
    pk: int,
    version: int,
    *,
    title: str,
    rank: str,
    duties: Sequence[str],
    max_holders: int,
    order: int,
) -> Post:
    """Change a post.  Raises PostFull when more hold it, now or later, than the new limit allows."""
    post = lock(Post, pk, version, "该岗位")
    organ = lock_open_organ(post.organ_id, None, "修改岗位")
    require(actor, "people.edit_organs", organ)
    before = snapshot(post)
    post.title, post.rank, post.duties = text(title, "岗位名称"), rank, list(duties)
    post.max_holders, post.order = max_holders, order
    _checked(post)
    if most_holders(Appointment.objects.filter(post=post), clock.today(), None) > max_holders:
        raise PostFull(organ=organ.short_name, post=post.title, limit=max_holders)
    keep(post, ["title", "rank", "duties", "max_holders", "order"])
    forget()
    record(post, before=before, after=snapshot(post))
    return post


@action("people.close_post")
def close_post(actor: Actor, pk: int, version: int, *, last_day: date | None = None) -> Post:
    """Close a post after its last day.  Raises OrganInUse while anybody holds it beyond that day."""
    post = lock(Post, pk, version, "该岗位")
    organ: Organ = post.organ
    require(actor, "people.edit_organs", organ)
    day = last_day or clock.today()
    if post.valid_to is not None or day < post.valid_from:
        raise BadInput(what="该岗位已经关闭，或截止日期早于起始日期。")
    after = Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), post=post)
    if count := after.count():
        raise OrganInUse(name=f"{organ.short_name}“{post.title}”", what=f" {count} 项任职", verb="关闭")
    before = snapshot(post)
    post.valid_to = day
    keep(post, ["valid_to"])
    record(post, before=before, after=snapshot(post), detail={"organ": organ.code, "last_day": str(day)})
    return post
