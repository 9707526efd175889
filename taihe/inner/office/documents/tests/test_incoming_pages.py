"""Pages of 收文: what a clerk, the office and a leader meet on the way of a paper."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from taihe.ground import clock
from taihe.ground.files.models import Attachment, SecretIncident
from taihe.ground.scanning.tests.test_pdftext import paper
from taihe.ground.testkit.forms import hidden_fields, post_form
from taihe.inner.office.documents.models import Incoming
from taihe.inner.people.tests.factories import OrganFactory
from taihe.inner.workflow.models import WorkItem

from .incoming import build, leader, person, seated, unit

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def bureau(tmp_path, settings):
    settings.TAIHE_FOLDER = tmp_path
    return build()


def client(at) -> Client:
    made = Client()
    made.force_login(at.officer)
    return made


def item_page(bureau, row, at, **only) -> str:
    return reverse("workflow:item", args=[bureau.item(row, at, **only).pk])


def text(answer) -> str:
    return answer.content.decode()


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (200, 280), "white").save(out, "PNG")
    return out.getvalue()


def decide(browser: Client, url: str, **typed):
    """Open an item, send its form, and confirm what is then shown once more."""
    hidden = hidden_fields(browser.get(url))
    to = url.replace(url.rsplit("/items/", 1)[1], f"{url.rsplit('/items/', 1)[1]}decide/")
    return browser.post(to, {**hidden, **typed})


def test_a_paper_goes_through_the_pages_of_clerk_office_and_leader(bureau):
    row = bureau.received(title="关于页面演示的通知", urgency="urgent")
    clerk, office, head = (client(one) for one in (bureau.clerk, bureau.office, bureau.head))
    assert "去办理：登记" in text(clerk.get(reverse("documents:incoming_item", args=[row.pk])))
    url = item_page(bureau, row, bureau.clerk)
    assert "应当退文" in text(decide(clerk, url, outcome="accept", faults=["rules"]))
    assert "确认准予登记" in text(decide(clerk, url, outcome="accept"))
    assert decide(clerk, url, outcome="accept", confirmed="1").status_code == 302
    url = item_page(bureau, row, bureau.office)
    told = text(
        decide(office, url, outcome="submit", opinion="拟办。", handling="handle", helpers=[unit(bureau.finance)])
    )
    assert "明确一个主办单位" in told and "应当明确办理时限" in told
    assert "财务科" in told and bureau.head.officer.name in told and bureau.sender.officer.name not in told
    due = clock.today() + timedelta(days=30)
    filled = {
        "outcome": "submit", "opinion": "请局长阅示，财务科办理。", "handling": "handle", "main": unit(bureau.finance),
        "leaders": [leader(bureau.head)], "due_on": due.isoformat(), "readers": [person(bureau.reader)],
        "mandatory": "on", "confirmed": "1",
    }  # fmt: skip
    assert decide(office, url, **filled).status_code == 302
    url = item_page(bureau, row, bureau.head)
    assert decide(head, url, outcome="approve", opinion="同意。", confirmed="1").status_code == 302
    sheet = text(clerk.get(reverse("workflow:sheet", args=[row.instance_id])))
    for word in (
        "收文处理单",
        "请局长阅示，财务科办理。",
        "主办：财务科",
        "同意。",
        f"{due.year}年{due.month}月{due.day}日",
        "（未阅，必阅）",
    ):
        assert word in sheet
    assert "发起单位" not in sheet
    row.refresh_from_db()
    assert row.number in text(clerk.get(reverse("documents:incoming"), {"tab": "handling", "q": "页面演示"}))


def test_a_paper_by_post_is_written_down_with_its_scan_and_shown(bureau):
    browser, url = client(bureau.clerk), reverse("documents:incoming_new")
    scan = SimpleUploadedFile("来文.png", png(), "image/png")
    typed = {"source_name": "阜阳市演示局", "title": "关于协查的函（演示）", "urgency": "normal", "scan": scan}
    answer = post_form(browser, url, typed)
    row = Incoming.objects.get()
    assert answer.headers["Location"] == reverse("documents:incoming_item", args=[row.pk])
    page = reverse("documents:incoming_page", args=[row.pk, 1])
    assert page in text(browser.get(answer.headers["Location"]))
    assert browser.get(page).headers["Content-Type"] == "image/png"
    assert browser.get(reverse("documents:incoming_page", args=[row.pk, 2])).status_code == 404
    assert client(bureau.sender).get(page).status_code == 404


def test_what_bears_a_secret_mark_is_not_taken_in(bureau):
    """T10: nothing is stored, an incident is kept without the title, the words are refused as the scan is."""
    browser, url = client(bureau.clerk), reverse("documents:incoming_new")
    typed = {"source_name": "阜阳市演示局", "title": "机密★1年 关于某事的函", "urgency": "normal"}
    answer = post_form(browser, url, {**typed, "scan": SimpleUploadedFile("来文.png", png(), "image/png")})
    assert answer.status_code == 422
    named = SimpleUploadedFile("机密★1年.png", png(), "image/png")
    answer = post_form(browser, url, {**typed, "title": "关于某事的函", "scan": named})
    assert answer.status_code == 422 and "涉密" in text(answer)
    marked = SimpleUploadedFile("来文.pdf", paper("机密★1年", "现将有关事项通知如下。"), "application/pdf")
    answer = post_form(browser, url, {**typed, "title": "关于某事的函", "scan": marked})
    assert answer.status_code == 422 and "涉密" in text(answer)
    assert not Incoming.objects.exists() and not Attachment.objects.exists() and SecretIncident.objects.count() == 3


def _queries(browser: Client, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(url).status_code == 200
    return len(seen)


def test_pages_stay_quick_as_the_organ_and_its_history_grow(bureau):
    row, browser = bureau.registered(), client(bureau.office)
    pages = (
        (browser, item_page(bureau, row, bureau.office)),
        (client(bureau.clerk), reverse("documents:incoming_item", args=[row.pk])),
        (client(bureau.clerk), reverse("documents:incoming")),
    )
    few = [_queries(*one) for one in pages]
    for number in range(6):
        below = OrganFactory(parent=bureau.organ, kind="internal_office", short_name=f"第{number}科")
        seated(below, "科长", "reviewer")
        seated(bureau.organ, f"副职{number}", "signer")
        bureau.registered()
    assert [_queries(*one) for one in pages] == few
    # The form of 拟办 asks for leaders, units and readers besides what every item's page asks for.
    assert few[1] <= MOST_QUERIES and few[2] <= MOST_QUERIES and few[0] <= MOST_QUERIES + 5, few
    assert WorkItem.objects.filter(node="propose").count() == 7
