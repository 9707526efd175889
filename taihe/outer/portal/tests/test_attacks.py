"""Attacks on the disk of the public side, with the guard and the site running: nothing bad is ever answered.

Each attack is watched from outside: a visitor keeps asking, and every answer is one of those that were signed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time

import pytest

from taihe.ground.audit.models import AuditEntry
from taihe.ground.outbox.models import OutboxMessage
from taihe.outer.portal.actions import SITE, accept_release
from taihe.outer.portal.keeping import Keeper
from taihe.outer.portal.models import PortalState, TamperEvent
from taihe.outer.portal.serving import Site

from .press import CONTENTS
from .visitor import ask

pytestmark = pytest.mark.django_db(transaction=True)
HEALED_WITHIN = 5.0


def tree(copy) -> dict[str, object]:
    """Everything in a copy: bytes and modes of files, targets of links."""
    found: dict[str, object] = {}
    for top, folders, names in os.walk(copy.folder):
        for name in [*folders, *names]:
            path = os.path.join(top, name)
            told = os.path.relpath(path, copy.folder)
            status = os.lstat(path)
            if os.path.islink(path):
                found[told] = os.readlink(path)
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    found[told] = (file.read(), status.st_mode, status.st_nlink)
            elif len(told) != len("o/xx"):  # an empty folder for contents is nobody's harm
                found[told] = status.st_mode
    return found


def same_as(before, keeper) -> bool:
    """Whether both copies are as they were; not while something vanishes under our eyes."""
    try:
        return [tree(copy) for copy in keeper.disk.copies] == before
    except FileNotFoundError:
        return False


class Visitors:
    """Somebody who keeps asking for every page, and remembers what was no signed answer."""

    def __init__(self, site, good):
        self.site, self.good, self.bad, self.answers = site, {path: set(texts) for path, texts in good.items()}, [], 0
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._ask_on)

    def _ask_on(self):
        while not self.ending.is_set():
            for path, texts in self.good.items():
                answer = ask(self.site, path)
                self.answers += 1
                if answer is None or answer.body.decode() not in texts:
                    self.bad.append((path, answer and answer.body[:80]))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join()


@pytest.fixture
def sound(press, disk, contents):
    """A site on release 2 with its keeper running; release 1 was swept away."""
    first = press.release(contents | {"/content/9.html": "<!doctype html>旧文"})
    accept_release(SITE, press.lay(disk, first), first)
    site = Site()
    keeper = Keeper(site, disk, press.trust)
    keeper.orphan_seconds = 0
    keeper.begin()
    second = press.release(contents)
    accept_release(SITE, press.lay(disk, second), second)
    keeper.turn(changed=True)
    keeper.check_all()
    assert site.held.number == 2
    assert not keeper.found, "a sound disk is no finding"
    assert disk.copies[0].release_numbers() == [2], "what only release 1 needed is swept"
    keeper.first, keeper.press = first, press
    yield keeper
    keeper.stop()


def until(happens, seconds=HEALED_WITHIN):
    limit = time.monotonic() + seconds
    while not (found := happens()):
        if time.monotonic() > limit:
            return None
        time.sleep(0.02)
    return found


def stand(keeper, attack, *, contents=CONTENTS):
    """Let the attack happen while visitors ask; the disk must be as before within five seconds."""
    keeper.alarm_seconds = 0
    before = [tree(copy) for copy in keeper.disk.copies]
    good = {path: {text} for path, text in contents.items() if not path.startswith("~")}
    keeper.start()
    assert until(lambda: keeper.watching.is_set())
    with Visitors(keeper.site, good) as visitors:
        attack(*keeper.disk.copies)
        healed = until(lambda: same_as(before, keeper))
        after = [tree(copy) for copy in keeper.disk.copies]
        time.sleep(0)
    assert visitors.answers > 10
    assert visitors.bad == []
    if not healed:
        for was, now in zip(before, after, strict=True):
            assert now == was, "not healed in time"
    # Looked at only when the thread has ended: the tests' database in memory is not for two at a time.
    assert until(lambda: not keeper.found, 15), "the attack was not recorded"
    keeper.stop()
    assert TamperEvent.objects.exists()


def an_object(keeper, path="/content/1.html"):
    return keeper.site.held.manifest.by_path[path].sha256


def overwrite(path, data):
    path.chmod(0o600)
    path.write_bytes(data)
    path.chmod(0o400)


def change(keeper, a, b):
    path = a.store.path(an_object(keeper))
    data = path.read_bytes()
    overwrite(path, data[:-1] + b"!")


def change_and_forge_dates(keeper, a, b):
    path = a.store.path(an_object(keeper))
    status = path.stat()
    overwrite(path, b"<h1>hacked</h1>".ljust(status.st_size)[: status.st_size])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def add(keeper, a, b):
    (a.folder / "x.php").write_text("<?php system($_GET[0]);")
    (b.folder / "o" / "shell.jsp").write_text("<% %>")
    (a.folder / "releases" / "2" / "index.html").write_text("hacked")
    (b.folder / "o" / an_object(keeper)[:2] / "x.php").write_text("hacked")
    (b.folder / "notices" / "7").write_text("{}")
    (a.folder.parent / "c").mkdir()
    (a.folder.parent / "c" / "index.html").write_text("hacked")


def delete(keeper, a, b):
    a.store.path(an_object(keeper)).unlink()
    shutil.rmtree(b.folder / "o" / an_object(keeper)[:2])
    (b.folder / "releases" / "2" / "manifest.sig").unlink()
    (a.folder / "current").unlink()


def delete_all_of_one(keeper, a, b):
    shutil.rmtree(a.folder, ignore_errors=True)


def delete_both(keeper, a, b):
    shutil.rmtree(a.folder, ignore_errors=True)
    shutil.rmtree(b.folder, ignore_errors=True)


def rename(keeper, a, b):
    path = a.store.path(an_object(keeper))
    path.rename(path.with_name("0" * 64))
    b.folder.rename(b.folder.with_name("bb"))


def symlink(keeper, a, b):
    secret = a.folder.parent.parent / "secret"
    secret.write_text("secret")
    for path in (a.store.path(an_object(keeper)), a.folder / "releases" / "2" / "manifest"):
        path.unlink()
        path.symlink_to(secret)
    folder = b.folder / "o" / an_object(keeper)[:2]
    shutil.move(folder, folder.parent.parent.parent.parent / "elsewhere")
    folder.symlink_to("/etc")
    shutil.rmtree(b.folder / "notices", ignore_errors=True)
    (b.folder / "notices").symlink_to("/tmp")


def truncate(keeper, a, b):
    for copy in (a, b):
        path = copy.store.path(an_object(keeper))
        path.chmod(0o600)
        os.truncate(path, 10)


def swap_two(keeper, a, b):
    one, two = (a.store.path(an_object(keeper, path)) for path in ("/content/1.html", "/content/2.html"))
    first, second = one.read_bytes(), two.read_bytes()
    overwrite(one, second)
    overwrite(two, first)


def old_release(keeper, a, b):
    for copy in (a, b):
        copy.store.put_many(keeper.press.objects.values())
        copy.put_release(1, keeper.first)
        copy.switch(1)


def old_under_the_new_number(keeper, a, b):
    for copy in (a, b):
        copy.store.put_many(keeper.press.objects.values())
        copy.put_release(2, keeper.first)
        copy.put_release(3, keeper.first)
        copy.switch(3)


def edited_manifest(keeper, a, b):
    data = b"<h1>hacked</h1>"
    sha256 = hashlib.sha256(data).hexdigest()
    old = keeper.site.held.manifest.by_path["/content/1.html"]
    text = keeper.site.held.signed.data.decode()
    line = next(one for one in text.split("\n") if one.startswith("/content/1.html\t"))
    text = text.replace(line, f"/content/1.html\t{sha256}\t{len(data)}\t{old.mime}\t-\t-")
    signed = keeper.site.held.signed._replace(data=text.encode())
    for copy in (a, b):
        copy.store.put(data)
        for number in (2, 9):
            copy.put_release(number, signed)
        copy.switch(9)


def modes(keeper, a, b):
    a.store.path(an_object(keeper)).chmod(0o666)
    (b.folder / "o").chmod(0o777)
    (b.folder / "o" / an_object(keeper)[:2]).chmod(0o755)
    (a.folder / "releases" / "2" / "manifest").chmod(0o644)


def strange_kinds(keeper, a, b):
    path = a.store.path(an_object(keeper))
    path.unlink()
    os.mkfifo(path)
    path = b.store.path(an_object(keeper))
    path.unlink()
    path.mkdir()
    (path / "index.html").write_text("hacked")
    shutil.rmtree(a.folder / "releases", ignore_errors=True)
    (a.folder / "releases").write_text("a file")
    (b.folder / "current").unlink()
    (b.folder / "current").mkdir()


def both_copies(keeper, a, b):
    for copy in (a, b):
        for sha256 in list(copy.store.digests()):
            overwrite(copy.store.path(sha256), b"hacked")


@pytest.mark.parametrize(
    "attack",
    [
        change,
        change_and_forge_dates,
        add,
        delete,
        delete_all_of_one,
        delete_both,
        rename,
        symlink,
        truncate,
        swap_two,
        old_release,
        old_under_the_new_number,
        edited_manifest,
        modes,
        strange_kinds,
        both_copies,
    ],
    ids=lambda attack: attack.__name__,
)
def test_an_attack_is_never_seen_and_soon_undone(sound, attack):
    stand(sound, lambda a, b: attack(sound, a, b))


def test_what_no_event_tells_is_found_by_reading_every_byte(sound):
    """A second name outside the site lets somebody write without any sign in the folders watched."""
    path = sound.disk.copies[0].store.path(an_object(sound))
    door = sound.disk.beside / "back-door"
    os.link(path, door)
    sound.check_all()
    assert path.stat().st_nlink == 1
    overwrite(door, b"hacked")
    assert b"hacked" not in path.read_bytes()
    sound.tell()
    assert TamperEvent.objects.get().kind == TamperEvent.Kind.MODE


def test_a_hundred_changes_make_one_entry_and_one_letter(sound):
    a, b = sound.disk.copies
    for number in range(100):
        (a.folder / f"{number}.php").write_text("<?php")
    sound.look()
    sound.tell()
    change(sound, a, b)
    sound.look()
    sound.tell()  # kept for the next letter
    assert TamperEvent.objects.count() == 100
    assert AuditEntry.objects.filter(action="portal.note_tamper").count() == 1
    [letter] = [one.payload for one in OutboxMessage.objects.filter(kind="gate.seal") if "alarm" in one.payload["kind"]]
    body = letter["content"]["body"]
    assert (body["count"], len(body["found"]), letter["lane"]) == (100, 50, "urgent")
    assert "发现 100 处异动（多出文件），已恢复 100 处" in body["sentence"]
    assert AuditEntry.objects.get(action="portal.note_tamper").outcome == "refused"


def test_the_row_of_the_state_is_held_against_the_signed_release(sound):
    sound.tell()
    state = PortalState.objects.get()
    assert (state.highest, state.served) == (2, 2)
    for highest in (1, 10**9, 0):
        PortalState.objects.update(highest=highest)
        sound.check_all()
        assert PortalState.objects.get().highest == 2
    PortalState.objects.update(manifest=b"junk")
    sound.check_all()
    assert PortalState.objects.get().manifest == state.manifest
    assert set(TamperEvent.objects.values_list("kind", flat=True)) == {"row"}


def test_a_quarantine_has_an_end(sound, monkeypatch):
    monkeypatch.setattr("taihe.outer.portal.quarantine.rule", lambda key: 0.001)
    a = sound.disk.copies[0]
    for number in range(5):
        (a.folder / f"{number}.bin").write_bytes(b"x" * 500)
    sound.look()
    assert not list(a.folder.glob("*.bin"))
    assert sum(one.stat().st_size for one in sound.disk.quarantine.iterdir()) <= 1049
