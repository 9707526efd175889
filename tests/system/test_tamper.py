"""Changes planted on the disk of a running public side, under load: no bad byte answered, all mended, both zones know.

Both zones run as `make run` starts them.  The release is signed with the house's own key and taken by the installer.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from taihe.outer.portal.disk import Disk
from taihe.outer.portal.tests.press import Press
from taihe.zones.tests.serving import free_port
from taihe.zones.up import Site, programs

from .house import ROOT, House, Running, house_from, until

pytestmark = pytest.mark.kill

PAGES = 300
HEALED_WITHIN = 5.0
SETTLE = """
from taihe.zones import prepare
prepare.enter("outer")
from taihe.outer.portal.installing import Installer
from taihe.outer.portal.trust import disk, trust
assert Installer(disk(), trust()).settle() is None
"""


class Visitors:
    """People who keep asking over real connections, and remember every answer that was not what was signed."""

    def __init__(self, port: int, good: dict[str, set[bytes]], people: int = 3) -> None:
        self.port, self.good = port, good
        self.bad: list[str] = []
        self.answers = 0
        self.ending = threading.Event()
        self.threads = [threading.Thread(target=self._ask_on, args=(number,)) for number in range(people)]

    def _ask_on(self, number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        paths = [*list(self.good)[number::3], "/content/1.html"]
        while not self.ending.is_set():
            for path in paths:
                connection.request("GET", path)
                answer = connection.getresponse()
                body = answer.read()
                self.answers += 1
                if answer.status != 200 or body not in self.good[path]:
                    self.bad.append(f"{path}: {answer.status} {body[:60]!r}")
        connection.close()

    def __enter__(self) -> Visitors:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ending.set()
        for thread in self.threads:
            thread.join()


def start_web(house: House, port: int, *, wait: bool = True) -> Running:
    """The public front, as `taihe up` starts it."""
    site = Site(house.var, house.var / "county", False, "127.0.0.1", ("outer",))
    os.environ["TAIHE_OUTER_PORT"] = str(port)
    [web] = [one for one in programs(site) if one.name == "outer.web"]
    env = house.env("outer") | {"DJANGO_SETTINGS_MODULE": "taihe.zones.settings.outer"}
    with house.log("outer").open("ab") as log:
        process = subprocess.Popen(list(web.argv), cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
    one = Running("outer", "web", process.pid, lambda _one: process.poll(), leads=True)
    house.running.append(one)
    if wait:
        until(lambda: answer_of(port, "/healthz")[0] == 200, "the front answers")
    return one


def answer_of(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


def tree(folder: Path) -> dict[str, object]:
    """Everything below a folder: bytes of files, targets of links; empty when something vanishes meanwhile."""
    found: dict[str, object] = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = Path(top, name)
            try:
                found[str(path.relative_to(folder))] = os.readlink(path) if path.is_symlink() else path.read_bytes()
            except FileNotFoundError:
                return {}
    return {name: data for name, data in found.items() if "/incoming/" not in name}


def page(number: int, edition: int) -> str:
    return (
        f"<!doctype html><title>第 {number} 篇</title><p>第 {edition} 版</p>" + "太和县人民政府门户网站演示文字。" * 100
    )


def site_of(edition: int) -> dict[str, str]:
    return {f"/content/{number}.html": page(number, edition) for number in range(PAGES)} | {"/": page(-1, edition)}


@dataclass
class Public:
    """The house under attack: its disk, its press, and where its public side answers."""

    house: House
    disk: Disk
    press: Press
    port: int


@pytest.fixture
def served(full_template, tmp_path):
    """Both zones running, and release 1 before the public."""
    with house_from(full_template, tmp_path / "var", bare=False) as house:
        keys = {zone: house.var / zone / "keys" for zone in ("inner", "outer")}
        press = Press(tmp_path, **keys)
        public = Public(house, Disk(house.var / "outer" / "portal"), press, free_port())
        for zone in ("inner", "outer"):
            for role in ("gate", "worker"):
                house.execute(zone, role)
        start_web(house, public.port)
        publish(public, 1)
        yield public


def publish(public: Public, edition: int) -> None:
    """Lay a release on the disk and let the installer accept it; wait until the public sees it."""
    signed = public.press.release(site_of(edition))
    public.press.lay(public.disk, signed, switch=False)
    subprocess.run([sys.executable, "-c", SETTLE], cwd=ROOT, env=public.house.env("outer"), check=True)
    until(lambda: answer_of(public.port, "/")[1] == page(-1, edition).encode(), f"release {edition} is served")


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)
    path.chmod(0o400)


def plant(public: Public) -> None:
    """A bit of everything, on both copies at once."""
    a, b = public.disk.copies
    objects = sorted(a.store.digests())
    for place, sha256 in enumerate(objects[:60]):
        path = (a, b)[place % 2].store.path(sha256)
        if place % 3 == 0:
            overwrite(path, b"<h1>hacked</h1>")
        elif place % 3 == 1:
            path.unlink()
        else:
            path.unlink()
            path.symlink_to("/etc/hostname")
    overwrite(a.store.path(objects[70]), b.store.path(objects[71]).read_bytes())
    overwrite(b.store.path(objects[70]), b"<h1>hacked</h1>")
    overwrite(a.store.path(objects[72]), b"")
    shutil.rmtree(b.folder / "releases")
    signed = a.release(1)
    assert signed
    forged = signed.data.replace(b"/content/1.html", b"/content/x.html")
    overwrite(a.folder / "releases" / "1" / "manifest", forged)
    (a.folder / "shell.php").write_text("<?php")
    (b.folder / "current").unlink()
    (b.folder / "current").symlink_to("/etc")


def test_planted_changes_reach_nobody_and_both_zones_know(served):
    public, house = served, served.house
    before = {copy.name: tree(copy.folder) for copy in public.disk.copies}
    good = {path: {text.encode()} for path, text in site_of(1).items()}
    with Visitors(public.port, good) as visitors:
        for _ in range(3):
            plant(public)
            begun = time.monotonic()
            healed = lambda: all(tree(copy.folder) == before[copy.name] for copy in public.disk.copies)  # noqa: E731
            until(healed, "the disk is as it was", 60)
            assert time.monotonic() - begun < HEALED_WITHIN
    assert visitors.bad == []
    assert visitors.answers > 300
    recorded = "select count(*) from ground_audit_auditentry where action=?"
    until(lambda: house.number("outer", recorded, "portal.note_tamper"), "the outer zone records it")
    until(lambda: house.number("inner", recorded, "portal.outer_alarm"), "the inner zone records it")
    letters = house.number("outer", recorded, "portal.note_tamper")
    assert letters <= 4, "not a letter for every file"


def test_changes_during_a_switch_reach_nobody(served):
    public, house = served, served.house
    good = {path: {text.encode(), site_of(2)[path].encode()} for path, text in site_of(1).items()}
    with Visitors(public.port, good) as visitors:
        known = public.press.manifest.objects
        signed = public.press.release(site_of(2))
        public.press.lay(public.disk, signed, switch=False)
        fresh = sorted(set(public.press.manifest.objects) - set(known))
        for copy, some in zip(public.disk.copies, (fresh[:40], fresh[40:80]), strict=True):
            for sha256 in some:  # never the same in both: either copy can mend the other
                overwrite(copy.store.path(sha256), b"<h1>hacked</h1>")
        subprocess.run([sys.executable, "-c", SETTLE], cwd=ROOT, env=house.env("outer"), check=True)
        until(lambda: answer_of(public.port, "/")[1] == page(-1, 2).encode(), "release 2 is served")
    assert visitors.bad == []


def test_after_a_restart_the_same_release_is_served_from_what_is_left(served):
    public, house = served, served.house
    a, b = public.disk.copies
    [web] = [one for one in house.running if one.role == "web"]
    web.signal(signal.SIGTERM)
    web.wait()
    house.forget_ended()
    shutil.rmtree(a.folder)
    (b.folder / "current").unlink()
    start_web(house, public.port)
    until(lambda: answer_of(public.port, "/content/7.html")[1] == page(7, 1).encode(), "the pages are back")
    until(lambda: tree(a.folder) == tree(b.folder) != {}, "both copies are whole again")


def test_a_site_without_a_sound_copy_says_so_and_asks(served):
    public, house = served, served.house
    [web] = [one for one in house.running if one.role == "web"]
    web.signal(signal.SIGTERM)
    web.wait()
    house.forget_ended()
    for copy in public.disk.copies:
        shutil.rmtree(copy.folder)
    start_web(house, public.port)
    until(lambda: answer_of(public.port, "/content/7.html")[0] == 503, "it says that pages are being restored")
    assert "正在核对和恢复" in answer_of(public.port, "/")[1].decode()
    asked = "select count(*) from gate_inletter where kind='portal.wanted'"
    until(lambda: house.number("inner", asked), "the inner zone is asked")
