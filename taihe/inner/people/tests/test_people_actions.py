"""Accounts, appointments, roles and stand-ins: what is done, and what is refused."""

from __future__ import annotations

import pytest

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, Missing, NotAllowed, StaleVersion
from taihe.inner.people import actions
from taihe.inner.people.errors import (
    AlreadyDecided,
    DutyAndRole,
    LastAdministrator,
    MainPostTaken,
    PostFull,
    SamePerson,
)
from taihe.inner.people.models import AdminDuty, Officer, Role, RoleGrant, StandIn
from taihe.inner.people.permissions import may
from taihe.inner.people.queries import posts_of

from .factories import (
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
WHY = "工作需要办理"


class TestAccounts:
    def test_register(self, system, vault_keys) -> None:
        made = actions.create_officer(system, sign_in_name="Yan.Xin", name="演新", phone="199 0000 0001")
        assert (made.sign_in_name, made.initials, made.must_change_password) == ("yan.xin", "yx", True)
        assert not made.has_usable_password()
        assert "1990000" not in str(AuditEntry.objects.get().detail)
        with pytest.raises(BadInput):
            actions.create_officer(system, sign_in_name="yan.xin", name="演又新")

    @pytest.mark.parametrize("name", ["", "9abc", "ab", "有汉字", "a" * 41, "a b c"])
    def test_unfit_sign_in_names(self, system, name) -> None:
        with pytest.raises(BadInput):
            actions.create_officer(system, sign_in_name=name, name="演新")

    def test_correct_a_person_and_keep_the_phone(self, system, vault_keys) -> None:
        made = actions.create_officer(system, sign_in_name="yan.xin", name="演新", phone="19900000001")
        edited = actions.edit_officer(system, made.pk, 1, name="演改", email="a@b.example")
        assert (edited.initials, edited.phone.masked()) == ("yg", "199******01")
        assert not actions.edit_officer(system, made.pk, 2, name="演改", phone="").phone
        with pytest.raises(StaleVersion):
            actions.edit_officer(system, made.pk, 1, name="演旧")
        with pytest.raises(Missing):
            actions.edit_officer(system, 10**9, 1, name="演无")

    def test_a_keeper_corrects_only_their_own_people(self) -> None:
        mine, other = OrganFactory(), OrganFactory()
        keeper = acting(OfficerFactory(appointed=True, organ=mine, permissions=["people.edit_officers"]))
        with pytest.raises(NotAllowed):
            actions.edit_officer(keeper, OfficerFactory(appointed=True, organ=other).pk, 1, name="演改")
        gone = OfficerFactory(appointed=True, organ=other)
        gone.appointments.update(valid_to=days(-9))
        with pytest.raises(NotAllowed):
            actions.edit_officer(keeper, gone.pk, 1, name="演改")
        assert (
            actions.edit_officer(keeper, OfficerFactory(appointed=True, organ=mine).pk, 1, name="演改").name == "演改"
        )

    def test_one_locks_another_unlocks(self, system, security, news) -> None:
        person = OfficerFactory(appointed=True)
        with pytest.raises(NotAllowed):
            actions.lock_officer(security, person.pk, 1, reason=WHY)
        locked = actions.lock_officer(system, person.pk, 1, reason=WHY)
        assert not locked.is_active
        assert news == [(person.name, "locked")]
        with pytest.raises(NotAllowed):
            actions.unlock_officer(system, person.pk, 2, reason=WHY)
        assert actions.unlock_officer(security, person.pk, 2, reason=WHY).is_active
        with pytest.raises(AlreadyDecided):
            actions.unlock_officer(security, person.pk, 3, reason=WHY)

    def test_leaving_ends_everything(self, system, news) -> None:
        person = OfficerFactory(appointed=True, permissions=["people.import"])
        own = StandInFactory(principal=person.appointments.get())
        other = StandInFactory(deputy=person)
        future = AppointmentFactory(officer=person, valid_from=days(30))
        actor = acting(person)
        left = actions.leave_officer(system, person.pk, 1, reason="调往外县")
        assert (left.status, left.left_on, left.is_active) == ("left", clock.today(), False)
        assert not left.has_usable_password()
        assert news == [(person.name, "work"), (person.name, "left")]
        assert not posts_of(person, days(1)).exists()
        assert not posts_of(person, days(40)).exists()
        future.refresh_from_db()
        assert future.valid_to < future.valid_from
        own.refresh_from_db()
        other.refresh_from_db()
        assert (own.valid_to, other.status) == (clock.today(), "revoked")
        assert not may(actor, "people.import")
        with pytest.raises(AlreadyDecided):
            actions.leave_officer(system, person.pk, left.version)

    def test_the_last_administrator_neither_leaves_nor_is_locked(self, system, security) -> None:
        only = Officer.objects.get(pk=int(security.person_id))
        with pytest.raises(LastAdministrator):
            actions.leave_officer(system, only.pk, 1)
        with pytest.raises(LastAdministrator):
            actions.lock_officer(system, only.pk, 1, reason=WHY)
        second = AdminFactory(duty="security")
        actions.lock_officer(system, second.pk, 1, reason=WHY)
        with pytest.raises(LastAdministrator):  # the other one cannot act any more
            actions.lock_officer(system, only.pk, 1, reason=WHY)
        AdminFactory(duty="security")
        actions.leave_officer(system, only.pk, 1)
        assert AdminDuty.objects.get(officer=only).status == "closed"

    def test_the_keeper_of_an_organ_cannot_let_its_administrator_go(self) -> None:
        organ = OrganFactory()
        keeper = acting(OfficerFactory(appointed=True, organ=organ, permissions=["people.appoint"]))
        AdminFactory(duty="security")
        with pytest.raises(NotAllowed):
            actions.leave_officer(keeper, AdminFactory(duty="security", appointed=True, organ=organ).pk, 1)
        actions.leave_officer(keeper, OfficerFactory(appointed=True, organ=organ).pk, 1)


class TestAppointments:
    def test_appoint_and_end(self, system) -> None:
        person, post = OfficerFactory(), PostFactory()
        held = actions.appoint(system, officer=person.pk, post=post.pk, is_main=True, basis="测任〔2026〕1号")
        assert acting(person).post_id == str(post.pk)
        ended = actions.end_appointment(system, held.pk, 1)
        assert ended.valid_to == clock.today()
        assert posts_of(person).exists()
        assert not posts_of(person, days(1)).exists()
        with pytest.raises(BadInput):
            actions.end_appointment(system, held.pk, 2, last_day=days(2))

    def test_only_so_many_hold_a_post(self, system) -> None:
        post = PostFactory(max_holders=1)
        first = OfficerFactory(appointed=post)
        with pytest.raises(PostFull):
            actions.appoint(system, officer=OfficerFactory().pk, post=post.pk, is_main=True)
        held = first.appointments.get()
        actions.end_appointment(system, held.pk, 1, last_day=days(5))
        with pytest.raises(PostFull):
            actions.appoint(system, officer=OfficerFactory().pk, post=post.pk, is_main=True, valid_from=days(5))
        actions.appoint(system, officer=OfficerFactory().pk, post=post.pk, is_main=True, valid_from=days(6))
        spare = PostFactory(max_holders=2)
        for _ in range(2):
            AppointmentFactory(post=spare)
        with pytest.raises(PostFull):
            actions.edit_post(system, spare.pk, 1, title="某岗", rank="clerk", duties=[], max_holders=1, order=0)

    def test_two_who_follow_one_another_fill_one_place(self, system) -> None:
        post = PostFactory(max_holders=2)
        AppointmentFactory(post=post, valid_to=days(-5))
        AppointmentFactory(post=post, valid_from=days(-4))
        actions.appoint(system, officer=OfficerFactory().pk, post=post.pk, is_main=True, valid_from=days(-30))

    def test_one_main_post_at_a_time(self, system) -> None:
        person = OfficerFactory(appointed=True)
        with pytest.raises(MainPostTaken):
            actions.appoint(system, officer=person.pk, post=PostFactory().pk, is_main=True)
        extra = actions.appoint(system, officer=person.pk, post=PostFactory().pk, is_main=False)
        actions.make_main(system, extra.pk, 1)
        assert posts_of(person)[0] == extra
        assert person.appointments.filter(is_main=True).count() == 1

    def test_what_is_refused(self, system) -> None:
        post = PostFactory(valid_from=days(-10))
        person = OfficerFactory(appointed=post)
        refused = [
            {"officer": person.pk},
            {"valid_from": days(-11)},
            {"valid_from": days(3), "valid_to": days(2)},
            {"officer": OfficerFactory(left=True).pk},
        ]
        for fields in refused:
            with pytest.raises(BadInput):
                actions.appoint(system, **{"officer": OfficerFactory().pk, "post": post.pk, "is_main": False, **fields})
        keeper = acting(OfficerFactory(appointed=True, permissions=["people.appoint"]))
        with pytest.raises(NotAllowed):
            actions.appoint(keeper, officer=OfficerFactory().pk, post=post.pk, is_main=True)

    def test_roles_of_an_appointment_end_with_it(self, system) -> None:
        person = OfficerFactory(appointed=True, permissions=["people.import"])
        held = person.appointments.get()
        waiting = RoleGrantFactory(appointment=held, waiting=True)
        actions.end_appointment(system, held.pk, 1, last_day=days(-1))
        waiting.refresh_from_db()
        assert waiting.status == "revoked"
        assert RoleGrant.objects.exclude(pk=waiting.pk).get().valid_to == days(-1)


class TestRoles:
    def ask(self, actor, **fields):
        person = fields.pop("person", None) or OfficerFactory(appointed=True)
        held = person.appointments.get()
        if not Role.objects.filter(key="keeper").exists():
            RoleFactory(key="keeper", permissions=["people.import"])
        return actions.request_role(
            actor, **{"role": "keeper", "scope": held.post.organ_id, "appointment": held.pk, "reason": WHY, **fields}
        )

    def test_asked_by_one_given_by_another(self, system, security) -> None:
        person = OfficerFactory(appointed=True)
        grant = self.ask(system, person=person)
        actor = acting(person)
        assert not may(actor, "people.import")
        with pytest.raises(NotAllowed):
            actions.approve_role(system, grant.pk, 1)
        given = actions.approve_role(security, grant.pk, 1)
        assert may(actor, "people.import")
        assert (given.requested_by, given.approved_by) == (system.person_id, security.person_id)
        with pytest.raises(AlreadyDecided):
            actions.approve_role(acting(AdminFactory(duty="security")), grant.pk, 2)
        actions.revoke_role(system, grant.pk, 2, reason=WHY)
        assert not may(actor, "people.import")

    def test_nobody_approves_what_they_asked_for_or_gain_by(self, security) -> None:
        administrator = Officer.objects.get(pk=int(security.person_id))
        held = AppointmentFactory(officer=administrator, is_main=True)
        for concerned in ({"requested_by": security.person_id}, {}):
            grant = RoleGrantFactory(appointment=held, waiting=True, **concerned)
            with pytest.raises(SamePerson):
                actions.approve_role(security, grant.pk, 1)
        assert AuditEntry.objects.filter(action="people.approve_role", outcome="refused").count() == 2

    def test_an_administrator_gets_no_role(self, system, security) -> None:
        grant = self.ask(system, person=AdminFactory(duty="audit", appointed=True))
        with pytest.raises(DutyAndRole):
            actions.approve_role(security, grant.pk, 1)

    def test_refuse_and_withdraw(self, system, security) -> None:
        grant = self.ask(system)
        with pytest.raises(BadInput):
            actions.refuse_role(security, grant.pk, 1, note="")
        assert actions.refuse_role(security, grant.pk, 1, note="范围过大，请缩小").status == "refused"
        with pytest.raises(AlreadyDecided):
            actions.revoke_role(system, grant.pk, 2, reason=WHY)

    def test_to_a_post_or_an_appointment_never_both(self, system) -> None:
        for fields in ({"post": PostFactory().pk}, {"appointment": None}, {"role": "none"}, {"reason": "短"}):
            with pytest.raises(BadInput):
                self.ask(system, **fields)


class TestStandIns:
    def arrange(self, actor, person, **fields):
        held = person.appointments.get()
        wished = {"principal": held.pk, "deputy": OfficerFactory().pk, "valid_to": days(3), "reason": "出差"}
        return actions.set_stand_in(actor, **{**wished, **fields})

    def test_the_principal_arranges_and_the_deputy_may_lay_down(self) -> None:
        person = OfficerFactory(appointed=True)
        covering = self.arrange(acting(person), person)
        deputy = acting(covering.deputy)
        assert deputy.on_behalf_of == person.name
        plain = actions.revoke_stand_in
        with pytest.raises(NotAllowed):
            plain(acting(OfficerFactory(appointed=True)), covering.pk, 1)
        assert plain(acting(person), covering.pk, 1).status == "revoked"
        again = self.arrange(acting(person), person, deputy=OfficerFactory(appointed=True).pk)
        assert plain(acting(again.deputy, 0), again.pk, 1).status == "revoked"

    def test_a_deputy_arranges_nothing_in_the_principals_name(self) -> None:
        person = OfficerFactory(appointed=True, permissions=["people.stand_in"])
        deputy = acting(self.arrange(acting(person), person).deputy)
        with pytest.raises(NotAllowed):
            self.arrange(deputy, person)

    def test_the_keeper_of_the_organ_arranges_for_others(self) -> None:
        organ = OrganFactory()
        keeper = acting(OfficerFactory(appointed=True, organ=organ, permissions=["people.stand_in"]))
        assert self.arrange(keeper, OfficerFactory(appointed=True, organ=organ)).set_by_name == keeper.person_name
        with pytest.raises(NotAllowed):
            self.arrange(keeper, OfficerFactory(appointed=True))

    @pytest.mark.parametrize(
        "fields",
        [
            {"valid_to": days(-1), "valid_from": days(-2)},
            {"valid_from": days(4)},
            {"valid_to": days(400)},
            {"reason": ""},
            {"only": []},
            {"only": ["people.typo"]},
        ],
    )
    def test_what_is_refused(self, fields) -> None:
        person = OfficerFactory(appointed=True)
        with pytest.raises(BadInput):
            self.arrange(acting(person), person, **fields)
        assert not StandIn.objects.exists()

    def test_whom_one_may_not_choose(self) -> None:
        person = OfficerFactory(appointed=True)
        for deputy in (person, OfficerFactory(locked=True), AdminFactory(duty="audit")):
            with pytest.raises(BadInput):
                self.arrange(acting(person), person, deputy=deputy.pk)
        first = self.arrange(acting(person), person)
        with pytest.raises(BadInput):
            self.arrange(acting(person), person, deputy=first.deputy_id, valid_to=days(9))

    def test_named_matters(self) -> None:
        person = OfficerFactory(appointed=True)
        covering = self.arrange(acting(person), person, only=["people.import", "reviewer"])
        assert (covering.covers_all, covering.permissions) == (False, ["people.import", "reviewer"])
