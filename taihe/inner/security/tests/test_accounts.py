"""Two persons: what the system administrator asks for, the security administrator decides."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from taihe.ground.audit.models import AuditEntry
from taihe.ground.testkit.forms import hidden_fields, post_form
from taihe.inner.people.models import AdminDuty, PasswordReset, RoleGrant, SessionNote
from taihe.inner.people.tests import factories as make

from .conftest import browser

pytestmark = pytest.mark.django_db


def text(answer) -> str:
    return answer.content.decode()


def shown_password(answer) -> str:
    found = re.search(r'id="one-time-password">([^<]+)<', text(answer))
    assert found, text(answer)[:400]
    return found[1]


@pytest.fixture
def colleague():
    return make.OfficerFactory(name="例同事", appointed=True, title="会计", password="Own-Words-2026")


def test_a_role_is_asked_for_by_one_and_given_by_another(system, security, colleague):
    appointment = colleague.appointments.get()
    make.RoleFactory(key="calendar_keeper", title="工作日历管理员", permissions=["calendar.confirm"])
    form = {"role": "calendar_keeper", "kind": "appointment", "appointment": appointment.pk}
    form |= {"scope": appointment.post.organ_id, "reason": "承办日历确认"}
    asked = post_form(system, reverse("security:grant_new"), form)
    grant = RoleGrant.objects.get()
    assert asked["Location"] == reverse("security:grant", args=[grant.pk]) and grant.status == "requested"
    assert system.get(reverse("security:grant_approve", args=[grant.pk])).status_code == 403
    listed = text(security.get(reverse("security:approvals")))
    assert f'id="pending-grant-{grant.pk}"' in listed and "例同事" in listed
    post_form(security, reverse("security:grant_approve", args=[grant.pk]), {"note": "同意"})
    grant.refresh_from_db()
    assert grant.status == "active" and grant.approved_by == str(security.officer.pk)
    post_form(system, reverse("security:grant_revoke", args=[grant.pk]), {"reason": "不再承办该事项"})
    grant.refresh_from_db()
    assert grant.status == "revoked"


def test_a_refusal_needs_a_reason(security):
    grant = make.RoleGrantFactory(waiting=True)
    url = reverse("security:grant_refuse", args=[grant.pk])
    assert "请填写" in text(post_form(security, url, {"note": "不"})) or grant.status == "requested"
    grant.refresh_from_db()
    assert grant.status == "requested"
    post_form(security, url, {"note": "范围过大，请改为本局"})
    grant.refresh_from_db()
    assert grant.status == "refused" and "范围过大" in grant.decision_note


@pytest.mark.parametrize("who", ["requested_by", "concerned"])
def test_neither_the_one_who_asked_nor_the_one_concerned_decides(security, who):
    own = str(security.officer.pk)
    duty = make.AdminDutyFactory(
        waiting=True,
        duty="audit",
        officer=security.officer if who == "concerned" else make.OfficerFactory(),
        requested_by=own if who == "requested_by" else "1000001",
    )
    url = reverse("security:duty_approve", args=[duty.pk])
    page = text(security.get(url))
    assert "须由另一名安全管理员审批" in page and 'class="gv-btn gv-primary">批准' not in page
    refused = security.post(url, hidden_fields(security.get(url)))
    assert refused.status_code == 403 and refused["X-Error-Code"] == "people.same_person"
    assert AdminDuty.objects.get(pk=duty.pk).status == "requested"


def test_an_administrator_is_asked_for_and_takes_up_the_duty(system, security, colleague):
    form = {"officer": colleague.pk, "duty": "audit", "reason": "增设一名审计管理员"}
    post_form(system, reverse("security:duty_new"), form)
    duty = AdminDuty.objects.get(officer=colleague)
    post_form(security, reverse("security:duty_approve", args=[duty.pk]), {})
    page = text(security.get(reverse("security:duties")))
    assert f'id="duty-{duty.pk}"' in page.partition("在任的审计管理员")[2]
    offered = text(system.get(reverse("security:duty_new")))
    assert f'value="{colleague.pk}"' not in offered, "who serves already is not offered again"
    last = AdminDuty.objects.get(officer=security.officer)
    refused = post_form(security, reverse("security:duty_close", args=[last.pk]), {"reason": "调整管理员"})
    assert refused.status_code == 409 and refused["X-Error-Code"] == "people.last_administrator"


def test_the_first_password_is_shown_once_and_kept_nowhere(system, keys):
    person = make.OfficerFactory(must_change_password=True)
    url = reverse("security:account_password", args=[person.pk])
    sent = hidden_fields(system.get(url))
    shown = system.post(url, sent)
    plain = shown_password(shown)
    assert shown["Cache-Control"] == "no-store"
    person.refresh_from_db()
    assert person.check_password(plain) and person.must_change_password
    again = system.post(url, sent)
    assert again.status_code in (302, 303) and plain not in text(again)
    person.refresh_from_db()
    assert person.check_password(plain), "sending the form again gives no other password"
    assert plain not in str([one.__dict__ for one in AuditEntry.objects.all()])


def test_a_reset_takes_two_and_ends_the_sessions(system, security, colleague):
    note = SessionNote.objects.create(
        officer=colleague, session_key="k", began_at=colleague.password_set_at, seen_at=colleague.password_set_at
    )
    post_form(system, reverse("security:account_reset", args=[colleague.pk]), {"reason": "本人忘记密码"})
    asked = PasswordReset.objects.get()
    assert "等待安全管理员审批" in text(system.get(reverse("security:account", args=[colleague.pk])))
    shown = post_form(security, reverse("security:reset_approve", args=[asked.pk]), {})
    colleague.refresh_from_db()
    note.refresh_from_db()
    assert colleague.check_password(shown_password(shown)) and note.ended_at is not None


def test_an_account_is_stopped_by_the_one_and_restored_by_the_other(system, security, colleague):
    url = reverse("security:account", args=[colleague.pk])
    post_form(system, reverse("security:account_lock", args=[colleague.pk]), {"reason": "长期外出"})
    page = text(system.get(url))
    assert "已停用" in page and "长期外出" in page and "恢复账号" not in page
    assert "恢复账号" in text(security.get(url))
    post_form(security, reverse("security:account_unlock", args=[colleague.pk]), {"reason": "已返回工作"})
    colleague.refresh_from_db()
    assert colleague.is_active


def test_the_list_tells_states_and_its_export_holds_no_secret(system, colleague):
    make.OfficerFactory(name="演未发", locked=True)
    page = text(system.get(reverse("security:accounts")))
    assert "未发放" in page and "已设定" in page
    assert "演未发" not in text(system.get(reverse("security:accounts") + "?status=active"))
    answer = system.get(reverse("security:accounts") + "?_export=xlsx")
    cells = [
        str(cell.value) for row in load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows() for cell in row
    ]
    assert "例同事" in cells and colleague.password not in "".join(cells)


def test_sessions_are_seen_and_ended_with_a_reason(security, colleague):
    note = SessionNote.objects.create(
        officer=colleague, session_key="k", began_at=colleague.password_set_at, seen_at=colleague.password_set_at
    )
    assert "例同事" in text(security.get(reverse("security:sessions")))
    post_form(security, reverse("security:session_end", args=[note.pk]), {"reason": "发现异常登录"})
    note.refresh_from_db()
    assert note.ended_why == "admin"


def test_ordinary_officials_see_none_of_it_in_their_menu(keys):
    page = text(browser(make.OfficerFactory(appointed=True)).get(reverse("people:home")))
    assert "系统管理" not in page and "/security/" not in page
