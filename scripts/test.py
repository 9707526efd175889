"""`make test`: every check in the order that fails soonest, each stage with its name and seconds.

    scripts/test.py [PART ...]     parts: lint types imports unit postgres contracts races system journeys

The first stage that fails ends the run.  The last line adds up the tests: ``N passed, N failed``.
With CI=true nothing is skipped for want of a program: a missing PostgreSQL or Chromium is a failure,
and PostgreSQL runs the whole unit suite instead of the tests marked ``db``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "var" / "test-reports"
CI = os.environ.get("CI", "").lower() in ("1", "true", "yes")
ZONES = ("inner", "outer")
PARTS = ("lint", "types", "imports", "unit", "postgres", "contracts", "races", "system", "journeys")
# A stage that hangs is ended here, so that CI's own limit never hides which one it was.
STAGE_LIMIT_SECONDS = 2400
NO_TESTS = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass
class Stage:
    """One line of the run: a command and the zone whose settings it sees."""

    part: str
    name: str
    command: list[str]
    zone: str = "inner"
    env: dict[str, str] = field(default_factory=dict)
    may_be_empty: bool = False


@dataclass
class Tally:
    """Tests of all stages so far."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        """Adds one pytest report (JUnit XML, written by our own pytest a moment ago)."""
        for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 - our own file
            total, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            self.failed += failed
            self.skipped += skipped
            self.passed += max(0, total - failed - skipped)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def module(*words: str) -> list[str]:
    """A tool of the locked environment, started so that a moved folder does no harm."""
    return [sys.executable, "-m", *words]


def checks() -> list[Stage]:
    """Lint, types of each zone, import contracts: seconds, and no test is run before they hold."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    stages = [
        Stage("lint", "ruff check", [ruff, "check", "."]),
        Stage("lint", "ruff format", [ruff, "format", "--check", "."]),
    ]
    for zone, other in (ZONES, ZONES[::-1]):
        paths = [p for p in ("taihe/ground", "taihe/gate", f"taihe/{zone}", "taihe/zones") if (ROOT / p).exists()]
        elsewhere = ["--exclude", rf"(^|/)zones/.*{other}", "--cache-dir", f".mypy_cache/{zone}"]
        extra = ["scripts", "conftest.py", "tests"] if zone == "inner" else []
        stages.append(Stage("types", f"mypy, {zone} zone", module("mypy", *elsewhere, *paths, *extra), zone))
    imports = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo"]
    return [*stages, Stage("imports", "import contracts", imports)]


def pytest(part: str, name: str, zone: str, *words: str, may_be_empty: bool = False) -> Stage:
    """A pytest run of one zone with its report."""
    report = REPORTS / f"{part}-{zone}.xml"
    command = module("pytest", "-q", "--durations=5", f"--junit-xml={report}", *words)
    return Stage(part, name, command, zone, may_be_empty=may_be_empty)


def test_stages() -> list[Stage]:
    """Unit tests of both zones on SQLite and PostgreSQL, then what looks at the whole county."""
    two = ("-n", "2", "--dist", "worksteal")
    stages = [pytest("unit", f"unit tests, {zone} zone, SQLite", zone, "taihe", *two) for zone in ZONES]
    for zone in ZONES:
        short = () if CI else ("-m", "db")
        name = f"unit tests, {zone} zone, PostgreSQL" + ("" if CI else " (marked db)")
        folders = ["taihe", "tests/races"] if zone == "inner" and (ROOT / "tests/races").exists() else ["taihe"]
        stages.append(pytest("postgres", name, zone, *folders, *two, *short, may_be_empty=not CI))
    for zone in ZONES:
        stages.append(pytest("contracts", f"whole-system contracts, {zone} zone", zone, "tests/contracts"))
    by_module = ("-n", "2", "--dist", "loadscope")  # kill tests mostly wait: two modules at a time
    for part, name, words in (
        ("races", "races", ()),
        ("system", "kill tests", by_module),
        ("journeys", "browser journeys, SQLite", ()),
    ):
        stages.append(pytest(part, name, "inner", f"tests/{part}", *words))
    return [stage for stage in stages if folder(stage).exists()]


def folder(stage: Stage) -> Path:
    """The folder that a pytest stage reads."""
    return ROOT / next(word for word in stage.command if word.startswith(("taihe", "tests/")))


def environment(stage: Stage) -> dict[str, str]:
    """The caller's environment without the county's own settings: a test never meets real data."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TAIHE_", "DJANGO_"))}
    mine = {"TAIHE_ZONE": stage.zone}
    if (
        "pytest" not in stage.command
    ):  # named there, settings would be read before conftest.py has said that this is a test
        mine["DJANGO_SETTINGS_MODULE"] = f"taihe.zones.settings.{stage.zone}"
    return kept | mine | stage.env


def run(stage: Stage, tally: Tally) -> bool:
    """Runs one stage, prints its name and seconds, adds up its tests; False when it failed."""
    print(f"\n== {stage.name}", flush=True)
    report = next((Path(w.split("=", 1)[1]) for w in stage.command if w.startswith("--junit-xml=")), None)
    if report:
        report.unlink(missing_ok=True)
    begin = time.monotonic()
    try:
        code = subprocess.run(
            stage.command, cwd=ROOT, env=environment(stage), timeout=STAGE_LIMIT_SECONDS, check=False
        ).returncode
    except subprocess.TimeoutExpired:
        print(f"   still running after {STAGE_LIMIT_SECONDS} s: ended")
        code = 1
    failed_before = tally.failed
    if report and report.exists():
        tally.add(report)
    good = code == 0 or (code == NO_TESTS and stage.may_be_empty)
    if not good and tally.failed == failed_before:
        tally.failed += 1
    print(f"== {stage.name}: {'ok' if good else 'FAILED'} in {time.monotonic() - begin:.1f} s", flush=True)
    return good


class Missing(Exception):
    """A program that a part needs is not on this machine."""


class Postgres:
    """The throw-away cluster of scripts/test-postgres, started when first asked for, stopped whatever happens."""

    def __init__(self) -> None:
        self.env: dict[str, str] = {}
        self.name = str(os.getpid())

    def start(self) -> dict[str, str]:
        """Settings that point Django at the cluster."""
        if not self.env:
            script = [str(ROOT / "scripts/test-postgres"), "start", self.name]
            started = subprocess.run(script, stdout=subprocess.PIPE, text=True, check=False)
            if started.returncode:
                raise Missing("PostgreSQL did not start")
            dsn = started.stdout.strip().removeprefix("export TAIHE_PG_DSN=")
            self.env = {"TAIHE_DB": "postgres", "TAIHE_PG_DSN": dsn}
        return self.env

    def stop(self) -> None:
        """Ends the cluster and deletes its data."""
        subprocess.run([str(ROOT / "scripts/test-postgres"), "stop", self.name], check=False)


def prepare(stage: Stage, postgres: Postgres) -> None:
    """Starts or looks for what a stage needs; raises Missing."""
    if stage.part == "postgres":
        stage.env |= postgres.start()
    if stage.part == "journeys" and not any(shutil.which(browser) for browser in BROWSERS):
        raise Missing("no Chromium on this machine")


def run_all(stages: list[Stage], tally: Tally, postgres: Postgres) -> bool:
    """Runs the stages in order up to the first that fails."""
    for stage in stages:
        try:
            prepare(stage, postgres)
        except Missing as missing:
            print(f"\n!! {stage.name}: {'FAILED' if CI else 'SKIPPED'}, {missing}", flush=True)
            if CI:
                tally.failed += 1
                return False
            continue
        if not run(stage, tally):
            return False
    return True


def main(parts: list[str]) -> int:
    """Runs the asked parts, or all of them; 0 only when every stage held."""
    unknown = set(parts) - set(PARTS)
    if unknown:
        print(f"unknown part {', '.join(sorted(unknown))}; parts are: {' '.join(PARTS)}")
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    REPORTS.mkdir(parents=True, exist_ok=True)
    stages = [stage for stage in [*checks(), *test_stages()] if not parts or stage.part in parts]
    tally, postgres, begin = Tally(), Postgres(), time.monotonic()
    try:
        good = run_all(stages, tally, postgres)
    finally:
        postgres.stop()
    print(f"\n{time.monotonic() - begin:.0f} s in all; {'every stage held' if good else 'stopped at a failure'}")
    print(tally, flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
