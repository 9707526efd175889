"""From approvals to releases: what goes out, what stays, and what may never."""

from __future__ import annotations

import pytest

from taihe.ground.audit.models import AuditEntry
from taihe.ground.releases import build, delta

from ...content import Download
from ...media import media_store
from ...models import Approval, Release, ReleaseAlarm, ReleaseState
from .. import sources
from ..compress import all_forms, forms_of
from ..folder import release_store
from ..making import Order, read_manifest
from . import office

pytestmark = pytest.mark.django_db
FULL = Order(kind=Release.Kind.FULL, reason="演示重制")


@pytest.fixture
def site(room):
    """A small site that is out."""
    office.small_office()
    return office.bake()


def manifest_of(release):
    return read_manifest(release_store(), release)


def test_nothing_approved_makes_no_release(room):
    assert office.bake() is None
    assert not Release.objects.exists()


def test_what_is_approved_goes_out(site, outside):
    outside.take_all()
    assert site.number == 1
    assert "第100号演示信息" in outside.sees("/content/100.html").decode()
    assert "第102号演示信息" in outside.sees("/zwdt/").decode()
    assert outside.sees("/")
    assert outside.sees("~shell/head.html")
    page = outside.manifest.by_path["/"]
    assert page.gz and page.br and page.mime == "text/html; charset=utf-8"
    entry = AuditEntry.objects.get(action="portal.release")
    assert entry.detail["number"] == 1


def test_nothing_changed_makes_no_release(site):
    assert office.bake() is None
    sources.forget()
    assert office.bake() is None
    assert ReleaseState.objects.get().reserved == 1


def test_only_what_changed_is_baked_and_sent(site, outside):
    outside.take_all()
    before = manifest_of(site)
    office.approve(office.article(101, "改过的题目"), minutes=90)
    second = office.bake()
    after = manifest_of(second)
    assert second.number == 2
    assert after.previous == site.digest
    changed = {path for path, file in after.by_path.items() if before.by_path.get(path) != file}
    assert {"/content/101.html", "/t/content/101.html", "/zwdt/", "/", "/zwdt/rss.xml"} <= changed
    assert not changed & {"/tzgg/", "/robots.txt", "~error.html"}
    assert second.changed == len(changed)
    assert len(delta(before, after)) < len(after.objects) / 2
    assert "改过的题目" in second.cause
    outside.take_all()
    assert outside.manifest.number == 2
    assert "改过的题目" in outside.sees("/").decode()


def test_a_full_making_gives_the_same_bytes(site):
    office.approve(office.article(101, "改过的题目"), minutes=90)
    office.approve(office.article(200, "新的一篇", 20), minutes=91)
    office.withdraw(100)
    incremental = office.bake()
    full = office.bake(FULL)
    one, other = manifest_of(incremental), manifest_of(full)
    assert other.number == one.number + 1
    assert (one.files, one.tombstones) == (other.files, other.tombstones)
    tail = [build(each).split(b"\n", 1)[1] for each in (one, other)]
    assert tail[0] == tail[1]


def test_articles_are_read_some_hundreds_at_a_time(room, django_assert_max_num_queries):
    office.small_office_without_articles()
    for number in range(40):
        office.approve(office.article(100 + number, f"第{number}篇"), minutes=number)
    with django_assert_max_num_queries(60):  # an article by itself asks once for the page and once for its text version
        assert office.bake().changed > 80


def test_columns_that_did_not_change_are_not_reckoned_again(site, monkeypatch):
    from ...baking import edition

    office.approve(office.article(200, "第一篇", 20), minutes=91)
    office.bake()
    reckoned = []
    before = edition.article_model
    monkeypatch.setattr(edition, "article_model", lambda *given: reckoned.append(given[-1].page_id) or before(*given))
    office.approve(office.article(201, "第二篇", 20), minutes=92)
    office.bake()
    assert sorted(reckoned) == [200, 201]


def test_compressed_forms_come_in_order_and_equal_those_made_one_by_one():
    pages = [(f"/content/{one}.html", f"第{one}篇演示文字".encode() * (one % 90), "text/html") for one in range(1300)]
    made = [one for batch in all_forms(iter(pages)) for one in batch]
    assert made == [forms_of(*one) for one in pages]


def test_a_withdrawn_page_is_gone_everywhere_and_named(site, outside):
    office.withdraw(101)
    release = office.bake()
    outside.take_all()
    assert outside.sees("/content/101.html") is None
    assert not [path for path, data in outside.everything().items() if "第101号".encode() in data]
    graves = {one.path: one for one in outside.manifest.tombstones}
    assert set(graves) == {"/content/101.html", "/t/content/101.html"}
    assert graves["/content/101.html"].page_id == 101
    assert "撤稿" in release.cause
    office.approve(office.article(103, "又一篇"))
    office.bake()
    outside.take_all()
    assert {one.path for one in outside.manifest.tombstones} == set(graves)


def test_a_page_approved_anew_is_shown_again(site, outside):
    office.withdraw(101)
    office.bake()
    office.approve(office.article(101, "改好的一篇"), minutes=200)
    office.bake()
    outside.take_all()
    assert "改好的一篇" in outside.sees("/content/101.html").decode()
    assert not outside.manifest.tombstones


def test_a_withdrawn_column_takes_its_articles_and_lists_along(site, outside):
    office.withdraw(10)
    office.bake()
    outside.take_all()
    assert outside.sees("/zwdt/") is None
    assert outside.sees("/content/100.html") is None
    assert {"/zwdt/", "/t/zwdt/", "/zwdt/rss.xml"} <= {one.path for one in outside.manifest.tombstones}
    office.approve(office.article(200, "另一栏的", 20))
    office.bake()
    outside.take_all()
    assert "/zwdt/" in {one.path for one in outside.manifest.tombstones}


# What the editors' database may not do ------------------------------------------------------------


def spoil(row: Approval, **changes) -> None:
    """Edit a row past the programme (the trigger that forbids it is dropped, as an intruder would)."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type='trigger'").fetchall():
                if "approval" in name:
                    cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # an altered table may have no checks pending
            cursor.execute("ALTER TABLE inner_portal_approval DISABLE TRIGGER USER")
    Approval.objects.filter(pk=row.pk).update(**changes)
    sources.forget()


def test_a_database_edit_of_a_live_page_reaches_nobody(site, outside):
    row = Approval.objects.get(page_id=101)
    content = dict(row.content) | {"title": "篡改的题目", "body": "<p>篡改</p>"}
    spoil(row, content=content)
    office.approve(office.article(100, "改了第一篇"), minutes=60)
    office.bake()
    outside.take_all()
    assert not [path for path, data in outside.everything().items() if "篡改".encode() in data]
    alarm = ReleaseAlarm.objects.get()
    assert (alarm.zone, alarm.kind) == ("inner", "approval")
    assert AuditEntry.objects.filter(action="portal.note_troubles").count() == 1


def test_an_edited_newer_approval_leaves_the_one_before(site, outside):
    newer = office.approve(office.article(101, "第二稿"), minutes=60)
    spoil(newer, signature=Approval.objects.get(page_id=100).signature)
    office.bake()
    outside.take_all()
    assert "第101号演示信息" in outside.sees("/content/101.html").decode()


# Pictures and downloads ---------------------------------------------------------------------------


def with_download(page_id: int, data: bytes, name: str = "附件（一）.txt", **changes):
    sha256 = office.stored(data)
    download = Download(title="附件", name=name, sha256=sha256, mime="text/plain", size=len(data))
    return office.article(page_id, f"带附件的第{page_id}号", downloads=(download,), **changes)


def test_downloads_and_pictures_go_with_their_page(site, outside):
    content = with_download(110, "附件内容".encode() * 100)
    office.approve(content)
    office.bake()
    outside.take_all()
    path = f"/files/{content.downloads[0].sha256[:16]}/附件（一）.txt"
    assert outside.sees(path) == "附件内容".encode() * 100


@pytest.mark.parametrize("harm", ["replaced", "gone"])
def test_a_replaced_picture_on_the_disk_keeps_the_page_in(site, outside, harm):
    content = with_download(110, b"reviewed")
    file = media_store().path(content.downloads[0].sha256)
    if harm == "gone":
        file.unlink()
    else:
        file.chmod(0o600)
        file.write_bytes(b"replaced")
    office.approve(content)
    office.approve(office.article(111, "别的一篇"))
    office.bake()
    outside.take_all()
    assert outside.sees("/content/110.html") is None
    assert outside.sees("/content/111.html")
    assert not [path for path, data in outside.everything().items() if b"replaced" in data]
    assert ReleaseAlarm.objects.get().kind == "media"
    office.stored(b"reviewed")  # put right again
    office.bake()
    outside.take_all()
    assert outside.sees("/content/110.html")


def test_a_picture_replaced_after_release_changes_nothing(site, outside):
    content = with_download(110, b"reviewed")
    office.approve(content)
    office.bake()
    file = media_store().path(content.downloads[0].sha256)
    file.chmod(0o600)
    file.write_bytes(b"replaced")
    office.bake(FULL)
    outside.take_all()
    path = f"/files/{content.downloads[0].sha256[:16]}/附件（一）.txt"
    assert outside.sees(path) == b"reviewed"


def test_a_withdrawn_page_takes_its_own_files_along_but_not_those_of_others(site, outside):
    office.approve(with_download(110, b"only here"))
    office.approve(with_download(111, b"shared"))
    office.approve(with_download(112, b"shared"))
    office.bake()
    office.withdraw(110)
    office.withdraw(111)
    office.bake()
    outside.take_all()
    graves = {one.path for one in outside.manifest.tombstones}
    shown = outside.everything()
    assert b"only here" not in shown.values()
    assert b"shared" in shown.values()
    assert len([path for path in graves if path.startswith("/files/")]) == 1


# What the gate would stop ---------------------------------------------------------------------------


def test_a_page_that_the_gate_would_stop_stays_in_and_the_others_go(site, outside):
    office.approve(office.article(120, "不宜外传的题目", body="<p>机密★1年</p>"))
    office.approve(office.article(121, "别的一篇"))
    release = office.bake()
    outside.take_all()
    assert release
    assert outside.sees("/content/120.html") is None
    assert outside.sees("/content/121.html")
    alarm = ReleaseAlarm.objects.get()
    assert alarm.kind == "content"
    assert "不宜外传的题目" not in alarm.sentence
    assert "秘密标志" in alarm.sentence


# The store ------------------------------------------------------------------------------------------


def test_a_damaged_store_is_mended_by_making_everything_again(site, outside):
    store = release_store()
    for sha256 in list(manifest_of(site).objects)[:5]:
        store.path(sha256).unlink()
    store.path(site.facts).unlink()
    office.approve(office.article(101, "改过的题目"), minutes=90)
    office.bake()
    assert all(store.has(one) for one in manifest_of(Release.objects.first()).objects)


def test_numbers_are_never_used_twice(site, monkeypatch):
    from .. import making

    office.approve(office.article(101, "改过的题目"), minutes=90)

    def die(name: str) -> None:
        if name == "portal.manifest_stored":
            raise KeyboardInterrupt

    monkeypatch.setattr(making, "killpoint", die)
    with pytest.raises(KeyboardInterrupt):
        office.bake()
    monkeypatch.undo()
    assert Release.objects.count() == 1
    assert office.bake().number == 3  # 2 was signed, and never sent


def test_a_withdrawal_during_the_making_is_in_the_release(site, outside, monkeypatch):
    from .. import making

    office.approve(office.article(101, "改过的题目"), minutes=90)
    times = []

    def meanwhile(name: str) -> None:
        if name == "portal.before_release" and not times:
            times.append(name)
            office.withdraw(102)

    monkeypatch.setattr(making, "killpoint", meanwhile)
    release = office.bake()
    outside.take_all()
    assert release.number == 3
    assert outside.sees("/content/102.html") is None
    assert Release.objects.count() == 2


POINTS = [
    "releases.before_rename",
    "releases.after_rename",
    "portal.before_packing",
    "portal.number_reserved",
    "portal.manifest_stored",
    "portal.before_release",
    "portal.after_release",
]


@pytest.mark.parametrize("point", POINTS)
def test_a_death_at_any_point_leaves_the_old_release_or_the_new_one(site, outside, monkeypatch, point):
    from taihe.ground.releases import store

    from .. import making

    office.approve(office.article(101, "改过的题目"), minutes=90)

    def die(name: str) -> None:
        if name == point:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(making, "killpoint", die)
        patched.setattr(store, "killpoint", die)
        with pytest.raises(KeyboardInterrupt):
            office.bake()
    done = Release.objects.count() == 2
    assert done == (point == "portal.after_release")
    assert len(office.posted()) == Release.objects.count()
    again = office.bake()
    assert (again is None) == done
    newest = Release.objects.first()
    assert newest.number == (3 if point in POINTS[3:6] else 2)
    assert ReleaseState.objects.get().reserved == newest.number
    outside.take_all()
    assert "改过的题目" in outside.sees("/content/101.html").decode()
