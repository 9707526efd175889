"""What the database refuses whatever the code forgets."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from taihe.ground import clock

from .factories import (
    AdminDutyFactory,
    AdminFactory,
    AppointmentFactory,
    OfficerFactory,
    OrganFactory,
    PostFactory,
    RoleGrantFactory,
    StandInFactory,
    days,
)

pytestmark = [pytest.mark.django_db, pytest.mark.db]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: OfficerFactory(is_superuser=True),
        lambda: OfficerFactory(status="locked"),
        lambda: OfficerFactory(is_active=False),
        lambda: OfficerFactory(status="left", is_active=False),
        lambda: AdminDutyFactory(officer=AdminFactory(duty="audit"), duty="system"),
        lambda: AdminDutyFactory(duty="super"),
        lambda: AdminDutyFactory(requested_by="7", approved_by="7"),
        lambda: AdminDutyFactory(approved_by=""),
        lambda: RoleGrantFactory(requested_by="7", approved_by="7"),
        lambda: RoleGrantFactory(waiting=True, status="active"),
        lambda: RoleGrantFactory(post=PostFactory(), appointment=AppointmentFactory()),
        lambda: RoleGrantFactory(valid_from=days(2), valid_to=days(1)),
        lambda: AppointmentFactory(officer=OfficerFactory(appointed=True), is_main=True),
        lambda: StandInFactory(valid_to=None),
        lambda: OrganFactory(status="merged", valid_to=clock.today()),
        lambda: OrganFactory(status="abolished"),
        lambda: OrganFactory(valid_to=days(-4000)),
        lambda: PostFactory(max_holders=0),
    ],
)
def test_refused_by_the_database(wrong) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong()


def test_the_same_title_or_post_twice_is_refused_while_open() -> None:
    post = PostFactory()
    held = AppointmentFactory(post=post)
    with pytest.raises(IntegrityError), transaction.atomic():
        PostFactory(organ=post.organ, title=post.title)
    with pytest.raises(IntegrityError), transaction.atomic():
        AppointmentFactory(post=post, officer=held.officer)


def test_what_is_over_does_not_stand_in_the_way() -> None:
    officer = OfficerFactory()
    AdminDutyFactory(officer=officer, status="closed")
    AdminDutyFactory(officer=officer)
    AppointmentFactory(officer=officer, is_main=True, valid_to=days(-1))
    AppointmentFactory(officer=officer, is_main=True)
