"""What `taihe up` does: make ready what is not, then run every process of the zones under one supervisor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from taihe.ground.errors import BadSetup

from . import keys, prepare
from .supervise import Program, supervise

ZONES = ("inner", "outer")
PORTS = {"inner": "TAIHE_INNER_PORT", "outer": "TAIHE_OUTER_PORT"}
DEFAULT_PORTS = {"inner": 8100, "outer": 8200}
TITLES = {"inner": "非涉密办公区", "outer": "互联网服务区"}
console = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Site:
    """Where the zones of this machine lie and listen."""

    var: Path
    county: Path
    production: bool
    host: str
    zones: tuple[str, ...]

    @classmethod
    def of_environment(cls, zones: tuple[str, ...] = ZONES) -> Site:
        """The site as the environment describes it (see zones.settings.base)."""
        root = prepare.REPOSITORY
        return cls(
            var=Path(os.environ.get("TAIHE_VAR", root / "var")).resolve(),
            county=Path(os.environ.get("TAIHE_COUNTY_DIR", root / "config" / "taihe")).resolve(),
            production=os.environ.get("TAIHE_MODE") == "production",
            host=os.environ.get("TAIHE_HOST", "127.0.0.1"),
            zones=zones,
        )

    def key_folder(self, zone: str) -> Path:
        """Where a zone's keys lie."""
        return self.var / zone / "keys"

    def port(self, zone: str) -> int:
        """The port a zone's front listens on."""
        return int(os.environ.get(PORTS[zone], DEFAULT_PORTS[zone]))

    def address(self, zone: str) -> str:
        """The address a person opens."""
        return f"http://{self.host}:{self.port(zone)}/"


def _ready_keys(site: Site) -> None:
    if site.production:
        for zone in site.zones:
            keys.require_production(site.key_folder(zone), zone)
        return
    for zone in site.zones:
        for made in keys.make_keys(site.key_folder(zone), zone, demo=True):
            console.print(f"  {TITLES[zone]}：生成密钥 {made}")
    if len(site.zones) > 1:
        keys.introduce({zone: site.key_folder(zone) for zone in site.zones})


def _ready_zones(site: Site) -> None:
    """Bring every zone that is behind up to date, both at once, each in a process of its own."""
    behind = [zone for zone in site.zones if not prepare.is_ready(site.var / zone, zone, site.county)]
    running = {}
    for zone in behind:
        console.print(f"  {TITLES[zone]}：建立数据表、静态文件{'和演示数据' if zone == 'inner' else ''} …")
        running[zone] = subprocess.Popen(  # noqa: S603  our own command
            [sys.executable, "-m", "taihe.zones.cli", "prepare", "--zone", zone], env=environment(site, zone)
        )
    failed = [zone for zone, process in running.items() if process.wait()]
    if failed:
        raise BadSetup(
            what=f"{'、'.join(TITLES[zone] for zone in failed)}没有准备好。", fix="请查看上面的错误，改正后重新启动。"
        )


def environment(site: Site, zone: str) -> dict[str, str]:
    """What a zone's processes find around them.

    Where Python is told to keep no compiled modules beside the source, they lie below var: nine processes that
    each compile three thousand files would take half a minute.
    """
    env = dict(os.environ, TAIHE_ZONE=zone, DJANGO_SETTINGS_MODULE=f"taihe.zones.settings.{zone}")
    if env.pop("PYTHONDONTWRITEBYTECODE", ""):
        env["PYTHONPYCACHEPREFIX"] = str(site.var / "compiled")
    return env


def programs(site: Site) -> list[Program]:
    """Every process of design.md "Processes": front, worker, index writer and gate half of each zone; the baker."""
    found = []
    for zone in site.zones:
        env = environment(site, zone)
        command = [sys.executable, "-m", "taihe.zones.cli"]
        front = [
            *(sys.executable, "-m", "granian", "--interface", "rsgi", "--workers", "1", "--no-ws", "--http", "1"),
            *(
                "--host",
                site.host,
                "--port",
                str(site.port(zone)),
                "--workers-kill-timeout",
                "8",
                "--log-level",
                "warning",
                "taihe.zones.front:app",
            ),
        ]
        found += [
            Program(f"{zone}.web", front, env),
            Program(f"{zone}.worker", [*command, "worker"], env),
            Program(f"{zone}.index", [*command, "index"], env),
            Program(f"{zone}.gate", [*command, "gate", "run"], env),
        ]
        if zone == "inner":  # making all public pages anew takes minutes, and nobody's letter waits for it
            found.append(Program("inner.bake", [*command, "worker", "--queue", "bake"], env))
    return found


def banner(site: Site, started: float) -> None:
    """Addresses and, in demo mode, where to sign in as whom."""
    console.rule("[bold]太和县电子政务系统已启动[/bold]" + ("" if site.production else "（演示）"))
    for zone in site.zones:
        console.print(f"  {TITLES[zone]}  {site.address(zone)}")
    if not site.production:
        for line in prepare.demo_lines(site.county):
            console.print(f"  {line}")
    console.print(f"  用时 {time.monotonic() - started:.1f} 秒；按 Ctrl-C 停止。")


def up(site: Site) -> int:
    """Make ready, run, and return the exit code when asked to stop."""
    started = time.monotonic()
    console.print("准备运行环境 …")
    site.var.mkdir(parents=True, exist_ok=True)
    _ready_keys(site)
    _ready_zones(site)
    health = [f"{site.address(zone)}healthz" for zone in site.zones]
    return supervise(programs(site), health=health, on_ready=lambda: banner(site, started))
