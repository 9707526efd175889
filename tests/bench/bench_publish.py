"""Seconds from the last reviewer's 同意 to the public's screen, and the signed page against a live Wagtail.

A house as `make run` starts it, with the demo site; articles go through the whole review by the demo's own
officers, and a visitor keeps asking for each.  The clock starts at the moment written on the approval.

Live Wagtail is the project that `wagtail start` makes (its middleware, SQLite, DEBUG off), its home page given a body,
a menu and links as ours has, 25 KB, under Granian's WSGI; our front answers a page of the same size beside it.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from .bench_front import _free_port
from .bench_serving import BIG, ROUNDS, _front, _lay_out, _load, _requests, _running, _status, _until
from .bench_zones import _running as _started
from .setting import ROOT, data_folder, server_and_load_cores, stand_up, stay_on_core

TIMES, WARM_UP = 20, 3
ASK_EVERY = 0.005
PATIENCE = 60.0
BODY_BYTES = 23_500  # with head, menu and links 25 KB
LIVE = "live Wagtail under Granian WSGI"
MODELS = """
from wagtail.fields import RichTextField
from wagtail.models import Page

class HomePage(Page):
    body = RichTextField(blank=True)
"""
TEMPLATE = """{% extends "base.html" %}{% load wagtailcore_tags %}
{% block content %}
<nav>{% for one in page.get_children.live.in_menu %}<a href="{% pageurl one %}">{{ one.title }}</a>{% endfor %}</nav>
<h1>{{ page.title }}</h1>
<p>{% for one in page.get_ancestors %}{% if not one.is_root %}
<a href="{% pageurl one %}">{{ one.title }}</a>{% endif %}{% endfor %}</p>
{{ page.body|richtext }}
{% endblock %}
"""
SETTINGS = """
from .base import *
DEBUG = False
SECRET_KEY = "bench"
ALLOWED_HOSTS = ["*"]
LANGUAGE_CODE = "zh-hans"
"""
FILL = """
import django; django.setup()
from wagtail.models import Page
from home.models import HomePage
home = HomePage.objects.get()
for number in range(10):
    home.add_child(instance=HomePage(title=f"栏目{number}", slug=f"lm{number}", show_in_menus=True))
while len(home.body.encode()) < __SIZE__:
    home.body += f"<p>第{len(home.body)}段：太和县人民政府公开办事指南政策解读。</p>"
home.save()
"""


def run() -> list[dict[str, object]]:
    """Publishing first, while nothing else of the bench runs; then both servers by turns."""
    fresh, seconds = publish_often()
    seconds.sort()
    ours, theirs = serve_both()
    return [
        _row("publish.fresh_house_to_site", round(fresh, 1), "s"),
        _row("publish.approved_to_visible_p50", round(statistics.median(seconds), 2), "s"),
        _row("publish.approved_to_visible_p95", round(seconds[-max(len(seconds) // 20, 1)], 2), "s"),
        _row("publish.page_25k", round(ours), "req/s", round(theirs), ours / theirs),
    ]


def _row(
    name: str, value: float, unit: str, peer_value: float | None = None, ratio: float | None = None
) -> dict[str, object]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": LIVE if peer_value is not None else None,
        "peer_value": peer_value,
        "ratio": round(ratio, 1) if ratio is not None else None,
    }


# From approval to the screen ---------------------------------------------------------------------


def publish_often() -> tuple[float, list[float]]:
    """Seconds from the command to the demo site in a fresh house, and of each publication to its being visible."""
    folder = data_folder("publish")
    shutil.rmtree(folder)
    folder.mkdir()
    ports = {"TAIHE_INNER_PORT": str(_free_port()), "TAIHE_OUTER_PORT": str(_free_port())}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
    env |= {"TAIHE_VAR": str(folder / "var"), "PYTHONPATH": str(ROOT), **ports}
    health = [f"http://127.0.0.1:{port}/healthz" for port in ports.values()]
    port = int(ports["TAIHE_OUTER_PORT"])
    begun = time.monotonic()
    with _started([sys.executable, "-m", "taihe.zones.cli", "up"], env, folder / "house.log", *health):
        _until(lambda: _status(port, "/zwdt/") == 200, folder / "house.log")
        fresh = time.monotonic() - begun
        time.sleep(5)  # the first release is noted in both zones, its packs swept
        with _newsdesk(env) as publish:
            taken = [_one(publish, port, number) for number in range(WARM_UP + TIMES)]
    return fresh, taken[WARM_UP:]


@contextmanager
def _newsdesk(env: dict[str, str]) -> Iterator[Any]:
    command = [sys.executable, "-m", "tests.system.newsdesk"]
    with subprocess.Popen(
        command, cwd=ROOT, env=env | {"TAIHE_ZONE": "inner"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as desk:
        assert desk.stdin and desk.stdout
        desk.stdout.readline()

        def publish(title: str) -> dict[str, Any]:
            assert desk.stdin and desk.stdout
            desk.stdin.write(json.dumps({"do": "publish", "title": title}) + "\n")
            desk.stdin.flush()
            answer: dict[str, Any] = json.loads(desk.stdout.readline())
            return answer

        yield publish
        desk.stdin.close()


def _one(publish: Any, port: int, number: int) -> float:
    """Seconds until the article of one publication is answered to the public."""
    answer = publish(f"演示：第{number + 1}号稿件")
    path, limit = f"/content/{answer['page']}.html", time.time() + PATIENCE
    while _status(port, path) != 200:
        if time.time() > limit:
            raise TimeoutError(f"{path} is not public after {PATIENCE:g} s")
        time.sleep(ASK_EVERY)
    return time.time() - float(answer["approved"])


# Signed against live -----------------------------------------------------------------------------


def _make_live(folder: Path) -> Path:
    """The project that `wagtail start` makes, with one page of 25 KB."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
    own = env | {"DJANGO_SETTINGS_MODULE": "live.settings.bench"}
    run_in = partial(subprocess.run, cwd=folder, env=own, check=True)
    wagtail = str(Path(sys.executable).with_name("wagtail"))
    subprocess.run([wagtail, "start", "live", str(folder)], env=env, check=True, stdout=subprocess.DEVNULL)
    (folder / "live" / "settings" / "bench.py").write_text(SETTINGS)
    (folder / "home" / "models.py").write_text(MODELS)
    (folder / "home" / "templates" / "home" / "home_page.html").write_text(TEMPLATE)
    for command in (["makemigrations", "home", "-v0"], ["migrate", "-v0"]):
        run_in([sys.executable, "manage.py", *command])
    run_in([sys.executable, "-c", FILL.replace("__SIZE__", str(BODY_BYTES))])
    return folder


def serve_both() -> tuple[float, float]:
    """Requests a second of our front and of live Wagtail for one page of 25 KB, the best round of each."""
    var = stand_up("outer", "serving")
    _lay_out(var)
    live = _make_live(data_folder("live") / "project")
    server_core, load_core = server_and_load_cores()
    stay_on_core(load_core)
    rates: dict[str, list[float]] = {"front": [], "live": []}
    log = data_folder("live")
    for _ in range(ROUNDS):
        port = _free_port()
        env = {**os.environ, "TAIHE_LOG": "WARNING", "TAIHE_DB": "sqlite"}
        with _running(_front(port), server_core, port, log / "front.log", env) as pid:
            rates["front"].append(asyncio.run(_load(port, pid, _requests([BIG], "identity")))[0])
        port = _free_port()
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
        plain["DJANGO_SETTINGS_MODULE"] = "live.settings.bench"
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--no-ws", "--http", "1"]
        command += ["--log-level", "warning", "--port", str(port), "live.wsgi:application"]
        with _running(command, server_core, port, log / "live.log", plain, path="/", cwd=live) as pid:
            rates["live"].append(asyncio.run(_load(port, pid, _requests(["/"], "identity")))[0])
    return max(rates["front"]), max(rates["live"])
