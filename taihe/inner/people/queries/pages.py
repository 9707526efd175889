"""What the pages of organs and people show, each in a fixed number of queries whatever the size of the county."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing

from ..holding import overlaps
from ..models import AdminDuty, Appointment, Officer, Organ, OrganEvent, Post, RoleGrant, StandIn, in_force
from ..permissions import may, within


@dataclass
class PostRow:
    """One post of an organ with those who hold it."""

    post: Post
    holders: list[Appointment] = field(default_factory=list)

    @property
    def free(self) -> int:
        """Places not taken."""
        return max(self.post.max_holders - len(self.holders), 0)


def posts_with_holders(organ: Organ, on: date | None = None) -> list[PostRow]:
    """The organ's posts on a day with their holders, in order (2 queries)."""
    day = on or clock.today()
    rows = {one.pk: PostRow(one) for one in Post.objects.filter(in_force(day), organ=organ).order_by("order", "pk")}
    held = Appointment.objects.filter(in_force(day), post__organ=organ).select_related("officer")
    for one in held.order_by("-is_main", "valid_from", "pk"):
        if row := rows.get(one.post_id):
            row.holders.append(one)
    return list(rows.values())


def organs_around(organ: Organ, on: date | None = None) -> tuple[list[Organ], list[Organ]]:
    """The organs directly below, and those elsewhere that it guides or that sit in it (1 query)."""
    near = Q(parent=organ) | Q(guide_parent=organ) | Q(host=organ)
    found = list(Organ.objects.filter(near, in_force(on or clock.today())).order_by("order", "code"))
    below = [one for one in found if one.parent_id == organ.pk]
    return below, [one for one in found if one.parent_id != organ.pk]


def people_below(organ: Organ, on: date | None = None) -> int:
    """Persons with a post in the organ or anywhere below it, each counted once."""
    held = Appointment.objects.filter(in_force(on or clock.today()), post__organ__path__startswith=organ.path)
    return held.aggregate(people=Count("officer", distinct=True))["people"] or 0


def top_organs() -> list[Organ]:
    """The organs an address book is leafed through by: all of the county's own level and the townships."""
    level = Organ.objects.filter(in_force(clock.today())).exclude(
        kind__in=[
            "superior",
            "internal_office",
            "station",
            "dispatched",
            "village",
            "community",
            "leading_group_office",
        ]
    )
    return list(level.order_by("order", "code"))


def townships() -> list[Organ]:
    """Townships and the development zone, in their order."""
    return list(
        Organ.objects.filter(in_force(clock.today()), kind__in=["township", "dev_zone"]).order_by("order", "code")
    )


def recent_organ_events(limit: int = 6) -> list[OrganEvent]:
    """The newest changes of organs, establishments left out: they are many and tell little."""
    changed = OrganEvent.objects.exclude(kind="established").select_related("organ", "into")
    return list(changed.order_by("-on", "-pk")[:limit])


def stand_ins_near(actor: Actor, on: date | None = None) -> list[StandIn]:
    """Who stands in for whom today in the actor's own organ."""
    day = on or clock.today()
    running = StandIn.objects.filter(
        in_force(day), status=StandIn.Status.ACTIVE, principal__post__organ__code=actor.organ
    )
    return list(
        running.select_related("principal__officer", "principal__post__organ", "deputy").order_by("valid_to", "pk")[:10]
    )


def grants_of(officer: Officer) -> QuerySet[RoleGrant]:
    """The roles in force that reach an officer, by an appointment or by the post held."""
    today = clock.today()
    held = Appointment.objects.filter(in_force(today), officer=officer)
    reaching = Q(appointment__in=held) | Q(post__in=held.values("post"))
    return (
        RoleGrant.objects.filter(reaching, in_force(today), status=RoleGrant.Status.ACTIVE)
        .select_related("role", "scope", "post__organ", "appointment__post__organ")
        .order_by("pk")
    )


def find_post(pk: int) -> Post:
    """One post with its organ.  Raises Missing."""
    found = Post.objects.select_related("organ").filter(pk=pk).first()
    if found is None:
        raise Missing(what="该岗位")
    return found


def find_appointment(pk: int) -> Appointment:
    """One appointment with its officer, post and organ.  Raises Missing."""
    found = Appointment.objects.select_related("officer", "post__organ").filter(pk=pk).first()
    if found is None:
        raise Missing(what="该任职")
    return found


def find_stand_in(pk: int) -> StandIn:
    """One stand-in with its persons.  Raises Missing."""
    wanted = StandIn.objects.select_related("principal__officer", "principal__post__organ", "deputy")
    found = wanted.filter(pk=pk).first()
    if found is None:
        raise Missing(what="该代理")
    return found


def my_stand_ins(officer: Officer) -> list[StandIn]:
    """Every stand-in of or by an officer, ended and revoked ones too, newest first."""
    concerned = Q(principal__officer=officer) | Q(deputy=officer)
    rows = StandIn.objects.filter(concerned).select_related("principal__officer", "principal__post__organ", "deputy")
    return list(rows.order_by("-valid_from", "-pk")[:100])


def officer_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Active officers for a picker, grouped by the organ of their main post (1 query)."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    held = Appointment.objects.filter(in_force(clock.today()), officer__status=Officer.Status.ACTIVE, is_main=True)
    rows = held.values_list("officer_id", "officer__name", "post__title", "post__organ__short_name")
    for pk, name, title, organ in rows.order_by("post__organ__order", "post__organ__code", "post__order", "pk"):
        groups[organ].append((str(pk), f"{name}（{title}）"))
    return list(groups.items())


def organ_choices(paths: tuple[str, ...] = ("",)) -> list[tuple[str, list[tuple[str, str]]]]:
    """Organs that stand below the paths, for a picker, grouped by system (1 query)."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    standing = Organ.objects.filter(in_force(clock.today()), within(paths), status="active")
    for one in standing.order_by("order", "code"):
        groups[one.get_system_display()].append((str(one.pk), one.short_name))
    return list(groups.items())


def seated(*, appointments: Sequence[int] = (), posts: Sequence[int] = ()) -> list[Appointment]:
    """Who of these holds office today: appointments by number, or every holder of the posts (1 query)."""
    if not appointments and not posts:
        return []
    wanted = Q(pk__in=appointments) | Q(post__in=posts)
    held = Appointment.objects.filter(wanted, in_force(clock.today()), officer__status=Officer.Status.ACTIVE)
    return list(held.select_related("officer", "post__organ").order_by("post_id", "-is_main", "pk"))


@dataclass(frozen=True)
class Load:
    """What hangs on an organ, in numbers, as confirm pages tell it."""

    organs: int
    posts: int
    appointments: int
    people: int
    grants: int


def count_of(organ: Organ) -> Load:
    """What a merger or an abolition of the organ itself would move (4 queries)."""
    today = clock.today()
    later = Q(valid_to__isnull=True) | Q(valid_to__gte=today)
    held = Appointment.objects.filter(later, post__organ=organ).aggregate(
        posts=Count("post", distinct=True), appointments=Count("pk"), people=Count("officer", distinct=True)
    )
    granted = Q(post__organ=organ) | Q(appointment__post__organ=organ)
    return Load(
        organs=Organ.objects.filter(parent=organ, status="active").count(),
        posts=held["posts"] or Post.objects.filter(later, organ=organ).count(),
        appointments=held["appointments"],
        people=held["people"],
        grants=RoleGrant.objects.filter(granted, status=RoleGrant.Status.ACTIVE).count(),
    )


def count_below(organ: Organ) -> Load:
    """How much stands below an organ, itself not counted among the organs (3 queries)."""
    today = clock.today()
    under = Organ.objects.filter(in_force(today), path__startswith=organ.path).exclude(pk=organ.pk).count()
    held = Appointment.objects.filter(in_force(today), post__organ__path__startswith=organ.path).aggregate(
        posts=Count("post", distinct=True), appointments=Count("pk"), people=Count("officer", distinct=True)
    )
    return Load(under, held["posts"], held["appointments"], held["people"], 0)


def count_holding(post: Post) -> int:
    """Appointments that would outlast the post if it closed today."""
    today = clock.today()
    return Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today), post=post).count()


def appointable() -> list[tuple[str, list[tuple[str, str]]]]:
    """Active officers for appointing, grouped by organ; those without any post stand first (2 queries)."""
    held = Appointment.objects.filter(in_force(clock.today()))
    free = Officer.objects.filter(status=Officer.Status.ACTIVE).exclude(pk__in=held.values("officer"))
    fresh = [(str(one.pk), one.name) for one in free.order_by("-pk")[:300]]
    return [*([("没有在任岗位", fresh)] if fresh else []), *officer_choices()]


def post_choices(paths: tuple[str, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Open posts below the paths, grouped by organ (1 query)."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    posts = Post.objects.filter(in_force(clock.today()), within(paths, "organ__"), organ__status="active")
    rows = posts.values_list("pk", "title", "organ__short_name")
    for pk, title, organ in rows.order_by("organ__order", "organ__code", "order", "pk"):
        groups[organ].append((str(pk), f"{title}（{organ}）"))
    return list(groups.items())


def keeps(actor: Actor, permission: str, officer: Officer, held: Sequence[Appointment] | None = None) -> bool:
    """Whether the actor's post keeps a person: over an organ where he serves, else where he served last.

    Says beforehand what the actions decide under lock.  `held` are all appointments, where the caller has them.
    """
    if held is None:
        held = list(Appointment.objects.filter(officer=officer).select_related("post__organ"))
    rows = sorted(held, key=lambda one: (one.valid_from, one.pk), reverse=True)
    serving = [one for one in rows if overlaps(one, clock.today(), None)] or rows[:1]
    if not serving:
        return may(actor, permission)
    return any(may(actor, permission, one.post.organ) for one in serving)


def may_let_go(actor: Actor, officer: Officer, held: Sequence[Appointment] | None = None) -> bool:
    """Whether the actor may close a person's account for good: of an administrator, administrators only."""
    if AdminDuty.objects.filter(officer=officer, status=AdminDuty.Status.OPEN).exists():
        return may(actor, "people.request_duty") or may(actor, "people.approve_duty")
    return keeps(actor, "people.appoint", officer, held)
