"""The disk is full: actions are refused in plain words, nothing is half written, and with room again all goes on.

On a small tmpfs where this machine lets us mount one; and, everywhere, with a limit on the size of files, which
the kernel enforces in the same places.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .accounts import acknowledged, answered, arrived, check_everything, recorded, until_quiet
from .house import ROOT, ZONES, House, Running, house_from, until

pytestmark = pytest.mark.kill

MEGABYTE = 1024 * 1024
SIZES = {"inner": 24 * MEGABYTE, "gate": 4 * MEGABYTE}
ROLES = ("gate", "worker")


@dataclass
class Disk:
    """A disk that can be filled and freed again."""

    fill: Callable[[House], None]
    free: Callable[[House], None]


@contextlib.contextmanager
def _small_disk(folder: Path, size: int) -> Iterator[None]:
    """The folder with all it holds, on a tmpfs of so many bytes.  Skips where mounting is not permitted."""
    aside = folder.with_suffix(".aside")
    folder.rename(aside)
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=False)
    if done.returncode:
        pytest.skip("mounting is not permitted here; the limit on file sizes stands for it")
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _ballast(folder: Path) -> Disk:
    def fill(_house: House) -> None:
        with (folder / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            while ballast.write(bytes(4096)):
                pass
        assert os.statvfs(folder).f_bavail == 0

    return Disk(fill, lambda _house: (folder / "ballast").unlink())


def _limit(zone: str, size: int) -> Disk:
    """No process of a zone may make a file longer than this."""

    def set_to(house: House, soft: int) -> None:
        pids = [one.pid for one in house.running if one.zone == zone and one.code() is None]
        for pid in [*pids, house.nurseries[zone].process.pid]:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, resource.RLIM_INFINITY))

    return Disk(lambda house: set_to(house, size), lambda house: set_to(house, resource.RLIM_INFINITY))


@pytest.fixture(params=["tmpfs", "limit"])
def kind(request) -> str:
    """How the disk is made small."""
    return request.param


@contextlib.contextmanager
def _at_work(template: Path, var: Path, kind: str, part: str) -> Iterator[tuple[House, Disk]]:
    """Both zones at work, the disk below one part of the data folder small."""
    with contextlib.ExitStack() as stack:
        house = stack.enter_context(house_from(template, var))
        (var / "gate").mkdir(exist_ok=True)
        disk = _limit("inner", 512)
        if kind == "tmpfs":
            stack.enter_context(_small_disk(var / part, SIZES[part]))
            disk = _ballast(var / part)
            stack.callback(house.close)  # whatever runs ends before its disk goes
        house.open_nurseries()
        for zone in ZONES:
            for role in ROLES:
                house.fork(zone, role)
        yield house, disk


def _call(house: House, zone: str, first: int, count: int = 5) -> Running:
    return house.fork(zone, "probes", first=first, count=count, told=str(house.told(zone)))


def _go_on(house: House) -> None:
    """With room again: whoever calls is served, all is carried out, and the account holds."""
    for zone in ZONES:
        assert _call(house, zone, 9000).wait() == 0
    until_quiet(house)
    house.stop()
    check_everything(house)
    for zone in ZONES:
        assert set(recorded(house, zone)) == acknowledged(house, zone), "what was refused left something behind"
        assert {9000, 9004} <= acknowledged(house, zone)


def test_no_room_for_the_database(bare_template, tmp_path, kind):
    """Refused with the code of a full disk and its sentences; gate and worker live on."""
    with _at_work(bare_template, tmp_path / "var", kind, "inner") as (house, disk):
        for zone in ZONES:
            assert _call(house, zone, 1000).wait() == 0
        until(lambda: all(len(answered(house, zone)) == 5 for zone in ZONES), "both zones are answered")
        disk.fill(house)
        lines: list[str] = []
        for turn in range(2, 60):  # the log of the database may have room left for a few
            assert _call(house, "inner", 1000 * turn, 1).wait() == 0
            lines = house.told("inner").read_text().splitlines()
            if lines[-1].startswith("refused"):
                break
        assert lines[-1].split()[2] == "ground.disk_full"
        assert _call(house, "outer", 2000).wait() == 0
        assert [one.code() for one in house.running[:4]] == [None] * 4, "gate and worker live on"
        if kind == "tmpfs":
            _says_it_at_the_prompt(house)
        disk.free(house)
        _go_on(house)


def _says_it_at_the_prompt(house: House) -> None:
    """An operator at the command line reads three sentences and a code, no traceback."""
    command = [sys.executable, "-m", "taihe.zones.cli", "gate", "probe", "--zone", "inner", "--wait", "0"]
    done = subprocess.run(command, cwd=ROOT, env=house.env("inner"), capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert re.search(r"磁盘空间已满.+没有生效.+系统管理员.+（ground\.disk_full）", done.stderr), done.stderr
    assert "Traceback" not in done.stderr


def test_no_room_in_the_spool(bare_template, tmp_path):
    """Callers are served all the same; letters wait for room, and then cross."""
    with _at_work(bare_template, tmp_path / "var", "tmpfs", "gate") as (house, disk):
        disk.fill(house)
        for zone in ZONES:
            assert _call(house, zone, 1000).wait() == 0
        until(lambda: "No space left" in house.log("inner").read_text("utf-8"), "the gate meets the full spool")
        assert [len(acknowledged(house, zone)) for zone in ZONES] == [5, 5]
        assert not any(arrived(house, zone) for zone in ZONES)
        assert [one.code() for one in house.running[:4]] == [None] * 4, "gate and worker live on"
        assert not list(house.spool("inner").glob(".*.new")), "nothing half written lies about"
        disk.free(house)
        _go_on(house)


def test_what_comes_in_makes_room(bare_template, tmp_path):
    """A spool full of letters is emptied by the zone they are for, although that zone cannot send."""
    with _at_work(bare_template, tmp_path / "var", "tmpfs", "gate") as (house, disk):
        for one in house.running:
            if one.zone == "outer":
                one.kill()
        assert _call(house, "inner", 1000, 20).wait() == 0
        until(lambda: len(list(house.spool("inner").glob("normal-*.letter"))) >= 20, "twenty letters lie in the spool")
        assert _call(house, "outer", 1000, 20).wait() == 0
        disk.fill(house)
        for role in ROLES:
            house.fork("outer", role)
        until(lambda: sum(arrived(house, "outer").values()) == 20, "they are taken in")
        disk.free(house)
        _go_on(house)
