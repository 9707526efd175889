"""The pages of lists and search: what they show, whom they refuse, what leaves as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.models import AuditEntry
from taihe.ground.search.index import Index
from taihe.ground.search.indexer import index_round, rebuild
from taihe.inner.office.documents import search
from taihe.inner.office.documents.models import Document
from taihe.inner.office.documents.queries import searching
from taihe.inner.office.documents.tables_lists import document_url
from taihe.inner.people.tests.factories import OrganFactory
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.registry import tell_items_opened

from .rows import delivery, document, flow, incoming, office

pytestmark = pytest.mark.django_db
CLERK = ("documents.draft", "documents.read", "documents.register", "documents.receive")


@pytest.fixture
def government():
    return OrganFactory(code="ZF", kind="government")


@pytest.fixture
def party():
    return OrganFactory(code="DW", kind="party_committee", system="party")


@pytest.fixture
def index(tmp_path, monkeypatch) -> Index:
    made = Index(tmp_path / "index")
    monkeypatch.setattr(searching, "zone_index", lambda: made)
    monkeypatch.setattr("taihe.ground.search.indexer.zone_index", lambda: made)
    return made


def catch_up(index: Index) -> None:
    while index_round(index):
        pass


def see(desk, name: str = "list", **asked: Any) -> str:
    client = Client()
    client.force_login(desk.officer)
    answer = client.get(reverse(f"documents:{name}"), asked)
    assert answer.status_code == 200
    return b"".join(answer).decode()


# -- lists ------------------------------------------------------------------------------------------


def test_each_tab_shows_its_own(government):
    drafter, colleague = office(government, *CLERK), office(government, *CLERK)
    mine, other = document(drafter, state="issued"), document(colleague)
    assert mine.title in see(drafter) and other.title not in see(drafter)
    assert mine.number in see(drafter) and "通知" in see(drafter) and "Notice" not in see(drafter)
    for tab in ("office", "all"):
        assert mine.title in see(drafter, tab=tab) and other.title in see(drafter, tab=tab)
    assert "没有起草过公文" in see(office(government), tab="mine")
    assert "没有符合条件的公文" in see(drafter, tab="all", q="没有这几个字")


def test_a_stranger_sees_no_title_and_nobody_unsigned_in_sees_the_page(government, party):
    paper = document(office(party, *CLERK), state="issued")
    clerk = office(government, *CLERK)
    for tab in ("mine", "office", "all", "<b>", ""):
        assert paper.title not in see(clerk, tab=tab)
    assert Client().get(reverse("documents:list")).status_code in (302, 403)


def test_nonsense_in_the_address_narrows_nothing(government):
    drafter = office(government, *CLERK)
    paper = document(drafter)
    assert paper.title in see(drafter, year="abc", state="x", genre="y", organ="-1", page="zzz")


def test_pages_of_twenty_newest_first(government):
    drafter = office(government, *CLERK)
    at = clock.now()
    titles = [document(drafter, at=at - timedelta(hours=number)).title for number in range(21)]
    first, second = see(drafter), see(drafter, page=2)
    assert titles[0] in first and titles[19] in first and titles[20] not in first
    assert titles[20] in second
    assert first.index(titles[0]) < first.index(titles[1])


def test_an_export_holds_the_filtered_rows_and_is_on_record(government):
    drafter = office(government, *CLERK)
    document(drafter, genre="函", title="=HYPERLINK(演示)")
    document(drafter, title="关于别的事项的通知")
    told = see(drafter, "export", tab="mine", genre="函")
    assert told.startswith("\ufeff发文字号,标题") and "'=HYPERLINK(演示)" in told and "别的事项" not in told
    entry = AuditEntry.objects.filter(action="documents.export").get()
    assert entry.detail == {"tab": "mine", "rows": 1, "capped": False, "genre": "函"}


# -- search -----------------------------------------------------------------------------------------


def test_found_in_the_text_with_the_place_marked(government, index):
    drafter = office(government, *CLERK)
    document(drafter, text="一、总体要求\n按照部署，在颍河沿线开展<b>清淤疏浚</b>。", state="issued", genre="函")
    document(drafter, text="其他内容。")
    rebuild()
    catch_up(index)
    page = see(drafter, "search", q="清淤疏浚")
    assert "<mark>清淤疏浚</mark>" in page and "&lt;b&gt;" in page and "共 <b>1</b> 件" in page
    assert "没有找到" in see(drafter, "search", q="清淤疏浚", genre="通知")
    assert "<mark>" in see(
        drafter, "search", q="清淤疏浚", genre="函", state="issued", organ="ZF", year=clock.today().year
    )
    assert "请输入要找的内容" in see(drafter, "search")


def test_a_government_clerk_finds_no_party_document(government, party, index):
    bureau = OrganFactory(code="WJ", parent=government)
    secretary, clerk = office(party, *CLERK), office(government, *CLERK)
    paper = document(secretary, text="干部考察演示事项。", state="issued")
    catch_up_after(index, paper)
    assert link(paper) in see(secretary, "search", q="干部考察")
    assert "没有找到" in see(clerk, "search", q="干部考察")
    delivery(paper, bureau)  # sent to the bureau: there it is found, and above it
    catch_up_after(index, paper)
    assert link(paper) in see(office(bureau, "documents.receive"), "search", q="干部考察")
    assert "没有找到" in see(office(OrganFactory(parent=government), *CLERK), "search", q="干部考察")


def test_named_persons_only_are_found_by_those_alone(government, index):
    drafter, signer = office(government, "documents.draft"), office(government)
    paper = document(drafter, text="指定人员演示事项。", audience="named")
    flow(paper, drafter, signer)
    catch_up_after(index, paper)
    for desk, found in ((drafter, True), (signer, True), (office(government, *CLERK), False)):
        assert (link(paper) in see(desk, "search", q="指定人员")) is found


def test_lost_rights_show_nothing_before_the_index_follows(government, index):
    handler = office(government)
    paper = document(office(government, "documents.draft"), text="收回演示事项。", state="issued")
    bureau = OrganFactory(parent=government)
    copy = delivery(paper, bureau, "signed")
    flow(incoming(copy, bureau), handler, handler, kind="documents.incoming")
    reader = office(bureau, "documents.read")
    catch_up_after(index, paper)
    assert link(paper) in see(reader, "search", q="收回演示") and link(paper) in see(handler, "search", q="收回演示")
    copy.state, copy.ended_reason = "recalled", "发错单位"
    copy.save()
    assert link(paper) not in see(reader, "search", q="收回演示")
    assert link(paper) not in see(handler, "search", q="收回演示")


def test_whoever_gets_an_item_finds_the_document(government, index):
    drafter, leader = office(government, "documents.draft"), office(government)
    paper = document(drafter, text="送签演示事项。")
    catch_up_after(index, paper)
    assert "没有找到" in see(leader, "search", q="送签演示")
    flow(paper, drafter, leader)
    with unit_of_work("test.open", Actor.system("测试")):
        tell_items_opened(leader.actor, list(WorkItem.objects.select_related("instance")))
    catch_up(index)
    assert link(paper) in see(leader, "search", q="送签演示")


def test_papers_that_came_in_are_found_by_the_receiving_organ(government, party, index):
    mail = incoming(None, government, title="关于演示水源保护的函", proposal="拟请水利局阅办。")
    with unit_of_work("test.touch", Actor.system("测试")):
        search.incoming_touched(mail.pk)
    catch_up(index)
    assert "水源保护" in see(office(government, "documents.receive"), "search", q="阅办")
    assert "没有找到" in see(office(party, *CLERK), "search", q="阅办")


def catch_up_after(index: Index, paper: Document) -> None:
    with unit_of_work("test.touch", Actor.system("测试")):
        search.touched(paper.pk)
    catch_up(index)


def link(paper: Document) -> str:
    return f'<a href="{document_url(paper.pk)}">'
