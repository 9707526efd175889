"""`make bench [ONLY=NAME]`: runs tests/bench/bench_*.py, prints a table and writes var/bench.json.

Each bench runs in its own process, so that one may start servers or break without touching the next.
With ONLY, the rows of the other benches stay as they were measured before.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "var" / "bench.json"
KEYS = ("name", "value", "unit", "peer", "peer_value", "ratio")
BENCH_LIMIT_SECONDS = 1800

Row = dict[str, Any]


def names(only: list[str]) -> list[str]:
    """The benches there are, or those asked for; ends the run when one does not exist."""
    there = sorted(file.stem.removeprefix("bench_") for file in (ROOT / "tests/bench").glob("bench_*.py"))
    unknown = set(only) - set(there)
    if unknown:
        raise SystemExit(f"no bench {', '.join(sorted(unknown))}; benches are: {' '.join(there)}")
    return only or there


def measure_here(name: str, report: Path) -> None:
    """In the bench's own process: runs it and writes its rows."""
    sys.path.insert(0, str(ROOT))
    rows = importlib.import_module(f"tests.bench.bench_{name}").run()
    for row in rows:
        if set(row) != set(KEYS):
            raise SystemExit(f"bench {name}: a row has {sorted(row)}, not {sorted(KEYS)}")
    report.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")


def measure(name: str) -> list[Row] | None:
    """Rows of one bench, run in a process of its own; None when it failed."""
    begin = time.monotonic()
    print(f"== {name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "rows.json"
        command = [sys.executable, __file__, "--here", name, str(report)]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("TAIHE_", "DJANGO_"))}
        try:
            code = subprocess.run(command, cwd=ROOT, env=kept, timeout=BENCH_LIMIT_SECONDS, check=False).returncode
        except subprocess.TimeoutExpired:
            code = 1
        rows: list[Row] | None = json.loads(report.read_text("utf-8")) if code == 0 and report.exists() else None
    print(f"== {name}: {'FAILED' if rows is None else 'done'} in {time.monotonic() - begin:.1f} s", flush=True)
    return rows


def number(value: float | None) -> str:
    """Three figures are as many as a shared machine can promise."""
    if value is None:
        return "-"
    return f"{value:,.3g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:,.0f}"


def show(rows: list[Row]) -> None:
    """The table for people."""
    table = Table("name", "value", "unit", "peer", "peer value", "ratio")
    for row in rows:
        value, peer_value, ratio = (number(row[key]) for key in ("value", "peer_value", "ratio"))
        table.add_row(row["name"], value, row["unit"], row["peer"] or "-", peer_value, ratio)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def earlier(fresh: list[Row]) -> list[Row]:
    """Rows of earlier runs that were not measured again."""
    if not RESULT.exists():
        return []
    again = {row["name"] for row in fresh}
    return [row for row in json.loads(RESULT.read_text("utf-8")) if row["name"] not in again]


def main(only: list[str]) -> int:
    """Runs the benches; 0 only when each gave its rows."""
    measured = {name: measure(name) for name in names(only)}
    rows = [row for found in measured.values() for row in found or []]
    show(rows)
    RESULT.parent.mkdir(exist_ok=True)
    kept = earlier(rows) if only else []
    RESULT.write_text(json.dumps([*kept, *rows], ensure_ascii=False, indent=2) + "\n", "utf-8")
    failed = [name for name, found in measured.items() if found is None]
    if failed:
        print(f"failed: {' '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--here"]:
        measure_here(sys.argv[2], Path(sys.argv[3]))
        sys.exit(0)
    sys.exit(main(sys.argv[1:]))
