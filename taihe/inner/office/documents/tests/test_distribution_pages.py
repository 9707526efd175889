"""Pages of 分发 and 签收 as a browser without scripts sends them: sender, receiving clerk, and whoever is neither."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from taihe.ground.files.actions import attach
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import made_here
from taihe.ground.paper import render
from taihe.ground.paper.tests.samples import paper
from taihe.ground.testkit.forms import hidden_fields, post_form
from taihe.ground.vault.keys import vault_at
from taihe.inner.office.documents.actions import collecting, following_up
from taihe.inner.office.documents.models import Delivery, Document, Incoming
from taihe.inner.office.documents.queries import distributing as queries
from taihe.inner.people.models import Organ
from taihe.inner.people.tests.factories import OrganFactory
from taihe.inner.workflow.models import WorkItem
from taihe.inner.workflow.registry import forget_subject, register_subject
from taihe.inner.workflow.tests.kit import SYSTEM, Desk, desk

from .sending import Senders, SendingKind, build, copy_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def senders(tmp_path, settings):
    settings.TAIHE_KEY_DIR, settings.TAIHE_FOLDER = tmp_path / "keys", tmp_path
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    kind = SendingKind()
    register_subject(kind)
    yield build(kind)
    forget_subject(kind.kind)


def browser(at: Desk) -> Client:
    client = Client()
    client.force_login(at.officer)
    return client


def put_original(document: Document) -> None:
    """A drawn paper as the document's original."""
    pdf = render(paper(1), made_at=datetime(2026, 11, 22, tzinfo=UTC)).pdf
    prepared = made_here(BytesIO(pdf), name="正本.pdf", mime="application/pdf", looked_at="drawn by ourselves")
    row = attach(SYSTEM, prepared, Owner("documents.document", str(document.pk)), purpose="正本")
    Document.objects.filter(pk=document.pk).update(pdf=row.key, pdf_sha256=row.sha256)


def page(name: str, *args: int, query: str = "") -> str:
    return reverse(f"documents:{name}", args=args) + query


# -- sender ----------------------------------------------------------------------------------------------


def test_the_list_is_shown_and_sent_once(senders: Senders):
    unmanned: Organ = OrganFactory(parent=senders.organ.parent)
    for one in senders.organs:
        senders.receiver(one)
    document, item = senders.sealed([*senders.organs, unmanned])
    client, url = browser(senders.clerk), page("distribute", document.pk)
    shown = client.get(url).content.decode()
    assert all(one.name in shown for one in (*senders.organs, unmanned))
    assert shown.count("暂无文书</span>") == 1 and "确认分发（4 个单位）" in shown
    filled = hidden_fields(client.get(url))
    sent = client.post(url, filled)
    assert sent.status_code == 302 and sent["Location"].endswith(page("receipts", document.pk))
    assert client.post(url, filled)["Location"].endswith(page("receipts", document.pk)), "the same form again"
    assert Delivery.objects.filter(document=document).count() == 4
    assert WorkItem.objects.get(pk=item.pk).status == "done"
    assert client.get(url).status_code == 302, "nothing more to distribute"


def test_who_does_not_hold_the_step_sees_the_list_but_no_button(senders: Senders):
    document, _ = senders.sealed()
    colleague = desk(senders.organ, roles=["t_office"], permissions=["documents.register"])
    shown = browser(colleague).get(page("distribute", document.pk)).content.decode()
    assert "确认分发" not in shown and "当前岗位没有这项待办" in shown
    assert browser(desk()).get(page("distribute", document.pk)).status_code == 404


def test_receipts_tell_who_has_not_signed(senders: Senders):
    document = senders.sent()
    first, second, _ = senders.organs
    row = copy_of(document, first)
    collecting.sign_for(senders.receiver(first).actor, row.pk, row.version)
    collecting.mark_opened(senders.receiver(second).actor, copy_of(document, second))
    client, url = browser(senders.clerk), page("receipts", document.pk)
    shown = client.get(url).content.decode()
    for word in ("未查看", "已查看未签收", "已签收"):
        assert word in shown
    unsigned = client.get(url + "?standing=unopened").content.decode()
    assert senders.organs[2].name in unsigned and first.name not in unsigned.partition("分发记录")[0]
    book = load_workbook(BytesIO(client.get(url + "?_export=xlsx").content))
    cells = [[cell.value for cell in line] for line in book[book.sheetnames[0]].iter_rows()]
    assert cells[0][0] == "收文单位" and "签收岗位" in cells[0]
    assert [line[0] for line in cells[1:]] == [one.name for one in senders.organs]
    assert browser(senders.receiver(first)).get(url).status_code == 404, "a receiver sees no other's receipts"


def test_follow_ups_by_form(senders: Senders):
    document = senders.sent(senders.organs[:2])
    client, back = browser(senders.clerk), page("receipts", document.pk)
    first = copy_of(document, senders.organs[0])
    urged = post_form(client, page("urge_receipt", document.pk, query=f"?pick={first.pk}"), {"words": "请今日签收"})
    assert urged["Location"].endswith(back)
    first.refresh_from_db()
    assert first.urged == 1 and copy_of(document, senders.organs[1]).urged == 0
    again = post_form(client, page("urge_receipt", document.pk, query=f"?pick={first.pk}"), {"words": ""})
    assert again.status_code == 200 and "催收已达上限" in again.content.decode()
    sent = post_form(
        client, page("further", document.pk), {"organs": [str(senders.organs[2].pk)], "reason": "初次分发时漏列"}
    )
    assert sent["Location"].endswith(back) and copy_of(document, senders.organs[2]).dispatch.kind == "further"
    none = post_form(client, page("further", document.pk), {"reason": "初次分发时漏列"})
    assert "请选择补发单位" in none.content.decode()
    taken = post_form(client, page("recall", document.pk), {"deliveries": [str(first.pk)], "reason": "误发该单位"})
    assert taken["Location"].endswith(back)
    shown = client.get(back).content.decode()
    assert "误发该单位" in shown and "初次分发时漏列" in shown
    made = post_form(client, page("correct", document.pk), {"reason": "第3页金额有误"})
    assert made.status_code == 302 and Document.objects.filter(replaces=document).count() == 1
    assert "更正稿" in client.get(back).content.decode()


# -- receiver -------------------------------------------------------------------------------------------


def test_a_clerk_signs_in_two_taps_from_the_list(senders: Senders):
    """The card, then 签收: no page between."""
    document = senders.sent()
    put_original(document)
    organ = senders.organs[0]
    client, row = browser(senders.receiver(organ)), copy_of(document, organ)
    listed = client.get(page("received")).content.decode()
    assert page("received_one", row.pk) in listed
    url = page("received_one", row.pk)
    opened = client.get(url).content.decode()
    assert page("received_page", row.pk, 1) in opened and ">签收</button>" in opened
    row.refresh_from_db()
    assert row.opened_at is not None
    picture = client.get(page("received_page", row.pk, 1))
    assert picture["Content-Type"] == "image/png" and picture.content.startswith(b"\x89PNG")
    assert client.get(page("received_page", row.pk, 99)).status_code == 404
    signed = post_form(client, url)
    assert signed.status_code == 302
    row.refresh_from_db()
    assert row.state == "signed" and Incoming.objects.filter(delivery=row).exists()
    assert ">签收</button>" not in client.get(url).content.decode()


def test_a_colleague_who_was_slower_is_told(senders: Senders):
    document = senders.sent()
    organ = senders.organs[0]
    client, row = browser(senders.receiver(organ)), copy_of(document, organ)
    url = page("received_one", row.pk)
    form = hidden_fields(client.get(url))
    collecting.sign_for(senders.receiver(organ).actor, row.pk, row.version)
    late = client.post(url, form)
    assert late.status_code == 200 and "签收" in late.content.decode() and "不能再签收" in late.content.decode()


def test_printing_is_counted_and_leads_to_the_original(senders: Senders):
    document = senders.sent()
    put_original(document)
    document.refresh_from_db()
    organ = senders.organs[0]
    client, row = browser(senders.receiver(organ)), copy_of(document, organ)
    sent = post_form(client, page("received_print", row.pk))
    assert sent["Location"].endswith(f"/files/{document.pdf}/?inline=1")
    original = client.get(sent["Location"])
    assert original["Content-Type"] == "application/pdf" and original["Content-Disposition"].startswith("inline")
    row.refresh_from_db()
    assert row.prints == 1


def test_what_was_recalled_keeps_a_line_and_shows_nothing(senders: Senders):
    document = senders.sent()
    put_original(document)
    document.refresh_from_db()
    organ = senders.organs[0]
    client, row = browser(senders.receiver(organ)), copy_of(document, organ)
    following_up.recall(senders.clerk.actor, document.pk, None, deliveries=[row.pk], reason="误发该单位")
    shown = client.get(page("received_one", row.pk)).content.decode()
    assert "已被收回" in shown and "误发该单位" in shown and document.pdf not in shown
    assert client.get(page("received_page", row.pk, 1)).status_code == 404
    assert client.get(page("received_print", row.pk)).status_code == 404
    assert client.get(f"/files/{document.pdf}/").status_code == 404
    assert "已被收回" in client.get(page("received") + "?tab=handled").content.decode()
    assert "误发该单位" in client.get(page("received") + "?tab=notices").content.decode()


def test_a_paper_goes_back_with_a_reason(senders: Senders):
    document = senders.sent()
    organ = senders.organs[0]
    client, row = browser(senders.receiver(organ)), copy_of(document, organ)
    short = post_form(client, page("refuse", row.pk), {"reason": "退"})
    assert short.status_code == 200 and "不少于4个字" in short.content.decode()
    post_form(client, page("refuse", row.pk), {"reason": "不属本单位职责"})
    row.refresh_from_db()
    assert (row.state, row.ended_reason) == ("returned", "不属本单位职责")
    assert "不属本单位职责" in browser(senders.clerk).get(page("receipts", document.pk)).content.decode()


def test_many_are_signed_for_at_once_and_one_failure_keeps_none_back(senders: Senders):
    organ = senders.organs[0]
    documents = [senders.sent([organ]) for _ in range(3)]
    rows = [copy_of(one, organ) for one in documents]
    client = browser(senders.receiver(organ))
    query = "?" + "&".join(f"pick={row.pk}:{row.version}" for row in rows)
    asked = client.get(page("sign_many") + query)
    form = hidden_fields(asked) | {"pick": [f"{row.pk}:{row.version}" for row in rows]}
    Delivery.objects.filter(pk=rows[1].pk).update(version=9)
    done = client.post(page("sign_many"), form, follow=True).content.decode()
    assert "已签收 2 件" in done and "没有签收" in done
    assert [Delivery.objects.get(pk=row.pk).state for row in rows] == ["signed", "sent", "signed"]
    assert client.get(page("sign_many")).status_code == 302, "nothing ticked"


def test_a_stranger_finds_nothing(senders: Senders):
    document = senders.sent()
    row, stranger = copy_of(document, senders.organs[0]), browser(senders.receiver(senders.organs[1]))
    assert stranger.get(page("received_one", row.pk)).status_code == 404
    assert stranger.get(page("received_page", row.pk, 1)).status_code == 404
    assert browser(desk()).get(page("received")).status_code == 403


def test_receivers_pages_stay_quick(senders: Senders):
    organ = senders.organs[0]
    document = senders.sent([organ])
    put_original(document)
    following_up.urge(senders.clerk.actor, document.pk)
    other = senders.sent([organ])
    collecting.sign_for(senders.receiver(organ).actor, copy_of(other, organ).pk, 1)
    client, row = browser(senders.receiver(organ)), copy_of(document, organ)
    urls = [
        page("received"), page("received", query="?tab=handled"), page("received", query="?tab=notices"),
        page("received_one", row.pk), page("received_page", row.pk, 1), page("received_print", row.pk),
        page("refuse", row.pk),
    ]  # fmt: skip

    def asked(url: str) -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    before = {url: asked(url) for url in urls}
    for _ in range(6):
        one = senders.sent([organ])
        following_up.urge(senders.clerk.actor, one.pk)
    after = {url: asked(url) for url in urls}
    assert all(count <= MOST_QUERIES for count in after.values()), after
    assert before == after


def test_receipts_stay_quick(senders: Senders):
    client = browser(senders.clerk)

    def asked(document: Document) -> int:
        url = page("receipts", document.pk)
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url).status_code == 200
        return len(seen)

    few = asked(senders.sent(senders.organs[:1]))
    more = [OrganFactory(parent=senders.organ.parent) for _ in range(30)]
    large = senders.sent(more)
    following_up.urge(senders.clerk.actor, large.pk)
    assert asked(large) == few <= MOST_QUERIES


def test_the_first_page_and_the_menu_lead_there(senders: Senders):
    document = senders.sent([senders.organs[0]])
    client = browser(senders.receiver(senders.organs[0]))
    home = client.get("/").content.decode()
    assert document.title in home and page("received") in home
    assert queries.waiting_count(senders.receiver(senders.organs[0]).actor) == 1
