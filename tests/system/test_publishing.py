"""From the last reviewer's 同意 to the public's screen, while every process on the way is killed.

Both zones run as `make run` starts them, with the demo site; articles go through the whole review by the demo's
own officers.  What an approval promised must come true once, whatever dies.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from taihe.zones.tests.serving import free_port

from .house import PATIENCE, ROOT, House, Running, TookTooLong, house_from, lay_out, until
from .test_tamper import answer_of, start_web

pytestmark = pytest.mark.kill

# inner bake and outer web are what this story adds to the four that carry letters.
PLACES = (
    ("inner", "worker"), ("inner", "bake"), ("inner", "gate"),
    ("outer", "gate"), ("outer", "worker"), ("outer", "web"),
)  # fmt: skip
ARTICLES = 10
KILLS = int(os.environ.get("TAIHE_PUBLISH_KILLS", "12"))
LIFE = 4.0  # seconds; a process needs about two to start
SEED = """
from taihe.zones import prepare
prepare.enter("inner")
from pathlib import Path
from django.conf import settings
prepare.load_county(Path(settings.COUNTY_DIR), demo=True)
"""
# The county as it stands: the template's own cuts attachments into parts of 4 KB, and a first release is 7 MB.
WHOLE = {"TAIHE_COUNTY_DIR": str(ROOT / "config" / "taihe")}


class Desk:
    """People at work (the editorial office's by default), in a process that nobody kills."""

    module = "tests.system.newsdesk"

    def __init__(self, house: House) -> None:
        with house.log("inner").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module],
                cwd=ROOT, env=house.env("inner"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self._answer(PATIENCE)

    def _answer(self, seconds: float) -> dict[str, Any]:
        assert self.process.stdout
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise TookTooLong("the newsdesk does not answer")
        line = self.process.stdout.readline()
        assert line, "the newsdesk ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, **order: Any) -> dict[str, Any]:
        """One order and its answer."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer(PATIENCE)

    def publish(self, title: str) -> int:
        """An article through its review; the number of its page."""
        return int(self.ask(do="publish", title=title)["page"])

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(PATIENCE)


@dataclass
class Press:
    """A county that publishes: its processes by place, its people, and where the public looks."""

    house: House
    port: int
    running: dict[tuple[str, str], Running] = field(default_factory=dict)

    def start(self, *places: tuple[str, str]) -> None:
        """Start processes (all by default)."""
        for zone, role in places or PLACES:
            self.running[zone, role] = self._start(zone, role)

    def _start(self, zone: str, role: str) -> Running:
        if role == "web":
            return start_web(self.house, self.port, wait=False)
        return self.house.execute(zone, role)

    def stop(self, *places: tuple[str, str]) -> None:
        """Kill processes."""
        for place in places:
            self.running.pop(place).kill()

    def sees(self, path: str) -> tuple[int, bytes]:
        """What a visitor is answered."""
        return answer_of(self.port, path)

    def shows(self, page: int, title: str) -> bool:
        status, body = self.sees(f"/content/{page}.html")
        return status == 200 and title.encode() in body

    def served(self) -> int:
        """The number of the release that the inner zone knows to be served."""
        return self.house.number("inner", "select max(number) from inner_portal_release where served_at is not null")


@pytest.fixture(scope="module")
def demo_template(tmp_path_factory):
    """Both zones with the whole demo county."""
    var = lay_out(tmp_path_factory.mktemp("demo") / "var", bare=False)
    house = House(var, False, {"inner": WHOLE, "outer": WHOLE})
    subprocess.run([sys.executable, "-c", SEED], cwd=ROOT, env=house.env("inner"), check=True)
    return var


@pytest.fixture
def press(demo_template, tmp_path) -> Iterator[Press]:
    """The demo site before the public, by nothing but its own seed, bake and passage."""
    with house_from(demo_template, tmp_path / "var", bare=False, inner=WHOLE, outer=WHOLE) as house:
        press = Press(house, free_port())
        press.start()
        until(lambda: "县政务服务大厅".encode() in press.sees("/")[1], "the demo site is served", 180)
        yield press


def kill_on(press: Press, chance: Any, ending: threading.Event) -> list[tuple[str, str]]:
    """Kill one process after another, each place as often as any other, and start it again."""
    victims = [place for _ in range(-(-KILLS // len(PLACES))) for place in PLACES][:KILLS]
    chance.shuffle(victims)
    for place in victims:
        time.sleep(chance.uniform(0.2, LIFE))  # the moment of death is chance itself; nothing is awaited
        press.stop(place)
        press.start(place)
    ending.set()
    return victims


def test_ten_approvals_while_everything_dies(press, chance):
    """None lost, none doubled, no number used twice; the public ends with all of them."""
    desk, ending, published = Desk(press.house), threading.Event(), dict[int, str]()
    killer = threading.Thread(target=kill_on, args=(press, chance, ending))
    killer.start()
    try:
        for number in range(ARTICLES):
            title = f"演示第{number + 1}号稿件（发布试验）"
            published[desk.publish(title)] = title
            ending.wait(1)
    finally:
        killer.join()
        desk.close()
    assert len(published) == ARTICLES
    until(lambda: all(press.shows(*one) for one in published.items()), "the public sees all of them", 180)
    listing = press.sees("/zwdt/bmdt/")[1].decode()
    assert [listing.count(f'href="/content/{page}.html"') for page in published] == [1] * ARTICLES
    check_books(press, published)


def check_books(press: Press, published: dict[int, str]) -> None:
    """What both zones have on record agrees with what was promised."""
    house = press.house
    approvals = house.rows("inner", "select page_id, count(*) from inner_portal_approval where not is_demo group by 1")
    assert dict(approvals) == dict.fromkeys(published, 1)
    releases = house.rows("inner", "select number, digest, previous from inner_portal_release order by number")
    assert [one[2] for one in releases[1:]] == [one[1] for one in releases[:-1]], "each names the one before"
    reserved = house.number("inner", "select reserved from inner_portal_releasestate")
    assert len({number for number, *_ in releases}) == len(releases) and releases[-1][0] <= reserved
    until(lambda: press.served() == releases[-1][0], "the inner zone knows that the newest is served", 90)
    accepted = house.rows("outer", "select subject_id from ground_audit_auditentry where action=? order by id",
                          "portal.accept_release")  # fmt: skip
    numbers = [int(one) for (one,) in accepted]
    assert numbers == sorted(numbers) and set(numbers) <= {number for number, *_ in releases}
    highest = house.rows("outer", "select highest, served from outer_portal_portalstate")
    assert highest == [(releases[-1][0], releases[-1][0])]
    alarms = house.rows("inner", "select kind, sentence from inner_portal_releasealarm")
    assert alarms == [], "no death is taken for an attack"
    dead = house.rows("inner", "select kind, last_error from ground_outbox_outboxmessage where status='dead'")
    assert dead == []


def test_withdrawal_while_the_passage_is_closed(press):
    """What was withdrawn while no letter crossed is gone as soon as one does, also after every process died."""
    desk = Desk(press.house)
    gone, kept = desk.publish("演示第1号稿件（将撤）"), None
    until(lambda: press.shows(gone, "将撤"), "the article is public", 90)
    gates = (("inner", "gate"), ("outer", "gate"))
    press.stop(*gates)
    desk.ask(do="withdraw", page=gone)
    kept = desk.publish("演示第2号稿件（保留）")
    desk.close()
    made = until(lambda: press.house.rows("inner", "select number from inner_portal_release where withdrawn>0"), "made")
    assert press.shows(gone, "将撤"), "the public side cannot know yet"
    press.start(*gates)
    until(lambda: press.sees(f"/content/{gone}.html")[0] == 410, "the withdrawn page is gone", 60)
    until(lambda: press.shows(kept, "保留"), "what was approved meanwhile is public", 60)
    until(lambda: press.served() >= made[-1][0], "it is known to be served", 60)
    press.stop(*list(press.running))
    press.start()
    until(lambda: press.shows(kept, "保留"), "the site is back", 90)
    for path in (f"/content/{gone}.html", f"/t/content/{gone}.html"):
        status, body = press.sees(path)
        assert status == 410 and "将撤".encode() not in body
    for path in ("/", "/zwdt/bmdt/", "/zwdt/bmdt/rss.xml", "/sitemap.xml"):
        assert f"/content/{gone}.html".encode() not in press.sees(path)[1]
