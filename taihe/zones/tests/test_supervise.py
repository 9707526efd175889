"""The supervisor with tiny programs: restart, give up, a clean stop, and nothing left behind after kill -9."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .serving import ROOT, free_port, until

STAY = "import time; print('ready', flush=True); time.sleep(600)"
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
# On SIGTERM it says more than a pipe holds, to a supervisor that may be gone.
CHATTY = (
    "import signal, sys, time\n"
    "def end(*_):\n"
    "    print('a long farewell ' * 20000, flush=True); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, end); print('ready', flush=True); time.sleep(600)"
)
# Has a child of its own that has left nothing but its process group.
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {DEAF!r}]); time.sleep(600)"
RUN = """
import json, sys
from taihe.zones.supervise import Patience, Program, supervise
told = json.loads(sys.argv[1])
greeted = {"GREETING": "你好"}
programs = [Program(name, [sys.executable, "-c", code], greeted) for name, code in told["programs"].items()]
programs += [Program("missing", ["/nowhere/at-all"])] if told.get("missing") else []
patience = Patience(**told.get("patience", {}))
sys.exit(supervise(programs, told.get("health", []), lambda: print("BANNER", flush=True), patience))
"""


class Supervisor:
    """A supervisor in a process of its own, and what it has printed so far."""

    def __init__(self, process, log):
        self.process, self.log = process, log

    def text(self):
        return self.log.read_text()

    def wait_for(self, pattern, count=1):
        return until(lambda: len(found := re.findall(pattern, self.text())) >= count and found)

    def family(self):
        """Process ids of everyone below the supervisor."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                parents[int(stat.parent.name)] = int(fields[1])
        below, found = {self.process.pid}, set()
        while below := {pid for pid, parent in parents.items() if parent in below}:
            found |= below
        return found


@pytest.fixture
def supervised(tmp_path):
    """Start supervisors with given programs; whatever is left of them afterwards is killed."""
    started = []

    def start(programs, **told):
        log = tmp_path / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-c", RUN, json.dumps({"programs": programs, **told})],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        started.append(supervisor := Supervisor(process, log))
        return supervisor

    yield start
    for supervisor in started:
        for pid in supervisor.family() if supervisor.process.poll() is None else ():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        supervisor.process.kill()
        supervisor.process.wait()


def alive(pids):
    return {pid for pid in pids if _lives(pid)}


def _lives(pid) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # gone, perhaps between two looks
        return False


def test_lines_are_prefixed_and_keep_their_words(supervised):
    greet = "import os; print(os.environ['GREETING']); print('no newline', end='');"
    supervisor = supervised({"front": greet + STAY})
    supervisor.wait_for(r"(?m)^\d\d:\d\d:\d\d front +\| 你好$")
    supervisor.wait_for(r"no newlineready")


def test_a_program_that_dies_is_started_again(supervised, tmp_path):
    mark = str(tmp_path / "died")
    once = f"import os, sys\nif not os.path.exists({mark!r}):\n    open({mark!r}, 'w'); sys.exit(7)\n{STAY}"
    supervisor = supervised({"weak": once, "strong": STAY}, patience={"first_delay": 0.1})
    supervisor.wait_for("ready", count=2)
    text = supervisor.text()
    assert "已退出（代码 7），0.1 秒后重新启动。" in text
    assert len(re.findall(r"strong +\| ◆ 已启动", text)) == 1  # the other was left in peace
    supervisor.process.terminate()
    assert supervisor.process.wait(20) == 0


def test_a_program_that_keeps_dying_ends_the_house_and_shows_its_last_words(supervised):
    programs = {"doomed": "import sys; print('the reason'); sys.exit(3)", "strong": STAY}
    supervisor = supervised(programs, patience={"restarts": 2, "first_delay": 0.05})
    assert supervisor.process.wait(20) == 1
    text = supervisor.text()
    assert len(re.findall(r"doomed +\| ◆ 已启动", text)) == 3
    assert "60 秒内已退出 3 次，不再重新启动" in text
    last = text.partition("“doomed”反复退出，已停止全部进程。它最后的日志：")[2]
    assert "the reason" in last
    assert "strong" not in last


def test_deaths_long_ago_are_forgiven(supervised):
    supervisor = supervised(
        {"weak": "print('again', flush=True)"}, patience={"restarts": 1, "first_delay": 0.3, "window": 0.2}
    )
    supervisor.wait_for("again", count=4)
    assert supervisor.process.poll() is None


def test_a_program_that_cannot_start_is_named(supervised):
    supervisor = supervised({}, missing=True, patience={"restarts": 0})
    assert supervisor.process.wait(20) == 1
    assert "无法启动（No such file or directory：/nowhere/at-all）" in supervisor.text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_clean_stop_ends_everyone_and_returns_zero(supervised, number):
    supervisor = supervised({"a": STAY, "parent": PARENT, "c": CHATTY})
    supervisor.wait_for("ready", count=3)
    family = supervisor.family()
    assert len(family) == 7  # three keepers, three programs, one grandchild
    supervisor.process.send_signal(number)
    assert supervisor.process.wait(20) == 0
    assert "强行终止" not in supervisor.text()
    assert not alive(family)


def test_stop_while_waiting_to_start_again(supervised):
    supervisor = supervised({"weak": "raise SystemExit(1)"}, patience={"first_delay": 300})
    supervisor.wait_for("300 秒后重新启动")
    supervisor.process.terminate()
    assert supervisor.process.wait(20) == 0


def test_the_deaf_are_killed_after_the_grace(supervised):
    supervisor = supervised({"deaf": DEAF}, patience={"grace": 0.3})
    supervisor.wait_for("ready")
    family = supervisor.family()
    supervisor.process.terminate()
    assert supervisor.process.wait(20) == 0
    assert "0.3 秒内没有结束，强行终止" in supervisor.text()
    assert not alive(family)


def test_killed_supervisor_leaves_nobody(supervised):
    supervisor = supervised({"a": STAY, "deaf": DEAF, "parent": PARENT, "c": CHATTY}, patience={"grace": 0.5})
    supervisor.wait_for("ready", count=4)
    family = supervisor.family()
    assert len(family) == 9
    supervisor.process.kill()
    until(lambda: not alive(family))


def test_killed_keeper_ends_its_program_and_the_house(supervised):
    supervisor = supervised({"a": STAY, "b": STAY})
    supervisor.wait_for("ready", count=2)
    family = supervisor.family()
    program = int(supervisor.wait_for(r"a +\| ◆ 已启动（进程 (\d+)）")[0])
    keeper = int(Path(f"/proc/{program}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(keeper, signal.SIGKILL)
    assert supervisor.process.wait(20) == 1
    until(lambda: not alive(family))


def test_banner_waits_for_health(supervised, tmp_path):
    ports = [free_port(), free_port()]
    gate = tmp_path / "healthy"
    serve = (
        "import http.server, os, sys\n"
        "class Health(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        f"        well = self.server.server_port == {ports[0]} or os.path.exists({str(gate)!r})\n"
        "        self.send_response(200 if well else 503)\n"
        "        self.end_headers(); print('asked', flush=True)\n"
        "http.server.HTTPServer(('127.0.0.1', PORT), Health).serve_forever()\n"
    )
    supervisor = supervised(
        {f"zone{port}": serve.replace("PORT", str(port)) for port in ports},
        health=[f"http://127.0.0.1:{port}/healthz" for port in ports],
    )
    supervisor.wait_for(rf"zone{ports[1]} +\| asked", count=2)
    assert "BANNER" not in supervisor.text()
    gate.touch()
    supervisor.wait_for("BANNER")
    supervisor.process.terminate()
    assert supervisor.process.wait(20) == 0
    assert supervisor.text().count("BANNER") == 1
