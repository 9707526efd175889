"""Organs and people through their pages, as officials use them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.testkit.forms import hidden_fields, post_form
from taihe.inner.people.models import Appointment, Officer, Organ, OrganEvent, StandIn
from taihe.inner.people.tests import factories as make

pytestmark = pytest.mark.django_db
KEEPER = ["people.edit_organs", "people.edit_officers", "people.appoint", "people.stand_in", "people.import"]


@pytest.fixture
def county():
    """The county's government with a bureau and a township below it."""
    top = make.OrganFactory(code="ZF", name="太和县人民政府", short_name="县政府", kind="government")
    bureau = make.OrganFactory(
        code="CZ", name="太和县财政局", short_name="县财政局", parent=top, pinyin="xiancaizhengju xczj"
    )
    town = make.OrganFactory(code="CG", name="城关镇人民政府", short_name="城关镇", kind="township", parent=top)
    make.OrganFactory(code="CGCZ", name="城关镇财政所", short_name="城关财政所", kind="station", parent=town)
    return {"top": top, "bureau": bureau, "town": town}


def browser(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer)
    return client


@pytest.fixture
def clerk(county):
    return browser(make.OfficerFactory(name="演普通", organ=county["bureau"], appointed=True))


@pytest.fixture
def keeper(county):
    return browser(make.OfficerFactory(name="演维护", organ=county["top"], roles=["keeper"], permissions=KEEPER))


def text(answer) -> str:
    return answer.content.decode()


# -- organs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("", ["县政府", "县财政局", "城关镇", "城关财政所"], []),
        ("q=财政", ["县财政局", "城关财政所"], []),
        ("q=xczj", ["县财政局"], ["城关财政所"]),
        ("q=CGCZ", ["城关财政所"], ["县财政局"]),
        ("kind=township", ["城关镇"], ["县财政局", "城关财政所"]),
        ("q=没有这个机构", ["没有符合条件的机构"], ["县政府"]),
    ],
)
def test_the_tree_is_searched_by_name_letters_code_and_kind(clerk, query, shown, hidden):
    page = text(clerk.get(reverse("people:organs") + "?" + query)).partition('id="gv-main"')[2]
    assert [one for one in shown if one not in page] == []
    assert [one for one in hidden if f">{one}</a>" in page] == []


def test_the_tree_of_one_township_leaves_the_others_out(clerk, county):
    page = text(clerk.get(reverse("people:organs") + f"?township={county['town'].pk}"))
    assert "城关财政所</a>" in page and "县财政局</a>" not in page


def test_the_tree_of_an_earlier_day_bears_the_names_of_that_day(keeper, county):
    bureau = county["bureau"]
    before = clock.today() - timedelta(days=10)
    url = reverse("people:organ_rename", args=[bureau.pk])
    answer = post_form(keeper, url, {"name": "太和县财政和国资局", "short_name": "县财资局", "on": clock.today()})
    assert answer.status_code in (302, 303), text(answer)
    now = text(keeper.get(reverse("people:organs")))
    then = text(keeper.get(reverse("people:organs") + f"?on={before}"))
    assert "县财资局</a>" in now and "太和县财政局</a>" in then and "县财资局</a>" not in then
    page = text(keeper.get(reverse("people:organ", args=[bureau.pk])))
    assert "曾用名" in page and "太和县财政局" in page


def test_only_whoever_keeps_the_organ_is_offered_changes(clerk, keeper, county):
    url = reverse("people:organ", args=[county["bureau"].pk])
    assert "更名" in text(keeper.get(url)).partition('id="changes"')[2]
    assert 'id="changes"' not in text(clerk.get(url))


def test_a_keeper_of_the_township_changes_nothing_elsewhere(county):
    own = browser(make.OfficerFactory(organ=county["town"], roles=["keeper"], permissions=KEEPER))
    assert own.get(reverse("people:organ_rename", args=[county["town"].pk])).status_code == 200
    refused = own.get(reverse("people:organ_rename", args=[county["bureau"].pk]))
    assert refused.status_code == 403 and refused["X-Error-Code"] == "ground.not_allowed"
    offered = text(own.get(reverse("people:organ_new")))
    parents = offered.partition('id="id_parent"')[2].partition("</select>")[0]
    assert "城关镇" in parents and "县财政局" not in parents


def test_a_renaming_met_by_another_shows_both_texts(keeper, county):
    bureau = county["bureau"]
    url = reverse("people:organ_rename", args=[bureau.pk])
    late = hidden_fields(keeper.get(url))
    post_form(keeper, url, {"name": "太和县财政国资局", "short_name": "财资局"})
    answer = keeper.post(url, late | {"name": "太和县财税局", "short_name": "财税局"})
    page = text(answer)
    assert answer.status_code == 200 and "已被他人修改" in page
    assert "太和县财政国资局" in page and "太和县财税局" in page
    bureau.refresh_from_db()
    assert bureau.name == "太和县财政国资局"


def test_a_merger_says_first_what_will_happen_and_then_does_it(keeper, county):
    bureau = county["bureau"]
    held = make.AppointmentFactory(post=make.PostFactory(organ=bureau, title="股长"), is_main=True)
    make.OrganFactory(parent=bureau)
    target = make.OrganFactory(name="太和县发展改革委", short_name="县发改委", parent=county["top"])
    url = reverse("people:organ_merge", args=[bureau.pk])
    assert "下一步" in text(keeper.get(url))
    page = text(keeper.get(f"{url}?into={target.pk}"))
    assert "1 个岗位、1 项任职（1 人）" in page and "1 个下级机构" in page and "不能撤回" in page
    answer = post_form(keeper, f"{url}?into={target.pk}", {"on": "", "basis": "演示文件"})
    assert answer["Location"] == reverse("people:organ", args=[target.pk])
    bureau.refresh_from_db()
    assert bureau.status == "merged" and bureau.successor == target
    assert Appointment.objects.filter(officer=held.officer, post__organ=target, valid_to=None).exists()
    ended = text(keeper.get(reverse("people:organ", args=[bureau.pk])))
    assert "已并入" in ended and "太和县发展改革委" in ended
    assert 'id="changes"' not in ended


def test_an_organ_with_people_is_not_abolished_and_the_page_says_why(keeper, county):
    bureau = county["bureau"]
    make.AppointmentFactory(post=make.PostFactory(organ=bureau), is_main=True)
    url = reverse("people:organ_abolish", args=[bureau.pk])
    page = text(keeper.get(url))
    assert "现在不能办理" in page and "确认撤销</button>" not in page
    refused = post_form(keeper, url, {})
    assert refused.status_code == 409 and refused["X-Error-Code"] == "people.organ_in_use"
    assert OrganEvent.objects.filter(organ=bureau, kind="abolished").count() == 0


def test_an_organ_is_established_and_gets_a_post_and_a_holder(keeper, county):
    known = {"name": "太和县演示中心", "code": "YS01", "kind": "institution", "system": "government"}
    answer = post_form(keeper, reverse("people:organ_new"), known | {"parent": county["top"].pk})
    organ = Organ.objects.get(code="YS01")
    assert answer["Location"] == reverse("people:organ", args=[organ.pk])
    post = {"title": "主任", "rank": "dept_lead", "max_holders": 1, "order": 0}
    post_form(keeper, reverse("people:post_new", args=[organ.pk]), post)
    person = make.OfficerFactory(name="演主任")
    place = organ.posts.get()
    given = {"officer": person.pk, "post": place.pk, "is_main": "1"}
    post_form(keeper, reverse("people:appoint", args=[place.pk]), given)
    assert "演主任" in text(keeper.get(reverse("people:organ", args=[organ.pk])))
    full = post_form(keeper, reverse("people:appoint", args=[place.pk]), given | {"officer": make.OfficerFactory().pk})
    assert full.status_code == 409 and full["X-Error-Code"] == "people.post_full"


# -- people ---------------------------------------------------------------------------------------


@pytest.fixture
def colleague(vault_keys, county):
    return make.OfficerFactory(
        name="例同事", organ=county["bureau"], title="会计", phone="19900001234", sign_in_name="li.tongshi"
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=同事", True),
        ("q=litongshi", True),
        ("q=lts", True),
        ("q=县财政局 会计", True),
        ("q=19900001234", True),
        ("q=1990000", False),
        ("letter=L", True),
        ("letter=Z", False),
        ("q=李四", False),
    ],
)
def test_a_colleague_is_found_by_name_letters_organ_post_and_whole_number(clerk, colleague, query, found):
    page = text(clerk.get(reverse("people:contacts") + "?" + query))
    assert ("例同事</a>" in page) is found
    assert "19900001234" not in page.replace('value="19900001234"', "").replace("q=19900001234", "")


def test_a_number_is_opened_for_a_purpose_once_and_on_the_record(clerk, colleague):
    url = reverse("people:phone", args=[colleague.pk])
    asked = clerk.get(url)
    assert "19900001234" not in text(asked)
    sent = hidden_fields(asked) | {"purpose": "people.contact", "note": "核对会议时间"}
    shown = clerk.post(url, sent)
    assert "19900001234" in text(shown) and shown["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="vault.reveal", outcome="done")
    assert entry.subject_id == str(colleague.pk) and entry.detail["purpose"] == "people.contact"
    assert "19900001234" not in str(entry.__dict__)
    again = clerk.post(url, sent)
    assert again.status_code in (302, 303)
    assert AuditEntry.objects.filter(action="vault.reveal", outcome="done").count() == 1
    refused = clerk.post(url, hidden_fields(clerk.get(url)) | {"purpose": "people.account"})
    assert "19900001234" not in text(refused)


def test_a_person_is_registered_appointed_relieved_and_let_go(keeper, county, vault_keys):
    made = post_form(
        keeper, reverse("people:officer_new"), {"name": "示新人", "sign_in_name": "shi.xinren", "phone": "19900005555"}
    )
    person = Officer.objects.get(sign_in_name="shi.xinren")
    assert made["Location"] == reverse("people:officer_appoint", args=[person.pk])
    post = make.PostFactory(organ=county["bureau"])
    post_form(keeper, made["Location"], {"officer": person.pk, "post": post.pk, "is_main": "1"})
    page = text(keeper.get(reverse("people:officer", args=[person.pk])))
    assert "县财政局" in page and "19900005555" not in page
    held = Appointment.objects.get(officer=person)
    post_form(keeper, reverse("people:appointment_end", args=[held.pk]), {"basis": "演示免职"})
    held.refresh_from_db()
    assert held.valid_to == clock.today()
    post_form(keeper, reverse("people:officer_leave", args=[person.pk]), {"reason": "调离本县工作"})
    person.refresh_from_db()
    assert person.status == "left" and not person.is_active


# -- stand-ins ------------------------------------------------------------------------------------


def test_a_stand_in_is_set_for_oneself_and_taken_back(clerk, county):
    deputy = make.OfficerFactory(name="样代理", organ=county["top"], appointed=True)
    own = Appointment.objects.get(officer__name="演普通")
    until = clock.today() + timedelta(days=5)
    given = {"principal": own.pk, "deputy": deputy.pk, "valid_to": until, "reason": "出差"}
    answer = post_form(clerk, reverse("people:stand_in_new"), given)
    assert answer["Location"] == reverse("people:stand_ins")
    covering = StandIn.objects.get(deputy=deputy)
    assert covering.covers_all and "代演普通" in text(clerk.get(reverse("people:stand_ins")))
    post_form(clerk, reverse("people:stand_in_revoke", args=[covering.pk]), {})
    covering.refresh_from_db()
    assert covering.status == "revoked"
    too_long = given | {"valid_to": clock.today() + timedelta(days=999)}
    assert "最长" in text(post_form(clerk, reverse("people:stand_in_new"), too_long))


def test_nobody_ends_a_stand_in_that_is_not_theirs(clerk):
    other = make.StandInFactory()
    url = reverse("people:stand_in_revoke", args=[other.pk])
    assert clerk.get(url).status_code == 403


# -- the first page -------------------------------------------------------------------------------


def test_the_first_page_greets_by_post_and_shows_what_changed(clerk, keeper, county):
    url = reverse("people:organ_rename", args=[county["town"].pk])
    post_form(keeper, url, {"name": "城关街道办事处", "short_name": "城关街道"})
    page = text(clerk.get(reverse("people:home")))
    assert "县财政局" in page and "目前没有等您办理的事项" in page
    assert "由“城关镇人民政府”更名" in page


def test_the_first_page_tells_someone_without_a_post_what_to_do():
    page = text(browser(make.OfficerFactory()).get(reverse("people:home")))
    assert "您今天没有在任的岗位" in page
