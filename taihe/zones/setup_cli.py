"""`taihe setup`: what a production machine needs once, before `taihe up`."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from taihe.ground.errors import CountyError

from . import keys, prepare
from .audit_cli import Zone
from .up import TITLES, ZONES, Site

console = Console(highlight=False)


def setup(
    zone: Annotated[Zone | None, typer.Option(help="只安装一个区（两区各在一台主机时）")] = None,
) -> None:
    """安装：生成密钥、建立数据表、装入机构数据、设立三名管理员（一次性密码只显示一次）。"""
    site = Site.of_environment((zone.value,) if zone else ZONES)
    site.var.mkdir(parents=True, exist_ok=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for name in site.zones:
            task = progress.add_task(f"{TITLES[name]}：生成密钥", total=1)
            keys.make_keys(site.key_folder(name), name, demo=not site.production)
            progress.update(task, completed=1)
            task = progress.add_task(f"{TITLES[name]}：建立数据表和基础数据", total=1)
            done = subprocess.run(  # noqa: S603  our own command
                [sys.executable, "-m", "taihe.zones.cli", "prepare", "--zone", name], check=False
            )
            if done.returncode:
                raise typer.Exit(done.returncode)
            progress.update(task, completed=1)
    if not site.production and len(site.zones) > 1:
        keys.introduce({name: site.key_folder(name) for name in site.zones})
    if "inner" in site.zones:
        _found()
    _next_steps(site)


def _found() -> None:
    prepare.enter("inner")
    from taihe.ground.actor import Actor
    from taihe.inner.people.actions.first import make_first_administrators
    from taihe.inner.people.models import Duty

    names = {Duty.SYSTEM: "sysadmin", Duty.SECURITY: "secadmin", Duty.AUDIT: "auditor"}
    people = {duty.value: (name, str(duty.label)) for duty, name in names.items()}
    try:
        passwords = make_first_administrators(Actor.system("安装"), people)
    except CountyError as refusal:
        console.print(refusal.sentence())
        return
    table = Table("职责", "登录名", "一次性密码", title="三名管理员（请分别交给三个人，首次登录须改密）")
    for sign_in_name, title in people.values():
        table.add_row(title, sign_in_name, passwords[sign_in_name])
    console.print(table)


def _next_steps(site: Site) -> None:
    if site.production:
        console.print("下一步：两区交换公钥文件并核对指纹（taihe gate keys export / import），再运行 taihe up。")
    else:
        console.print("下一步：运行 taihe up。")
