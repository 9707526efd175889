"""`taihe audit`: verify the record, export it, and hand over what the other zone's auditor needs."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from . import prepare

app = typer.Typer(no_args_is_help=True, help="审计：校验、导出、对方链头。")
console = Console(highlight=False)


class Zone(StrEnum):
    """The two zones."""

    inner = "inner"
    outer = "outer"


ZoneOption = Annotated[Zone, typer.Option("--zone", "-z", envvar="TAIHE_ZONE", help="inner 或 outer")]
HeadsOption = Annotated[Path | None, typer.Option(help="对方区留存的链头文件，用于发现尾部被截断")]


@app.command()
def verify(
    zone: ZoneOption = Zone.inner,
    heads: HeadsOption = None,
    chain: Annotated[Path | None, typer.Option(help="改为核验导出的文件")] = None,
    keys: Annotated[Path | None, typer.Option(help="核验导出文件时的公钥文件")] = None,
) -> None:
    """核验审计链；有问题时指出第一条不符的记录。"""
    from taihe.ground.audit.offline import describe, verify_file

    if chain is not None:
        if keys is None:
            raise typer.BadParameter("核验导出文件需要 --keys 公钥文件。")
        report, _ = verify_file(chain, keys, heads)
    else:
        prepare.enter(zone)
        from taihe.ground.audit.service import verify_database

        known = {int(k): v for k, v in json.loads(heads.read_text("utf-8")).items()} if heads else None
        with Progress(transient=True) as progress:
            task = progress.add_task("核验审计链", total=None)
            report = verify_database(known, lambda done, total: progress.update(task, completed=done, total=total))
    console.print(describe(report))
    raise typer.Exit(0 if report.sound else 1)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="写到哪个文件（.jsonl）")],
    zone: ZoneOption = Zone.inner,
    keys: Annotated[Path | None, typer.Option(help="同时写出公钥文件")] = None,
) -> None:
    """导出已封存的审计记录（每行一批）。"""
    prepare.enter(zone)
    from django.conf import settings

    from taihe.ground.actor import Actor
    from taihe.ground.audit.actions import note_export
    from taihe.ground.audit.verify import export as write
    from taihe.ground.signing import KeyRing

    with target.open("w", encoding="utf-8") as out:
        batches = write(out)
    if keys:
        keys.write_bytes(KeyRing(settings.TAIHE_KEY_DIR).export_public("audit"))
    note_export(Actor.system("命令行"), batches, str(target.name))
    console.print(f"已导出 {batches} 批到 {target}。")


@app.command("peer-heads")
def peer_heads(
    target: Annotated[Path, typer.Argument(help="写到哪个文件（.json）")], zone: ZoneOption = Zone.inner
) -> None:
    """写出本区留存的对方区审计链头，供对方区核验时比对。"""
    prepare.enter(zone)
    from taihe.gate.queries import kept_heads

    heads = kept_heads()
    target.write_text(json.dumps(heads, indent=1), "utf-8")
    console.print(f"已写出 {len(heads)} 个链头到 {target}。")
