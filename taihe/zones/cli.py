"""The `taihe` command: what an operator does at a prompt."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from taihe.ground.errors import CountyError

from . import audit_cli, gate_cli, portal_cli, prepare, setup_cli
from .audit_cli import Zone, ZoneOption
from .stopping import stop_switch

app = typer.Typer(no_args_is_help=True, add_completion=False, help="太和县电子政务系统：启动、安装、巡检与维护命令。")
app.add_typer(gate_cli.app, name="gate")
app.add_typer(audit_cli.app, name="audit")
app.add_typer(portal_cli.app, name="portal")
app.command("setup")(setup_cli.setup)


@app.command()
def up(
    zone: Annotated[Zone | None, typer.Option(help="只启动一个区；不写则两区都启动（演示）")] = None,
) -> None:
    """准备并启动全部进程（Ctrl-C 停止）。"""
    from .up import ZONES, Site
    from .up import up as run

    raise typer.Exit(run(Site.of_environment((zone.value,) if zone else ZONES)))


@app.command("prepare")
def prepare_zone(zone: ZoneOption) -> None:
    """建立或更新一个区的数据表、静态文件和机构数据。"""
    prepare.enter(zone)
    prepare.prepare(zone)


@app.command()
def worker(zone: ZoneOption, queue: Annotated[str, typer.Option(help="队列名称")] = "main") -> None:
    """运行一个区的后台任务进程。"""
    prepare.enter(zone)
    from taihe.ground.outbox.worker import work

    work(queue, stop_switch())


@app.command()
def index(zone: ZoneOption, rebuild: Annotated[bool, typer.Option(help="清空后重建全部检索")] = False) -> None:
    """运行一个区的检索写入进程（一个区只能有一个）。"""
    prepare.enter(zone)
    from taihe.ground.search import indexer

    if rebuild:
        typer.echo(f"已安排重建 {indexer.rebuild()} 条。")
        return
    indexer.run(stop_switch())


def main() -> None:
    """Run the command; a refusal is printed as its sentences, without a traceback."""
    os.umask(0o077)
    try:
        app()
    except CountyError as refusal:
        typer.secho(refusal.sentence(), fg=typer.colors.RED, err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
