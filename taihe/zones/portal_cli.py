"""`taihe portal release`: where publishing stands, make one now, verify what is in force, sweep what nobody needs."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer
from rich.console import Console

from . import prepare

app = typer.Typer(no_args_is_help=True, help="门户网站：页面发布。")
release_app = typer.Typer(no_args_is_help=True, help="页面发布：状态、立即制作、核验、清理。")
app.add_typer(release_app, name="release")
console = Console(highlight=False)

FullOption = Annotated[bool, typer.Option("--full", help="全部页面重新制作（同时结束回退）")]
ReasonOption = Annotated[str, typer.Option(help="原因，记入发布记录；全量重制时必填")]


@release_app.command()
def status(json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """显示最新发布、公众正在看到的发布和未关闭的告警。"""
    prepare.enter("inner")
    from taihe.ground.digests import canonical
    from taihe.inner.portal.release import queries

    found = queries.summary()
    if json:
        typer.echo(canonical(found).decode())
        return
    if not found["newest"]:
        console.print("还没有发布。")
    else:
        console.print(f"最新发布：第{found['newest']}号，{found['pages']} 个文件，{found['cause']}")
        console.print(f"公众正在看到：{_number(found['outer'])}；对方接受过的最高号：{found['outer_highest']}")
    if found["pinned"]:
        console.print(f"[yellow]网站停在第{found['pinned']}号发布的内容上，其后批准的内容暂不发布[/yellow]")
    console.print(f"未关闭的发布告警 {found['alarms']} 条")


def _number(number: int) -> str:
    return f"第{number}号" if number else "尚未告知"


@release_app.command()
def make(full: FullOption = False, reason: ReasonOption = "") -> None:
    """立即制作并送出一次发布；没有变化时什么也不做。"""
    if full and len(reason.strip()) < 4:
        raise typer.BadParameter("全量重制请用 --reason 写明原因（不少于4个字）。")
    prepare.enter("inner")
    from taihe.inner.portal.models import Release
    from taihe.inner.portal.release.making import Maker, Order

    order = Order(Release.Kind.FULL if full else Release.Kind.BAKE, reason.strip(), f"命令行 {getpass.getuser()}")
    made = Maker(order).run()
    if made is None:
        console.print("没有变化，不需要发布。")
        return
    speed = f"{made.pages} 个文件，更新 {made.changed} 个，用时 {made.seconds:.1f} 秒"
    console.print(f"已制成第{made.number}号发布：{speed}。")


@release_app.command()
def verify() -> None:
    """核验正在使用的发布：清单签名，以及每一份内容的摘要。"""
    prepare.enter("inner")
    from taihe.inner.portal.release.checking import check_newest

    found: Any = check_newest()
    if found is None:
        console.print("还没有发布。")
        return
    if found.sound:
        console.print(f"第{found.number}号发布完好：清单签名有效，{found.contents} 份内容与摘要一致。")
        return
    for line in found.faults[:20]:
        console.print(f"[red]{line}[/red]")
    console.print(
        f"第{found.number}号发布有 {len(found.faults)} 处问题，请运行 taihe portal release make --full 重制。"
    )
    raise typer.Exit(1)


@release_app.command()
def sweep() -> None:
    """删除不再保留的旧发布的内容（平时每6小时自动进行）。"""
    prepare.enter("inner")
    from taihe.inner.portal.release.jobs import sweep_now

    console.print(f"已删除 {sweep_now()} 份内容。")
