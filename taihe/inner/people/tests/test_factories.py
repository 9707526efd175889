"""The factories give the states they name; other modules' tests stand on them."""

from __future__ import annotations

import pytest

from taihe.inner.people.permissions import may

from .factories import AdminFactory, OfficerFactory, OrganFactory, StandInFactory, acting

pytestmark = pytest.mark.django_db


def test_an_appointed_officer_acts_in_the_main_post() -> None:
    organ = OrganFactory()
    officer = OfficerFactory(appointed=True, organ=organ, title="文书")
    actor = acting(officer)
    assert (actor.organ, actor.post_name, actor.person_id) == (organ.code, "文书", str(officer.pk))


def test_permissions_come_with_a_role() -> None:
    officer = OfficerFactory(appointed=True, permissions=["people.import"])
    assert may(acting(officer), "people.import")
    assert not may(acting(officer), "people.appoint")


def test_an_administrator_lands_in_the_duty() -> None:
    assert acting(AdminFactory(duty="audit", appointed=True)).post_id == "duty:audit"


def test_states() -> None:
    assert not OfficerFactory(locked=True).is_active
    assert OfficerFactory(left=True).left_on
    assert OfficerFactory(password="Taihe-Test-2026").check_password("Taihe-Test-2026")
    assert acting(StandInFactory().deputy).on_behalf_of
