"""Files are handed out only to whom the owner's module lets, under their own names, and never run in a browser."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from django.urls import include, path

from taihe.ground import access
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import CountyError, NotAllowed
from taihe.ground.files import owners
from taihe.ground.files.actions import attach, remove
from taihe.ground.files.errors import FileDamaged, FileLost
from taihe.ground.files.owners import Owner
from taihe.ground.files.tests.conftest import CASE, CLERK, STRANGER
from taihe.ground.files.upload import made_here
from taihe.ground.files.views import attached

urlpatterns = [path("files/", include("taihe.ground.files.urls"))]
PDF = "application/pdf"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("owned", "store"), pytest.mark.urls(__name__)]


@pytest.fixture
def asker(monkeypatch):
    """Who is asking; change it by `asker.clear()` and `asker.append(...)`."""
    who = [CLERK]

    def actor_of(request):
        if not who:
            raise NotAllowed(what="办理业务")
        return who[0]

    monkeypatch.setattr(access._answers, "actor_of", actor_of)
    return who


@pytest.fixture
def browser(asker, settings):
    settings.MIDDLEWARE = []
    return Client()


def put(name: str, mime: str, data: bytes = b"content", owner: Owner = CASE):
    prepared = made_here(io.BytesIO(data), name=name, mime=mime, looked_at="测试")
    return attach(CLERK, prepared, owner, purpose="附件")


def url(row, query: str = "") -> str:
    return f"/files/{row.key}/{query}"


def opened() -> int:
    return AuditEntry.objects.filter(action="files.open", outcome="done").count()


def test_a_file_is_handed_out_under_its_own_name(browser):
    row = put("关于防汛的通知（清稿）.pdf", PDF, b"x" * 700_000)
    answer = browser.get(url(row))
    assert b"".join(answer.streaming_content) == b"x" * 700_000
    assert answer["Content-Length"] == "700000"
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%85%B3%E4%BA%8E%E9%98%B2%E6%B1%9B%E7%9A%84%E9%80%9A%E7%9F%A5"
        "%EF%BC%88%E6%B8%85%E7%A8%BF%EF%BC%89.pdf"
    )
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (PDF, "nosniff")
    assert opened() == 1


def test_the_list_leads_to_the_file(browser):
    row = put("甲.pdf", PDF)
    remove(CLERK, put("乙.pdf", PDF).key, reason="传错了")
    (shown,) = attached(CASE)
    assert (shown.name, shown.url, shown.size, shown.note) == ("甲.pdf", url(row), 7, "附件")
    assert attached(CASE, "清稿") == []


def refused(browser, address: str) -> str:
    with pytest.raises(CountyError) as told:
        browser.get(address)
    return told.value.code


def test_who_may_not_open_it_learns_nothing(browser, asker, owned):
    row = put("甲.pdf", PDF)
    asker[:] = [STRANGER]
    for address in (url(row), f"/files/{'0' * 32}/", f"/files/{row.sha256}/"):
        assert refused(browser, address) == "ground.missing"
    assert AuditEntry.objects.filter(action="files.open", outcome="refused", person_id="8").count() == 3
    asker.clear()
    assert refused(browser, url(row)) == "ground.not_allowed"
    assert opened() == 0


def test_a_removed_file_and_one_without_an_answering_module_are_not_there(browser, monkeypatch):
    row, orphan = put("甲.pdf", PDF), put("乙.pdf", PDF)
    remove(CLERK, row.key, reason="传错了")
    assert refused(browser, url(row)) == "ground.missing"
    monkeypatch.setattr(owners, "_keepers", {})
    assert refused(browser, url(orphan)) == "ground.missing"


def test_what_everybody_sees_leaves_no_trace(browser, asker):
    row = put("照片.png", "image/png", owner=Owner("test.notice", "1"))
    asker[:] = [STRANGER]
    assert browser.get(url(row, "?inline=1")).status_code == 200
    assert opened() == 0


@pytest.mark.parametrize(
    "mime, shown",
    [
        (PDF, True),
        ("image/png", True),
        ("text/html", False),
        ("image/svg+xml", False),
        ("application/xhtml+xml", False),
        ("text/plain", False),
        ("application/octet-stream", False),
    ],
)
def test_only_harmless_types_are_shown_in_the_browser(browser, monkeypatch, mime, shown):
    row = put("页面.bin", mime)
    assert browser.get(url(row))["Content-Disposition"].startswith("attachment;")
    answer = browser.get(url(row, "?inline=1"))
    assert answer["Content-Disposition"].startswith("inline;") is shown
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert ("sandbox" in answer.get("Content-Security-Policy", "")) is (mime != PDF)


def test_no_rule_can_have_a_page_shown(browser, monkeypatch):
    monkeypatch.setattr(
        "taihe.ground.files.views.rule",
        lambda key: {"files.inline_types": ["text/html", "image/svg+xml"], "files.verify_mb": 8}[key],
    )
    for mime in ("text/html", "image/svg+xml"):
        assert browser.get(url(put("页面.bin", mime), "?inline=1"))["Content-Disposition"].startswith("attachment;")


def test_a_file_the_browser_has_is_not_sent_again_but_asked_for_again(browser, asker):
    row = put("甲.pdf", PDF)
    first = browser.get(url(row))
    assert first["Cache-Control"] == "private, no-cache"
    again = browser.get(url(row), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert row.sha256 not in first["ETag"]
    asker[:] = [STRANGER]
    with pytest.raises(CountyError):
        browser.get(url(row), headers={"If-None-Match": first["ETag"]})


@pytest.mark.parametrize("damage, verify_mb", [(b"contEnt", 8), (b"longer than it was", 0)])
def test_a_damaged_file_is_not_handed_out(browser, store, monkeypatch, damage, verify_mb):
    row = put("甲.pdf", PDF)
    store.path(row.sha256).write_bytes(damage)
    monkeypatch.setattr("taihe.ground.files.views.rule", lambda key: verify_mb)
    with pytest.raises(FileDamaged):
        browser.get(url(row))
    store.delete(row.sha256)
    with pytest.raises(FileLost):
        browser.get(url(row))


def test_files_are_only_read(browser):
    row = put("甲.pdf", PDF)
    assert browser.post(url(row)).status_code == 405
    assert browser.delete(url(row)).status_code == 405
    assert browser.head(url(row))["Content-Length"] == "7"
