"""Rights follow posts, days, scopes and duties, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations

import pytest
from django.core import checks as django_checks

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.inner.people import permissions
from taihe.inner.people.models import AdminDuty, Officer, Role
from taihe.inner.people.permissions import (
    DUTY_PERMISSIONS,
    acts_in_duty,
    forget,
    may,
    register_permission,
    remembering,
    require,
    rights_of,
    scopes_of,
)
from taihe.inner.people.queries import acting_choices, actor_for, find_acting, who_may

from .factories import (
    SYSTEM,
    AdminDutyFactory,
    AdminFactory,
    AppointmentFactory,
    OfficerFactory,
    OrganFactory,
    PostFactory,
    RoleFactory,
    RoleGrantFactory,
    StandInFactory,
    acting,
    days,
)

pytestmark = pytest.mark.django_db
KEY = "people.import"


def test_a_role_reaches_its_subtree_and_no_further() -> None:
    top = OrganFactory(code="DA")
    below, beside = OrganFactory(parent=top, code="DB"), OrganFactory(code="DA2")
    actor = acting(OfficerFactory(appointed=True, organ=top, permissions=[KEY]))
    assert may(actor, KEY, top)
    assert may(actor, KEY, below)
    assert not may(actor, KEY, beside)  # its code begins like the top's
    assert scopes_of(actor, KEY) == (top.path,)
    with pytest.raises(NotAllowed):
        require(actor, KEY, beside)


def test_a_role_granted_to_a_post_is_its_holders() -> None:
    post = PostFactory()
    RoleGrantFactory(post=post, role=RoleFactory(permissions=[KEY]))
    holder, other = OfficerFactory(appointed=post), OfficerFactory(appointed=True)
    assert may(acting(holder), KEY)
    assert not may(acting(other), KEY)


def test_a_role_belongs_to_one_post_of_several() -> None:
    officer = OfficerFactory(appointed=True, permissions=[KEY])
    AppointmentFactory(officer=officer)
    assert may(acting(officer, 0), KEY)
    assert not may(acting(officer, 1), KEY)


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ({}, True),
        ({"valid_to": 0}, True),
        ({"valid_to": -1}, False),
        ({"valid_from": 1}, False),
        ({"status": "revoked"}, False),
        ({"waiting": True}, False),
    ],
)
def test_grants_hold_from_day_to_day(state, allowed) -> None:
    officer = OfficerFactory(appointed=True)
    dated = {key: days(value) if key.startswith("valid") else value for key, value in state.items()}
    RoleGrantFactory(appointment=officer.appointments.get(), role=RoleFactory(permissions=[KEY]), **dated)
    assert may(acting(officer), KEY) is allowed


def test_an_ended_appointment_allows_until_midnight_of_the_county() -> None:
    officer = OfficerFactory(appointed=True, permissions=[KEY])
    last = datetime(2026, 3, 31, tzinfo=UTC).date()
    officer.appointments.update(valid_to=last)
    with clock.fixed(datetime(2026, 3, 31, 15, 59, tzinfo=UTC)):  # 23:59 in the county
        actor = acting(officer)
        assert may(actor, KEY)
    with clock.fixed(datetime(2026, 3, 31, 16, 1, tzinfo=UTC)):  # 00:01 of the next day
        assert not may(actor, KEY)
        assert acting_choices(officer) == []


def test_a_future_appointment_gives_nothing_yet() -> None:
    officer = OfficerFactory(appointed=True, permissions=[KEY])
    actor = acting(officer)
    officer.appointments.update(valid_from=days(1))
    assert not may(actor, KEY)


def test_a_locked_officer_has_nothing() -> None:
    officer = OfficerFactory(appointed=True, permissions=[KEY])
    actor = acting(officer)
    Officer.objects.filter(pk=officer.pk).update(status="locked", is_active=False)
    assert not may(actor, KEY)


def test_an_invented_actor_has_nothing() -> None:
    officer = OfficerFactory(appointed=True, permissions=[KEY])
    actor = acting(officer)
    stranger = OfficerFactory(appointed=True)
    assert not may(replace(actor, person_id=str(stranger.pk)), KEY)
    assert not may(replace(actor, person_id="x"), KEY)
    assert not may(replace(actor, post_id="duty:system"), KEY)
    assert not may(replace(actor, on_behalf_of="演某"), KEY)
    assert not may(Actor(kind="citizen", person_id=actor.person_id, person_name="民", post_id=actor.post_id), KEY)


def test_parts_of_the_system_do_what_their_code_does() -> None:
    assert may(SYSTEM, KEY, OrganFactory())


def test_an_unregistered_key_is_a_programming_error() -> None:
    with pytest.raises(KeyError):
        may(SYSTEM, "people.typo")
    with pytest.raises(RuntimeError):
        register_permission(KEY, "另一名称")
    assert register_permission(KEY, permissions.permission_title(KEY)) == KEY


class TestAdministrators:
    def test_the_three_share_no_permission(self) -> None:
        for one, other in combinations(DUTY_PERMISSIONS.values(), 2):
            assert not one & other

    @pytest.mark.parametrize("duty", ["system", "security", "audit"])
    def test_each_has_its_own_set_everywhere(self, duty) -> None:
        actor, organ = acting(AdminFactory(duty=duty)), OrganFactory()
        for key in permissions.permissions():
            assert may(actor, key, organ) is (key in DUTY_PERMISSIONS[duty])

    def test_only_when_acting_as_such(self) -> None:
        officer = AdminFactory(duty="system", appointed=True)
        assert acting(officer).post_id == "duty:system"
        assert not may(acting(officer, 0), KEY)

    def test_an_administrator_has_no_role_in_any_post(self) -> None:
        officer = OfficerFactory(appointed=True, permissions=["people.stand_in"])
        actor = acting(officer)
        assert may(actor, "people.stand_in")
        AdminDutyFactory(officer=officer, duty="audit")
        assert not may(actor, "people.stand_in")

    def test_a_closed_or_asked_duty_gives_nothing(self) -> None:
        officer = AdminFactory(duty="system")
        actor = acting(officer)
        AdminDuty.objects.update(status="closed")
        assert not may(actor, KEY)
        waiting = AdminDutyFactory(waiting=True, duty="audit").officer
        assert acting(waiting).post_id == ""

    def test_no_role_brings_what_separates_them(self) -> None:
        officer = OfficerFactory(appointed=True, permissions=["people.approve_role", "audit.search", KEY])
        actor = acting(officer)
        assert may(actor, KEY)
        assert not may(actor, "people.approve_role")
        assert not may(actor, "audit.search")


class TestStandIns:
    @pytest.fixture
    def principal(self):
        return OfficerFactory(
            appointed=True, permissions=[KEY, "people.appoint"], duties=["reviewer", "signer"], name="演甲"
        )

    def test_b_acts_for_a(self, principal) -> None:
        deputy = StandInFactory(principal=principal.appointments.get(), deputy__name="演乙").deputy
        actor = acting(deputy)
        assert str(actor) == "演乙代演甲"
        assert (actor.person_id, actor.post_id) == (str(deputy.pk), acting(principal).post_id)
        assert may(actor, KEY)
        assert acts_in_duty(actor, "signer")

    def test_named_matters_only(self, principal) -> None:
        deputy = StandInFactory(
            principal=principal.appointments.get(), covers_all=False, permissions=[KEY, "reviewer"]
        ).deputy
        actor = acting(deputy)
        assert may(actor, KEY)
        assert not may(actor, "people.appoint")
        assert acts_in_duty(actor, "reviewer")
        assert not acts_in_duty(actor, "signer")

    @pytest.mark.parametrize("state", [{"status": "revoked"}, {"valid_from": 1}, {"valid_from": -9, "valid_to": -1}])
    def test_not_outside_its_days(self, principal, state) -> None:
        dated = {key: days(value) if key.startswith("valid") else value for key, value in state.items()}
        stand_in = StandInFactory(principal=principal.appointments.get())
        actor = acting(stand_in.deputy)
        type(stand_in).objects.update(**dated)
        assert not may(actor, KEY)
        assert acting_choices(stand_in.deputy) == []

    def test_it_ends_with_the_principals_appointment(self, principal) -> None:
        deputy = StandInFactory(principal=principal.appointments.get()).deputy
        actor = acting(deputy)
        principal.appointments.update(valid_to=days(-1))
        assert not may(actor, KEY)
        assert acting_choices(deputy) == []

    def test_it_is_not_passed_on(self, principal) -> None:
        first = StandInFactory(principal=principal.appointments.get(), deputy=OfficerFactory(appointed=True)).deputy
        second = StandInFactory(principal=first.appointments.get()).deputy
        assert [one.kind for one in acting_choices(second)] == ["stand_in"]
        assert not may(acting(second), KEY)

    def test_an_administrator_stands_in_for_nobody(self, principal) -> None:
        deputy = StandInFactory(principal=principal.appointments.get()).deputy
        actor = acting(deputy)
        AdminDutyFactory(officer=deputy)
        assert not may(actor, KEY)

    def test_nobody_stands_in_for_an_administrators_roles(self, principal) -> None:
        actor = acting(StandInFactory(principal=principal.appointments.get()).deputy)
        AdminDutyFactory(officer=principal)
        assert not may(actor, KEY)


def test_the_switcher_lists_all_capacities_in_three_queries(django_assert_num_queries) -> None:
    officer = AdminFactory(duty="audit", appointed=True)
    AppointmentFactory(officer=officer)
    StandInFactory(deputy=officer)
    with django_assert_num_queries(3):
        choices = acting_choices(officer)
    assert [one.kind for one in choices] == ["main", "additional", "stand_in", "duty"]
    for choice in choices:
        assert find_acting(officer, choice.key) == choice
        assert actor_for(officer, choice.capacity).person_id == str(officer.pk)
    assert find_acting(OfficerFactory(), choices[0].key) is None


def test_nobody_acts_in_anothers_capacity() -> None:
    officer, stranger = AdminFactory(duty="audit", appointed=True), OfficerFactory()
    for choice in acting_choices(officer):
        with pytest.raises(NotAllowed):
            actor_for(stranger, choice.capacity)


def test_one_request_looks_rights_up_once(django_assert_num_queries) -> None:
    organ = OrganFactory()
    actor = acting(OfficerFactory(appointed=True, organ=organ, permissions=[KEY]))
    with remembering():
        with django_assert_num_queries(3):
            for _ in range(20):
                assert may(actor, KEY, organ)
                assert not may(actor, "people.appoint", organ)
        Role.objects.update(permissions=[])
        assert may(actor, KEY)
        forget()
        assert not may(actor, KEY)


def test_without_a_remembered_request_nothing_is_kept() -> None:
    actor = acting(OfficerFactory(appointed=True, permissions=[KEY]))
    assert rights_of(actor).allows(KEY)
    Role.objects.update(permissions=[])
    assert not rights_of(actor).allows(KEY)


def test_who_may_do_what() -> None:
    top = OrganFactory()
    below, beside = OrganFactory(parent=top), OrganFactory()
    administrator = AdminFactory(duty="system")
    by_role = OfficerFactory(appointed=True, organ=top, permissions=[KEY])
    post = PostFactory(organ=beside)
    RoleGrantFactory(post=post, role=Role.objects.get())
    by_post = OfficerFactory(appointed=post)
    assert [one.officer for one in who_may(KEY, below)] == [administrator, by_role]
    assert [one.officer for one in who_may(KEY)] == [administrator, by_role, by_post]
    assert [one.officer for one in who_may("audit.search")] == []


@pytest.mark.parametrize(
    ("roles", "posts", "ids"),
    [
        ("roles: [{key: a, title: 甲, allows: [people.import]}]", "duties\n", []),
        ("roles: [{key: a, title: 甲, allows: [people.typo]}]", "duties\n", ["people.E002"]),
        ("roles: [{key: a, title: 甲, allows: [audit.search]}]", "duties\n", ["people.E003"]),
        ("roles: [{key: a, title: 甲}]", "duties\n", ["people.E001"]),
        ("admin_duties: [{key: system, title: 甲, allows: [audit.search]}]", "duties\n", ["people.E005"]),
        ("duties: [{key: signer, title: 签发人}]", 'duties\n"signer,king"\n', ["people.E004"]),
    ],
)
def test_a_bad_county_file_is_a_start_up_error(tmp_path, settings, roles, posts, ids) -> None:
    settings.COUNTY_DIR = tmp_path
    (tmp_path / "roles.yaml").write_text(roles, "utf-8")
    (tmp_path / "posts.csv").write_text(posts, "utf-8")
    assert [one.id for one in django_checks.run_checks(tags=["people"])] == ids
