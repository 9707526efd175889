"""What every bench stands on: its own data folder, a zone without the county's data, and one core each."""

from __future__ import annotations

import os
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]


def data_folder(name: str) -> Path:
    """Where a bench keeps its data sets between runs (var/bench/NAME)."""
    folder = ROOT / "var" / "bench" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def stand_up(zone: str, name: str) -> Path:
    """Sets Django up for one zone with the bench's own data folder, which is returned.

    Call it at the top of ``run()``, before models are imported.
    """
    folder = data_folder(name)
    os.environ |= {
        "TAIHE_MODE": "test",
        "TAIHE_ZONE": zone,
        "TAIHE_VAR": str(folder),
        "DJANGO_SETTINGS_MODULE": f"taihe.zones.settings.{zone}",
    }
    django.setup()
    return folder


def server_and_load_cores() -> tuple[int, int]:
    """A core for the server and another for the load generator; the same one twice where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[min(1, len(cores) - 1)]


def on_core(core: int, command: list[str]) -> list[str]:
    """The command line that keeps a program, threads and children on one core."""
    return ["taskset", "-c", str(core), *command]


def stay_on_core(core: int) -> None:
    """Keeps this process, and what it starts from now on, on one core."""
    os.sched_setaffinity(0, {core})
