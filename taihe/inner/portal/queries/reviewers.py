"""Who may review: holders of a level's permission over the organ of the page, nearest scope first."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q

from taihe.ground import clock
from taihe.inner.people.models import AdminDuty, Appointment, Organ, RoleGrant, in_force


def reviewers(permission: str, organ: Organ, *, without: Collection[str] = ()) -> list[tuple[int, int]]:
    """Post and officer ids of who reviews a page of the organ: those whose scope lies nearest (the township's own).

    `without` holds ids of persons who may not (the writers, who reviewed already); when a nearer scope has
    nobody else, the next one above it is asked.
    """
    today = clock.today()
    grants = RoleGrant.objects.filter(in_force(today), status=RoleGrant.Status.ACTIVE).select_related("role", "scope")
    fitting = [one for one in grants if permission in one.role.permissions and organ.path.startswith(one.scope.path)]
    for depth in sorted({len(one.scope.path) for one in fitting}, reverse=True):
        held = _held([one for one in fitting if len(one.scope.path) == depth])
        found = [(post, officer) for post, officer in held if str(officer) not in without]
        if found:
            return found
    return []


def _held(grants: list[RoleGrant]) -> list[tuple[int, int]]:
    posts = [one.post_id for one in grants if one.post_id]
    appointments = [one.appointment_id for one in grants if one.appointment_id]
    rows = (
        Appointment.objects.filter(
            Q(post__in=posts) | Q(pk__in=appointments), in_force(clock.today()), officer__is_active=True
        )
        .exclude(officer__admin_duties__status=AdminDuty.Status.OPEN)
        .order_by("post__organ__order", "pk")
    )
    return list(dict.fromkeys(rows.values_list("post_id", "officer_id")))
