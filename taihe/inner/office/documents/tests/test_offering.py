"""主动公开: an issued document becomes one draft for the editors, and never more than a draft."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from wagtail.models import Page

from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.files.models import Attachment, Blob
from taihe.ground.files.queries import zone_store
from taihe.ground.outbox.models import OutboxMessage
from taihe.inner.office.documents import news, offering
from taihe.inner.office.documents.content import Attachment as Bound
from taihe.inner.office.documents.content import Content, TableBlock, TextBlock, digest_of
from taihe.inner.office.documents.models import Document
from taihe.inner.people.tests import factories as people
from taihe.inner.portal.errors import NoDocumentColumn
from taihe.inner.portal.models import Approval, Article, PortalDocument
from taihe.inner.portal.queries import reading
from taihe.inner.portal.tests import newsroom
from taihe.inner.portal.tests.conftest import approval_keys, house, room  # noqa: F401  the newsroom's fixtures

from .rows import document, office

pytestmark = pytest.mark.django_db
TAG = '<span class="gv-tag gv-warn">公文转送，待编辑</span>'
PDF = b"%PDF-1.7 demo"
CONTENT = Content(
    title="关于做好<b>演示</b>工作的通知",
    addressees=("各乡镇人民政府", "县政府各部门"),
    blocks=(
        TextBlock(text="现将有关事项通知如下。\n一、总体要求\n（一）明确目标。坚持以<script>为戒。\n1. 逐项落实。"),
        TableBlock(rows=(("序号", "任务", "单位"), ("1", "<i>清淤</i>"))),
    ),
    signature="太和县人民政府办公室",
    note="此件公开发布",
    attachments=(Bound(title="任务分工表", blocks=(TextBlock(text="一、分工"),)),),
)


@pytest.fixture
def column(house, settings):  # noqa: F811
    settings.TAIHE_COUNTY = settings.TAIHE_COUNTY | {
        "portal": settings.TAIHE_COUNTY["portal"] | {"document_column": "zcwj"}
    }
    return newsroom.column(house.home, "zcwj", "政策文件")


@pytest.fixture
def issued(column, house):  # noqa: F811
    """An issued document with its sealed paper in the store."""
    organ = people.OrganFactory(code="ZF01", name="太和县人民政府办公室", short_name="县政府办", parent=house.county)
    paper = document(office(organ, "documents.draft"), state="issued", title=CONTENT.title, dated=date(2026, 3, 2))
    content = CONTENT.model_dump(mode="json")
    paper.versions.update(content=content, digest=digest_of(content))
    stored = zone_store().put(BytesIO(PDF))
    blob = Blob.objects.create(
        sha256=stored.sha256, size=len(PDF), mime="application/pdf", refs=1, created_at=paper.issued_at
    )
    Attachment.objects.create(
        key=paper.pdf, blob=blob, owner_type="documents.document", owner_id=str(paper.pk), purpose="正本",
        name="正本.pdf", sha256=stored.sha256, size=len(PDF), mime="application/pdf", actor_kind="system",
        person_id="", person_name="用印", at=paper.issued_at,
    )  # fmt: skip
    return paper


def tell(paper: Document) -> int:
    """The news of an issue; how many hand-overs were promised by it."""
    with unit_of_work("test.issue", Actor.system("测试")):
        news.tell_issued(Actor.system("测试"), paper)
    return OutboxMessage.objects.filter(kind=offering.JOB).count()


def test_only_what_is_for_the_public_is_promised_and_once(issued):
    for fields in ({"publicity": "on_request"}, {"publicity": "closed"}, {"audience": "named"}):
        told = Document(**{**{f.attname: getattr(issued, f.attname) for f in Document._meta.concrete_fields}, **fields})
        assert tell(told) == 0
    assert tell(issued) == 1
    assert tell(issued) == 1  # while one waits, no second


def test_it_becomes_one_draft_with_its_metadata_and_the_sealed_paper(issued, column):
    for _ in range(2):  # the worker may run a job again
        offering.offer({"document": issued.pk})
    page = Article.objects.child_of(column).get()
    issued.refresh_from_db()
    assert issued.portal_page == page.pk
    assert (page.title, page.document_number, page.written_on) == (CONTENT.title, issued.number, date(2026, 3, 2))
    assert (page.source, page.validity, page.live) == (issued.organ_name, "有效", False)
    assert not Approval.objects.filter(page_id=page.pk).exists()
    file = PortalDocument.objects.get()
    assert file.sha256 == hashlib.sha256(PDF).hexdigest() and file.file.read() == PDF
    assert page.downloads[0].value["document"] == file
    assert page.get_latest_revision_as_object().title == page.title


def test_the_text_is_headings_paragraphs_and_tables_and_nothing_else(issued):
    offering.offer({"document": issued.pk})
    page = Article.objects.get()
    html = "".join(block.value.source for block in page.body if block.block_type == "text")
    for piece in (
        "<p>各乡镇人民政府，县政府各部门：</p>", "<h2>一、总体要求</h2>", "<b>（一）明确目标。</b>", "&lt;script&gt;",
        "<p>1. 逐项落实。</p>", "<p>附件：任务分工表</p>", "<p>2026年3月2日</p>", "<h2>附件：任务分工表</h2>",
        "<p>（此件公开发布）</p>",
    ):  # fmt: skip
        assert piece in html, piece
    assert "<script" not in html
    rows = next(block for block in page.body.raw_data if block["type"] == "table")["value"]["data"]
    assert rows == [["序号", "任务", "单位"], ["1", "<i>清淤</i>", ""]]


def test_an_editor_finds_it_completes_it_and_sends_it_through_the_reviews(issued, house):  # noqa: F811
    offering.offer({"document": issued.pk})
    client = house.client("editor")
    mine = client.get(reverse("portal:mine")).content.decode()
    assert TAG in mine and "关于做好&lt;b&gt;演示" in mine
    assert TAG not in house.client("majing").get(reverse("portal:mine")).content.decode()
    page = Article.objects.get()
    house.edit(page, title="关于做好演示工作的通知", index_number="演示-0001")
    approval = house.approve(house.submit(page))
    assert approval.content["document_number"] == issued.number
    assert TAG not in client.get(reverse("portal:mine")).content.decode()


def test_a_document_changed_later_warns_the_editor(issued, house):  # noqa: F811
    offering.offer({"document": issued.pk})
    page = Article.objects.get()
    Document.objects.filter(pk=issued.pk).update(force="revoked", force_note="依据有误")
    standing = reading.standings(reading.mine(house.actor("editor")))[0]
    assert standing.note == "原公文已撤销，请办理撤稿。（依据有误）"
    sent = house.client("editor").get(reverse("portal:submit", args=[page.pk])).content.decode()
    assert "原公文已撤销" in sent


def test_without_a_column_it_waits_on_the_shelf_and_the_document_stands(issued, column):
    Page.objects.get(pk=column.pk).delete()
    with pytest.raises(NoDocumentColumn):
        offering.offer({"document": issued.pk})
    issued.refresh_from_db()
    assert issued.portal_page is None and not Article.objects.exists()
    portal = django_settings.TAIHE_COUNTY["portal"]
    portal["document_column"] = ""
    assert tell(issued) == 0
