"""Administrators take up and lay down their duties, and give passwords, never by one hand alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, NotAllowed
from taihe.inner.people import actions
from taihe.inner.people.errors import (
    AlreadyDecided,
    DutyAndRole,
    DutyTaken,
    LastAdministrator,
    SamePerson,
)
from taihe.inner.people.models import AdminDuty, Officer
from taihe.inner.people.permissions import may

from .factories import (
    AdminDutyFactory,
    AdminFactory,
    OfficerFactory,
    PasswordResetFactory,
    acting,
)

pytestmark = pytest.mark.django_db
WHY = "工作需要办理"


class TestDuties:
    def test_asked_by_one_opened_by_another(self, system, security) -> None:
        person = OfficerFactory()
        asked = actions.request_duty(system, officer=person.pk, duty="audit", reason=WHY)
        with pytest.raises(NotAllowed):
            actions.approve_duty(system, asked.pk, 1)
        opened = actions.approve_duty(security, asked.pk, 1)
        assert opened.status == "open"
        assert (opened.requested_by, opened.approved_by) == (system.person_id, security.person_id)
        assert may(acting(person), "audit.search")

    def test_security_asks_and_another_security_approves(self, security) -> None:
        asked = actions.request_duty(security, officer=OfficerFactory().pk, duty="security", reason=WHY)
        with pytest.raises(SamePerson):
            actions.approve_duty(security, asked.pk, 1)
        actions.approve_duty(acting(AdminFactory(duty="security")), asked.pk, 1)

    def test_nobody_has_two(self, system, security) -> None:
        person = AdminFactory(duty="audit")
        with pytest.raises(DutyTaken):
            actions.request_duty(system, officer=person.pk, duty="system", reason=WHY)
        asked = AdminDutyFactory(officer=person, duty="system", waiting=True)
        with pytest.raises(DutyTaken):
            actions.approve_duty(security, asked.pk, 1)
        assert AdminDuty.objects.filter(officer=person, status="open").count() == 1

    def test_a_role_holder_becomes_no_administrator(self, security) -> None:
        person = OfficerFactory(appointed=True, permissions=["people.import"])
        with pytest.raises(DutyAndRole):
            actions.approve_duty(security, AdminDutyFactory(officer=person, waiting=True).pk, 1)

    def test_others_ask_for_nothing(self) -> None:
        for actor in (acting(OfficerFactory(appointed=True)), acting(AdminFactory(duty="audit"))):
            with pytest.raises(NotAllowed):
                actions.request_duty(actor, officer=OfficerFactory().pk, duty="audit", reason=WHY)

    def test_close_all_but_the_last(self, security) -> None:
        first, second = AdminFactory(duty="audit"), AdminFactory(duty="audit")
        held = AdminDuty.objects.get(officer=first)
        assert actions.close_duty(security, held.pk, 1, reason=WHY).status == "closed"
        last = AdminDuty.objects.get(officer=second)
        with pytest.raises(LastAdministrator):
            actions.close_duty(security, last.pk, 1, reason=WHY)
        with pytest.raises(AlreadyDecided):
            actions.close_duty(security, held.pk, 2, reason=WHY)

    def test_refuse(self, security) -> None:
        asked = AdminDutyFactory(waiting=True)
        assert actions.refuse_duty(security, asked.pk, 1, note="人选不合适").status == "refused"
        with pytest.raises(AlreadyDecided):
            actions.approve_duty(security, asked.pk, 2)


class TestPasswords:
    @pytest.fixture(autouse=True)
    def quick(self, settings):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def test_the_first_one(self, system, news) -> None:
        person = actions.create_officer(system, sign_in_name="yan.xin", name="演新")
        plain = actions.set_initial_password(system, person.pk, 1)
        person.refresh_from_db()
        assert person.check_password(plain)
        assert person.must_change_password
        assert person.password_expires_at
        assert timedelta(hours=71) < person.password_expires_at - clock.now() < timedelta(hours=73)
        assert news == [("演新", "password")]
        assert not AuditEntry.objects.filter(detail__icontains=plain).exists()
        assert actions.set_initial_password(system, person.pk, 2) != plain

    def test_not_for_an_account_in_use(self, system) -> None:
        with pytest.raises(BadInput):
            actions.set_initial_password(system, OfficerFactory(password="Taihe-Own-2026").pk, 1)

    def test_a_reset_takes_two(self, system, security, news) -> None:
        person = OfficerFactory(password="Taihe-Own-2026")
        asked = actions.request_password_reset(system, person.pk, reason=WHY)
        with pytest.raises(BadInput):
            actions.request_password_reset(system, person.pk, reason=WHY)
        with pytest.raises(NotAllowed):
            actions.approve_password_reset(system, asked.pk)
        plain = actions.approve_password_reset(security, asked.pk)
        person.refresh_from_db()
        assert person.check_password(plain)
        assert news == [(person.name, "password")]
        with pytest.raises(AlreadyDecided):
            actions.approve_password_reset(security, asked.pk)

    def test_nobody_approves_their_own(self, security) -> None:
        own = Officer.objects.get(pk=int(security.person_id))
        for asked in (PasswordResetFactory(officer=own), PasswordResetFactory(requested_by=security.person_id)):
            with pytest.raises(SamePerson):
                actions.approve_password_reset(security, asked.pk)
        refused = actions.refuse_password_reset(acting(AdminFactory(duty="security")), asked.pk, note="请本人到场")
        assert refused.status == "refused"

    def test_one_time_passwords_differ_and_mix(self) -> None:
        from taihe.inner.people.actions.passwords import one_time_password

        made = {one_time_password() for _ in range(50)}
        assert len(made) == 50
        for plain in made:
            assert len(plain) == 14
            assert any(c.islower() for c in plain)
            assert any(c.isupper() for c in plain)
            assert any(c.isdigit() for c in plain)
