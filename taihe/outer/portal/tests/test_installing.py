"""From the letter to the public: what is taken onto the disk, in whatever order it comes, and what is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import timedelta

import pytest

from taihe.gate.handlers import ReceivedFile
from taihe.gate.letters.portal import PortalObjects, PortalRelease, PortalTombstone
from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.audit.models import AuditEntry
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.worker import drain
from taihe.ground.releases import FIRST, delta, write_packs
from taihe.outer.portal import actions, jobs, letters, queries
from taihe.outer.portal.actions import SITE
from taihe.outer.portal.keeping import Keeper
from taihe.outer.portal.models import TamperEvent, Tombstone
from taihe.outer.portal.serving import Site

from .visitor import ask

pytestmark = pytest.mark.django_db(transaction=True)


class Post:
    """The gate's last step, played: letters with their attachments, carried out in the worker's transaction."""

    def __init__(self, press, disk, folder, monkeypatch):
        self.press, self.disk, self.folder = press, disk, folder
        self.before = None
        folder.mkdir()
        monkeypatch.setattr(letters, "disk", lambda: disk)
        monkeypatch.setattr(letters, "trust", lambda: press.trust)
        monkeypatch.setattr(letters, "gate_setup", lambda: self)
        self.received_files = self

    def path(self, sha256):
        return self.folder / sha256

    def file(self, data, name):
        sha256 = hashlib.sha256(data).hexdigest()
        self.path(sha256).write_bytes(data)
        return ReceivedFile(sha256=sha256, size=len(data), name=name, mime="application/octet-stream")

    def packs(self, manifest, before=None, limit=4000):
        packs = write_packs(
            delta(before, manifest), lambda one: self.press.objects[one.sha256], self.folder, limit=limit
        )
        return [self.file(pack.read(), "pack.tar") for pack in packs]

    def deliver(self, handle, *arguments):
        with unit_of_work("gate.deliver", SITE):
            handle(*arguments)
        for file in self.folder.iterdir():
            file.unlink()  # the gate forgets what was carried out
        while drain("main"):
            pass

    def release(self, signed, packs=None, *, of=None, tell=None):
        manifest = self.press.trust.manifest(signed) if tell is None else tell
        packs = self.packs(manifest, of) if packs is None else packs
        letter = PortalRelease(
            number=manifest.number,
            manifest=hashlib.sha256(signed.data).hexdigest(),
            signature=signed.signature.decode(),
            packs=len(packs),
        )
        self.deliver(letters.release, letter, (self.file(signed.data, "manifest"), *packs))


@pytest.fixture
def post(press, disk, tmp_path, monkeypatch):
    return Post(press, disk, tmp_path / "received", monkeypatch)


@pytest.fixture
def keeper(press, disk):
    found = Keeper(Site(), disk, press.trust)
    found.begin()
    return found


def posted(kind):
    rows = OutboxMessage.objects.filter(kind="gate.seal").order_by("pk")
    return [one.payload["content"]["body"] for one in rows if one.payload["kind"] == kind]


def test_releases_reach_the_public_one_after_another(post, press, keeper, contents):
    first = press.release(contents)
    post.release(first)
    keeper.turn(changed=True)
    assert ask(keeper.site, "/content/1.html").body.decode() == contents["/content/1.html"]
    before = press.manifest
    contents["/content/1.html"] = "<!doctype html>改过的"
    post.release(press.release(contents), of=before)
    keeper.turn(changed=True)
    assert ask(keeper.site, "/content/1.html").body == "<!doctype html>改过的".encode()
    keeper.check_all()
    assert not keeper.found
    assert [copy.current() for copy in post.disk.copies] == [2, 2]
    assert not list(post.disk.arrivals.iterdir()), "what was installed is not kept twice"
    served = posted("portal.served")
    assert [(one["number"], one["highest"], one["starting"]) for one in served] == [(1, 1, True), (2, 2, False)]
    accepted = AuditEntry.objects.filter(action="portal.accept_release")
    assert [one.detail["skipped"] for one in accepted.order_by("pk")] == [0, 0]


@pytest.mark.db
def test_the_same_letter_twice_changes_nothing(post, press, keeper, contents):
    signed = press.release(contents)
    post.release(signed)
    post.release(signed)
    keeper.turn(changed=True)
    assert keeper.site.held.number == 1
    assert not TamperEvent.objects.exists()
    assert queries.accepted().highest == 1


def test_what_is_lacking_is_asked_for_once_and_then_installed(post, press, keeper, contents):
    signed = press.release(contents)
    packs = post.packs(press.manifest)
    assert len(packs) > 2
    lost = post.path(packs[0].sha256).read_bytes()
    post.release(signed, packs[1:])
    keeper.turn(changed=True)
    assert keeper.site.held is None
    [asked] = posted("portal.wanted")
    assert asked["digests"]
    assert not asked["everything"]
    post.deliver(letters.ask_late, {})
    assert len(posted("portal.wanted")) == 1, "the same question is not repeated at once"
    post.deliver(letters.objects, PortalObjects(number=1), (post.file(lost, "pack.tar"),))
    keeper.turn(changed=True)
    assert keeper.site.held.number == 1


def test_the_rest_of_a_large_release_is_waited_for(post, press, keeper, contents):
    signed = press.release(contents)
    first, *rest = post.packs(press.manifest)
    bytes_of = {one.sha256: post.path(one.sha256).read_bytes() for one in rest}
    letter = PortalRelease(
        number=1,
        manifest=hashlib.sha256(signed.data).hexdigest(),
        signature=signed.signature.decode(),
        packs=1 + len(rest),
    )
    post.deliver(letters.release, letter, (post.file(signed.data, "manifest"), first))
    assert not posted("portal.wanted")
    assert OutboxMessage.objects.filter(kind="portal.ask_late").count() == 1
    for data in bytes_of.values():
        post.deliver(letters.objects, PortalObjects(number=1), (post.file(data, "pack.tar"),))
    keeper.turn(changed=True)
    assert keeper.site.held.number == 1


def test_order_does_not_matter(post, press, keeper, contents):
    signed = {}
    manifests = {}
    for number in (1, 2, 3):
        contents[f"/content/{number}0.html"] = f"<!doctype html>{number}"
        signed[number] = press.release(contents)
        manifests[number] = press.manifest
    post.release(signed[1])
    post.release(signed[3], of=manifests[2])  # lacks what came new with the second
    keeper.turn(changed=True)
    assert keeper.site.held.number == 1
    post.release(signed[2], of=manifests[1])
    keeper.turn(changed=True)
    assert keeper.site.held.number in (2, 3)
    missing = [one for one in manifests[3].objects if not post.disk.copies[0].store.has(one)]
    assert missing == []
    assert keeper.site.held.number == 3
    assert not TamperEvent.objects.exists()


def test_a_skipped_number_is_taken_and_noted(post, press, keeper, contents):
    post.release(press.release(contents))
    press.previous = FIRST
    post.release(press.release(contents, number=5))
    keeper.turn(changed=True)
    assert keeper.site.held.number == 5
    assert AuditEntry.objects.filter(action="portal.accept_release").latest("pk").detail["skipped"] == 3


def test_lower_and_equal_numbers_are_refused(post, press, keeper, contents):
    first = press.release(contents)
    post.release(first)
    post.release(press.release(contents | {"/content/1.html": "<!doctype html>新"}))
    keeper.turn(changed=True)
    post.release(first)
    press.previous = FIRST
    post.release(press.release(contents, number=2))
    keeper.turn(changed=True)
    assert keeper.site.held.number == 2
    assert ask(keeper.site, "/content/1.html").body == "<!doctype html>新".encode()
    assert [one["kind"] for one in posted("portal.alarm")] == ["refused", "chain"]  # the second took our number
    told = posted("portal.served")[-1]
    assert (told["number"], told["highest"]) == (2, 2), "an office restored from a backup learns what to skip"
    assert "不比已采用的第 2 号新" in posted("portal.alarm")[0]["sentence"]


def test_a_release_not_made_on_top_of_ours_is_refused(post, press, keeper, contents):
    post.release(press.release(contents))
    press.previous = "1" * 64
    post.release(press.release(contents | {"/": "<!doctype html>另一支"}))
    keeper.turn(changed=True)
    assert keeper.site.held.number == 1
    assert [one["kind"] for one in posted("portal.alarm")] == ["chain"]
    assert post.disk.copies[0].release_numbers() == [1]


def test_a_foreign_signature_another_site_and_a_broken_pack_are_refused(post, press, keeper, contents, tmp_path):
    from .press import Press

    stranger = Press(tmp_path / "stranger")
    signed = stranger.release(contents)
    post.release(signed, [post.file(b"no pack" * 200, "pack.tar")], tell=stranger.manifest)
    keeper.turn(changed=True)
    assert keeper.site.held is None
    assert [one["kind"] for one in posted("portal.alarm")] == ["refused"]
    assert post.disk.copies[0].release_numbers() == []
    honest = press.release(contents)
    post.release(honest, [post.file(b"no pack" * 200, "pack.tar")])
    keeper.turn(changed=True)
    assert keeper.site.held is None
    assert posted("portal.wanted")


@pytest.mark.db
def test_a_withdrawal_is_seen_at_once_and_outlives_a_restart(post, press, keeper, contents):
    post.release(press.release(contents))
    keeper.turn(changed=True)
    notice = press.notice(1, 1, "/content/2.html")
    letter = PortalTombstone(notice=notice.data.decode(), signature=notice.signature.decode())
    post.deliver(letters.tombstone, letter)
    post.deliver(letters.tombstone, letter)
    keeper.turn(changed=False)
    assert ask(keeper.site, "/content/2.html").status == 410
    assert Tombstone.objects.get().paths == ["/content/2.html"]
    for lose in (
        lambda: [shutil.rmtree(copy.folder / "notices") for copy in post.disk.copies],
        lambda: Tombstone.objects.all().delete(),
    ):
        lose()
        again = Keeper(Site(), post.disk, press.trust)
        again.begin()
        assert ask(again.site, "/content/2.html").status == 410
        again.check_all()
        assert Tombstone.objects.count() == 1
        assert post.disk.copies[1].notice(1) == notice
    keeper.turn(changed=False)
    post.release(press.release(contents, buried=("/content/2.html",)), of=press.manifest)
    keeper.turn(changed=True)
    assert keeper.site.held.number == 2
    assert ask(keeper.site, "/content/2.html").status == 410
    keeper.check_all()
    assert post.disk.copies[0].notices() == {}, "the release itself says what is withdrawn"


def test_an_unsigned_withdrawal_hides_nothing(post, press, keeper, contents):
    post.release(press.release(contents))
    notice = press.notice(1, 1, "/content/2.html")
    forged = json.loads(notice.data) | {"serial": 2}
    text = json.dumps(forged, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    post.deliver(letters.tombstone, PortalTombstone(notice=text, signature=notice.signature.decode()))
    keeper.turn(changed=True)
    assert ask(keeper.site, "/content/2.html").status == 200
    assert not Tombstone.objects.exists()
    assert [one["kind"] for one in posted("portal.alarm")] == ["refused"]


def test_the_installer_may_die_anywhere_and_be_run_again(post, press, keeper, contents, monkeypatch):
    signed = press.release(contents)
    for place in ("portal.pack_taken", "portal.accepted", "portal.before_switch", "portal.after_switch"):

        def die(name, place=place):
            if name == place:
                raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("taihe.outer.portal.installing.killpoint", die)
            patched.setattr("taihe.outer.portal.disk.killpoint", die)
            manifest, packs = press.manifest, post.packs(press.manifest)
            payload = {
                "number": 1,
                "packs": [one.sha256 for one in packs],
                "manifest": hashlib.sha256(signed.data).hexdigest(),
                "signature": signed.signature.decode(),
                "whole": True,
            }
            letters._keep([post.file(signed.data, "manifest"), *packs])
            assert manifest
            try:
                letters.install(payload)
            except KeyboardInterrupt:
                pass
        letters.install(payload)
        keeper.turn(changed=True)
        assert keeper.site.held.number == 1
        assert [copy.current() for copy in post.disk.copies] == [1, 1]
    keeper.check_all()
    assert not TamperEvent.objects.exists()


# At start --------------------------------------------------------------------------------------


def test_at_start_either_copy_will_do(post, press, contents):
    post.release(press.release(contents))
    a, b = post.disk.copies
    victims = list(a.store.digests())
    for place, sha256 in enumerate(victims):  # each copy is damaged, in different places
        path = (a, b)[place % 2].store.path(sha256)
        path.unlink()
    shutil.rmtree(a.folder / "releases")
    keeper = Keeper(Site(), post.disk, press.trust)
    keeper.begin()
    assert keeper.site.held.number == 1
    assert ask(keeper.site, "/content/1.html").body.decode() == contents["/content/1.html"]


def test_at_start_without_a_sound_copy_everything_is_asked_for(post, press, contents):
    signed = press.release(contents)
    post.release(signed)
    for copy in post.disk.copies:
        shutil.rmtree(copy.folder)
    keeper = Keeper(Site(), post.disk, press.trust)
    keeper.disk.ready()
    keeper.begin()
    keeper.turn(changed=False)
    assert keeper.site.held is None
    assert keeper.site.lost
    [asked] = posted("portal.wanted")
    assert (asked["everything"], asked["number"]) == (True, 1) or asked["digests"]
    post.release(signed)  # the answer: the newest release whole
    keeper.turn(changed=True)
    assert keeper.site.held.number == 1
    assert not keeper.site.lost


def test_at_start_an_older_release_is_not_taken_instead(post, press, contents):
    first = press.release(contents)
    post.release(first)
    second = press.release(contents | {"/": "<!doctype html>二"})
    post.release(second)
    for copy in post.disk.copies:
        shutil.rmtree(copy.folder)
    press.lay(post.disk, first)
    keeper = Keeper(Site(), post.disk, press.trust)
    keeper.begin()
    keeper.turn(changed=False)
    assert keeper.site.held is None
    assert keeper.site.lost


def test_a_zone_that_never_held_anything_asks_for_everything_once(post, press, keeper, contents):
    keeper.turn(changed=False)
    keeper.turn(changed=False)
    [asked] = posted("portal.wanted")
    assert (asked["number"], asked["highest"], asked["everything"], asked["digests"]) == (0, 0, True, [])
    post.release(press.release(contents))  # the answer
    keeper.turn(changed=True)
    assert keeper.site.held.number == 1
    assert len(posted("portal.wanted")) == 1


def test_while_the_first_release_waits_for_its_packs_nothing_else_is_asked_for(post, press, keeper, contents):
    signed = press.release(contents)
    packs = post.packs(press.manifest)
    letter = PortalRelease(
        number=1,
        manifest=hashlib.sha256(signed.data).hexdigest(),
        signature=signed.signature.decode(),
        packs=len(packs),
    )
    post.deliver(letters.release, letter, (post.file(signed.data, "manifest"),))
    keeper.turn(changed=True)
    assert not [one for one in posted("portal.wanted") if one["everything"]]


def test_before_the_first_release_the_site_says_so(client, keeper):
    keeper.turn(changed=False)
    assert ask(keeper.site, "/") is None
    assert not keeper.site.lost
    assert "正在准备" in client.get("/").text


def test_old_events_and_stray_arrivals_are_tidied(post, settings):
    settings.TAIHE_FOLDER = post.disk.folder.parent
    now = clock.now()
    for days in (10, 500):
        TamperEvent.objects.create(at=now - timedelta(days=days), kind="changed", path="o/x", healed=True, event="e")
    actions.forget_events(SITE)
    assert TamperEvent.objects.count() == 1
    stray = post.disk.arrivals / "stray"
    stray.write_bytes(b"x")
    jobs.tidy()
    assert stray.exists(), "it may still be asked for"
