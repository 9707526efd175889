"""A house of its own for the journeys: both zones under the supervisor, and a real browser at two widths."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREENS = Path(os.environ.get("TAIHE_SCREENS", ROOT / "var" / "screens"))
WIDTHS = {"desk": (1366, 768), "phone": (390, 844)}
CHROMIUM = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@dataclass
class House:
    """Both zones running as `make run` runs them."""

    var: Path
    env: dict[str, str]
    log: Path
    inner: str
    outer: str
    process: subprocess.Popen[bytes] | None = None

    def start(self, within: float = 120) -> float:
        """Start and wait until both zones answer; returns the seconds that took."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "taihe.zones.cli", "up"],
            cwd=ROOT,
            env=self.env,
            stdout=self.log.open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        while not (answers(f"{self.inner}healthz") and answers(f"{self.outer}healthz")):
            if self.process.poll() is not None or time.monotonic() - began > within:
                tail = self.log.read_text("utf-8", "replace")[-4000:]
                self.stop()
                raise AssertionError(f"the house does not stand after {within} s:\n{tail}")
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> int:
        """Ctrl-C; returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def taihe(self, *words: str) -> str:
        """Run a `taihe` command against this house."""
        done = subprocess.run(
            [sys.executable, "-m", "taihe.zones.cli", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def build(folder: Path) -> House:
    """A house in its own folder, on free ports, with the demo county."""
    inner, outer = free_port(), free_port()
    env = {key: value for key, value in os.environ.items() if not key.startswith(("TAIHE_", "DJANGO_"))}
    env |= {
        "TAIHE_VAR": str(folder),
        "TAIHE_INNER_PORT": str(inner),
        "TAIHE_OUTER_PORT": str(outer),
        "TAIHE_GATE_HEARTBEAT": "2",
        "PYTHONUNBUFFERED": "1",
    }
    return House(folder, env, folder / "house.log", f"http://127.0.0.1:{inner}/", f"http://127.0.0.1:{outer}/")


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    built = build(tmp_path_factory.mktemp("house"))
    if running := os.environ.get("TAIHE_JOURNEY_HOUSE"):  # "inner-url outer-url var": one that stands already
        inner, outer, var = running.split()
        yield House(Path(var), built.env | {"TAIHE_VAR": var}, Path(var) / "house.log", inner, outer)
        return
    built.start()
    yield built
    built.stop()


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        pytest.fail("没有 Chromium：请安装 Debian 软件包 chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visitor:
    """One person at one screen: a page of their own, pictures, and the accessibility check."""

    page: object
    width: str
    story: str
    base: str
    shots: int = 0
    faults: list[str] = field(default_factory=list)
    quiet: bool = False

    def shot(self, name: str) -> None:
        """Keep a picture of the whole page and note serious accessibility faults."""
        self.shots += 1
        folder = SCREENS / self.story
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(folder / f"{self.width}-{self.shots:02d}-{name}.png"), full_page=True)  # type: ignore[attr-defined]
        self.check_axe(name)
        overflow = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")  # type: ignore[attr-defined]
        if overflow > 1:
            self.faults.append(f"{self.width} {name}: 横向溢出 {overflow} px")

    def look(self, name: str) -> None:
        """Keep a picture of a page that is not our own: no accessibility check (Wagtail's desk, exempt by name)."""
        self.shots += 1
        folder = SCREENS / self.story
        folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(folder / f"{self.width}-{self.shots:02d}-{name}.png"), full_page=True)  # type: ignore[attr-defined]

    def allow_console(self) -> None:
        """The browser itself writes a line for a page that answers 404 or 410; here that is what is shown."""
        self.quiet = True

    def check_axe(self, name: str) -> None:
        source = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
        self.page.evaluate(source)  # type: ignore[attr-defined]
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")  # type: ignore[attr-defined]
        for one in found["violations"]:
            if one["impact"] in ("serious", "critical"):
                targets = json.dumps([node["target"] for node in one["nodes"][:3]], ensure_ascii=False)
                self.faults.append(f"{self.width} {name}: {one['id']} {one['help']} {targets}")


@pytest.fixture
def visit(chromium, request):
    """`visit("desk", base)` opens a fresh browser profile; serious faults seen on the way fail the test at its end."""
    visitors: list[Visitor] = []
    contexts = []
    story = re.sub(r"\W+", "-", request.node.name.removeprefix("test_"))

    def open_page(width: str, base: str) -> Visitor:
        size = WIDTHS[width]
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            base_url=base,
            is_mobile=width == "phone",
            has_touch=width == "phone",
            bypass_csp=False,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        visitor = Visitor(page, width, story, base)
        page.on("pageerror", lambda error: visitor.faults.append(f"脚本错误 {error}"))
        page.on(
            "console",
            lambda line: (
                visitor.faults.append(f"控制台 {line.text} {line.location.get('url')}")
                if line.type == "error" and not visitor.quiet
                else None
            ),
        )
        visitors.append(visitor)
        return visitor

    yield open_page
    for context in contexts:
        context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []
