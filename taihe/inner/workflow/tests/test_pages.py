"""What people do on the pages of work, form by form, as a browser without scripts sends it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from taihe.ground.vault.keys import vault_at
from taihe.inner.people.tests.factories import (
    AppointmentFactory,
    OfficerFactory,
    OrganFactory,
    PostFactory,
    StandInFactory,
)
from taihe.inner.workflow import picker
from taihe.inner.workflow.models import CommonPhrase, Kind, ProcessInstance, Status, WorkItem
from taihe.inner.workflow.registry import forget_subject
from taihe.inner.workflow.tests.stage import Office, StagePaper, handle

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture
def office(tmp_path, settings):
    settings.TAIHE_KEY_DIR, settings.TAIHE_FOLDER = tmp_path / "keys", tmp_path
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    organ = OrganFactory()
    keeper = OfficerFactory(organ=organ, permissions=["workflow.manage", "workflow.record_for"])
    made = Office(
        keeper, OfficerFactory(organ=organ), OfficerFactory(appointed=PostFactory(organ=organ, rank="county_lead"))
    )
    yield made
    forget_subject(StagePaper.kind)


def browser(actor: Any) -> Client:
    from taihe.inner.people.models import Officer

    client = Client()
    client.force_login(Officer.objects.get(pk=actor.person_id))
    return client


def send(client: Client, page: str, to: str = "", **typed: Any) -> Any:
    """Open a page, fill its form in and send it."""
    hidden = dict(HIDDEN.findall(client.get(page).content.decode()))
    return client.post(to or page, {**hidden, **typed})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def decide(office: Office, client: Client, pk: int, **typed: Any) -> Any:
    return send(client, reverse("workflow:item", args=[pk]), reverse("workflow:decide", args=[pk]), **typed)


def test_a_decision_is_shown_once_more_and_then_carried_out(office):
    client, pk = browser(office.clerk), office["item"]
    shown = decide(office, client, pk, outcome="approve", opinion="同意会签。")
    assert "确认同意" in text(shown) and "同意会签。" in text(shown)
    assert WorkItem.objects.get(pk=pk).status == Status.OPEN
    hidden = dict(HIDDEN.findall(text(shown)))
    assert hidden["outcome"] == "approve"
    done = client.post(reverse("workflow:decide", args=[pk]), {**hidden, "opinion": "同意会签。", "confirmed": "1"})
    assert urlsplit(done["Location"]).path == reverse("workflow:todo")
    item = WorkItem.objects.get(pk=pk)
    assert (item.status, item.outcome, item.opinion) == (Status.DONE, "approve", "同意会签。")


def test_no_words_no_return(office):
    client, pk = browser(office.clerk), office["item"]
    for more in ({}, {"confirmed": "1"}):
        answer = decide(office, client, pk, outcome="return", opinion="  ", **more)
        assert "请写明意见" in text(answer)
    assert WorkItem.objects.get(pk=pk).status == Status.OPEN


def test_a_phrase_arrives_without_scripts_too(office):
    client, pk = browser(office.clerk), office["item"]
    answer = decide(office, client, pk, opinion="请抓紧。", phrase="同意。")
    assert "请抓紧。同意。</textarea>" in text(answer)
    assert "必填" not in text(answer) and "请选择办理结论" not in text(answer)


def test_the_fields_of_the_node_travel_with_the_decision(office):
    client, pk = browser(office.clerk), office["pool"]
    answer = decide(office, client, pk, outcome="approve", opinion="", openness="asked", confirmed="1")
    assert answer.status_code == 303 or answer.status_code == 302
    assert WorkItem.objects.get(pk=pk).data == {"openness": "asked"}


def test_too_late_keeps_what_was_typed(office):
    client, pk = browser(office.clerk), office["item"]
    hidden = dict(HIDDEN.findall(text(client.get(reverse("workflow:item", args=[pk])))))
    instance = WorkItem.objects.get(pk=pk).instance
    instance.refresh_from_db(fields=["version"])
    from taihe.inner.workflow import actions

    actions.suspend(office.keeper, instance.pk, instance.version, reason="等待上级文件")
    typed = {"outcome": "approve", "opinion": "写了很久的意见", "confirmed": "1"}
    answer = client.post(reverse("workflow:decide", args=[pk]), {**hidden, **typed})
    assert answer.status_code == 200
    assert "写了很久的意见" in text(answer) and "已暂停" in text(answer)


def test_opening_is_reading_of_ones_own_work_only(office):
    pk = office["item"]
    browser(office.keeper).get(reverse("workflow:item", args=[pk]))
    assert WorkItem.objects.get(pk=pk).read_at is None
    browser(office.clerk).get(reverse("workflow:item", args=[pk]))
    assert WorkItem.objects.get(pk=pk).read_at is not None


def test_a_copy_is_read_when_the_reader_says_so(office):
    client, pk = browser(office.clerk), office["copy"]
    page = reverse("workflow:item", args=[pk])
    client.get(page)
    assert WorkItem.objects.get(pk=pk).status == Status.OPEN
    send(client, page, reverse("workflow:remark", args=[pk]), opinion="请农业农村局研究。")
    item = WorkItem.objects.get(pk=pk)
    assert (item.kind, item.status, item.opinion) == (Kind.CC, Status.DONE, "请农业农村局研究。")


def test_looking_for_people_keeps_those_chosen(office):
    client, page = browser(office.clerk), reverse("workflow:add", args=[office["item"]])
    other = AppointmentFactory(post=PostFactory(title="调研员"))
    mine = picker.search("", office.clerk.organ)[0][0]
    answer = send(client, page, signers=[mine.value], signers_find=other.officer.name, find="signers", where="after")
    body = text(answer)
    assert f'value="{mine.value}" checked' in body and f'value="a{other.pk}"' in body
    assert "已选 1 个" in body and "gv-error" not in body
    done = send(client, page, signers=[f"a{other.pk}"], where="after")
    assert done.status_code in (302, 303)
    assert WorkItem.objects.filter(officer=other.officer, status=Status.WAITING).exists()


def test_a_post_of_several_is_offered_as_such(office):
    post = PostFactory(title="值班员")
    AppointmentFactory.create_batch(2, post=post)
    found, more = picker.search("值班员")
    assert [one.value[0] for one in found] == ["p", "a", "a"] and not more
    assert picker.chosen([found[0].value, "a999999", "nonsense"])[0][1].officer_id is None


def test_transfer_and_back_go_through_their_pages(office):
    client, pk = browser(office.clerk), office["item"]
    target = reverse("workflow:back", args=[pk])
    assert "拟稿" in text(client.get(target))
    send(client, target, target="draft", resume="direct", reason="附件不全，请补齐。")
    assert WorkItem.objects.get(pk=pk).status == Status.RETURNED
    other = office.newest(office.checked(), office.clerk)
    lead = next(one for one in picker.search("", office.clerk.organ)[0] if one.name == office.leader.person_name)
    send(client, reverse("workflow:transfer", args=[other.pk]), signer=lead.value, reason="由分管领导办理")
    assert WorkItem.objects.get(pk=other.pk).status == Status.TRANSFERRED


def test_many_at_once_and_one_that_does_not_fit_stays(office):
    first, second, alone = (
        office.newest(one, office.clerk) for one in (office.checked(), office.checked(), office.at_office())
    )
    picks = [f"{one.pk}:{one.version}" for one in (first, second, alone)]
    client = browser(office.clerk)
    page = reverse("workflow:batch", args=["approve"]) + "?" + "&".join(f"pick={one}" for one in picks)
    shown = text(client.get(page))
    assert "将办理 2 件" in shown and "须逐件办理" in shown
    WorkItem.objects.filter(pk=second.pk).update(version=second.version + 1)
    hidden = dict(HIDDEN.findall(shown))
    answer = client.post(page, {**hidden, "pick": picks, "opinion": "同意。"}, follow=True)
    assert "1 件，已办理" in text(answer) and "没有办理" in text(answer)
    assert [WorkItem.objects.get(pk=one.pk).status for one in (first, second, alone)] == ["done", "open", "open"]


def test_urging_many_of_ones_own(office):
    made = office.paper(office.clerk)
    client = browser(office.clerk)
    page = f"{reverse('workflow:batch', args=['urge'])}?pick={made.pk}:1"
    send(client, page, pick=f"{made.pk}:1", note="请尽快。")
    assert WorkItem.objects.get(instance=made).urged == 1


def test_tabs_and_filters_stand_in_the_address(office):
    office.checked()
    office.checked()
    client = browser(office.clerk)
    assert "送达时间" in text(client.get(reverse("workflow:todo"), {"module": "stage", "due": "over", "q": "没有的"}))
    page = text(client.get(reverse("workflow:todo"), {"q": "第四季度"}))
    assert page.count('id="item-') == WorkItem.objects.filter(title__contains="第四季度", status="open").count()


def test_a_stand_in_sees_for_whom(office):
    deputy = OfficerFactory(appointed=True)
    held = AppointmentFactory._meta.model.objects.get(officer=int(office.clerk.person_id))
    StandInFactory(principal=held, deputy=deputy)
    office.checked()
    client = Client()
    client.force_login(deputy)
    client.get("/")
    key = next(one for one in re.findall(r'name="post" value="(s\d+)"', text(client.get("/"))))
    client.post(reverse("signin:switch"), {"post": key, "next": "/work/"})
    assert f"代{held.officer.name}" in text(client.get(reverse("workflow:todo")))


def test_the_sheet_says_who_said_what_and_who_is_silent(office):
    made = office.signed()
    handle(office.keeper, made, "return", "不符合程序。")
    page = text(browser(office.keeper).get(reverse("workflow:flow", args=[made.pk])))
    assert "发文稿纸" in page and "不符合程序。" in page and "<svg" in page
    assert ProcessInstance.objects.get(pk=made.pk).status == "running"


def test_own_phrases_come_first_and_go_again(office):
    client, page = browser(office.clerk), reverse("workflow:phrases")
    send(client, page, text="拟同意，呈领导阅示。")
    own = CommonPhrase.objects.get()
    item = text(client.get(reverse("workflow:item", args=[office["item"]])))
    assert item.index("呈领导阅示") < item.index("请按规定办理")
    send(client, reverse("workflow:phrase_drop", args=[own.pk]))
    assert not CommonPhrase.objects.exists()


def test_the_first_page_shows_what_waits(office):
    pk = office["item"]
    page = text(browser(office.clerk).get("/"))
    assert reverse("workflow:item", args=[pk]) in page and "全部待办（1）" in page
