"""`taihe gate`: run a half of the passage, look at it, exchange keys, begin a new epoch, deal with quarantine."""

from __future__ import annotations

import getpass
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from taihe.gate.titles import LANE_TITLES, ZONE_TITLES, epoch_title

from . import prepare
from .audit_cli import ZoneOption
from .stopping import stop_switch

app = typer.Typer(no_args_is_help=True, help="隔离交换：状态、密钥交换、通路测试、世代提升、隔离处置。")
keys_app = typer.Typer(no_args_is_help=True, help="两区交换公钥：导出文件，带到对方区导入，并比对指纹。")
quarantine_app = typer.Typer(no_args_is_help=True, help="被隔离的信：查看、放行、关闭。")
app.add_typer(keys_app, name="keys")
app.add_typer(quarantine_app, name="quarantine")
console = Console(highlight=False)

ReasonOption = Annotated[str, typer.Option(help="原因（不少于4个字，记入审计）", prompt="原因")]
NumberArgument = Annotated[int, typer.Argument(help="隔离记录编号")]


def _operator() -> Any:
    from taihe.ground.actor import Actor

    return Actor.system(f"命令行 {getpass.getuser()}")


def _moment(at: datetime | None) -> str:
    from taihe.ground import clock

    return f"{clock.local(at):%m-%d %H:%M:%S}" if at else "—"


@app.command()
def run(zone: ZoneOption) -> None:
    """运行一个区的隔离交换进程。"""
    prepare.enter(zone)
    from taihe.gate.half import run_half

    run_half(stop_switch())


# Looking ---------------------------------------------------------------------------------------


@app.command()
def status(zone: ZoneOption, json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False) -> None:
    """显示通道序号、积压、隔离、告警和对方心跳。"""
    prepare.enter(zone)
    from taihe.gate.queries import gate_status
    from taihe.ground.digests import canonical

    found = gate_status()
    if json:
        typer.echo(canonical(found).decode())
        return
    way = "" if found["acknowledged"] else "（单向方式，无回执）"
    console.print(
        f"{ZONE_TITLES[found['zone']]} ⇄ {ZONE_TITLES[found['peer_zone']]}{way}  状态截至 {_moment(found['as_of'])}"
    )
    console.print(_out_table(found["out"]))
    console.print(_in_table(found["in"]))
    counts = found["counts"]
    console.print(
        f"待确认 {counts['waiting']} 封，搁置 {counts['shelved']} 项，隔离 {counts['quarantined']} 件，"
        f"无法重发 {counts['gone']} 封（含个人信息的信确认后即清除）"
    )
    for one in found["alarms"]:
        console.print(f"[red]告警[/red] {_moment(one['raised_at'])} {one['sentence']}（{one['times']} 次）")
    for one in found["peer"].get("alarms", ()):
        console.print(f"[yellow]对方区告警[/yellow] {one['sentence']}")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for one in columns:
        table.add_column(one, overflow="fold")
    return table


def _out_table(lanes: list[dict[str, Any]]) -> Table:
    table = _table("发出", "通道", "世代", "序号", "已确认", "待确认", "最早一封", "状态")
    for one in lanes:
        numbers = (str(one[key]) for key in ("sequence", "acked", "waiting"))
        name = LANE_TITLES[one["lane"]]
        table.add_row(name, epoch_title(one["epoch"]), *numbers, _moment(one["oldest_at"]), one["held_text"] or "正常")
    return table


def _in_table(lanes: list[dict[str, Any]]) -> Table:
    table = _table("收到", "通道", "世代", "序号", "最近收到", "状态")
    for one in lanes:
        gap = f"缺第 {one['sequence'] + 1} 号，自 {_moment(one['gap_since'])}" if one["gap_since"] else "正常"
        table.add_row(
            LANE_TITLES[one["lane"]], epoch_title(one["epoch"]), str(one["sequence"]), _moment(one["moved_at"]), gap
        )
    return table


@app.command()
def probe(
    zone: ZoneOption,
    number: Annotated[int | None, typer.Option(help="测试编号（默认取当前时间）")] = None,
    wait: Annotated[float, typer.Option(help="最多等待应答的秒数，0 为不等待")] = 30,
) -> None:
    """发一封通路测试信，等待应答并显示往返各用多少秒。"""
    prepare.enter(zone)
    from taihe.gate.queries import probe_run
    from taihe.gate.watch.actions import send_probe

    sent = send_probe(_operator(), number if number is not None else int(time.time()))
    typer.echo(f"测试 {sent.number} 已发出。")
    limit = time.monotonic() + wait
    while wait and time.monotonic() < limit:
        now = probe_run(sent.pk)
        if now.answered_at:
            typer.echo(f"已应答：去程 {now.there_seconds:.2f} 秒，回程 {now.back_seconds:.2f} 秒（按两区各自的钟）。")
            return
        time.sleep(0.1)
    if wait:
        typer.echo(f"等待 {wait:g} 秒仍未应答，请用 taihe gate status 查看两区状态。", err=True)
        raise typer.Exit(1)


# Keys ------------------------------------------------------------------------------------------


def _ring() -> Any:
    from django.conf import settings

    from taihe.ground.signing import KeyRing

    return KeyRing(settings.TAIHE_KEY_DIR)


@keys_app.command("export")
def keys_export(zone: ZoneOption, target: Annotated[Path, typer.Argument(help="写到哪个文件")]) -> None:
    """导出本区公钥文件，并显示要念给对方核对的指纹。"""
    prepare.enter(zone)
    from .keys import export_for_peer

    ring = _ring()
    target.write_bytes(export_for_peer(ring.folder))
    typer.echo(f"已写入 {target}。请把文件带到对方区导入，并当面或电话核对指纹：")
    typer.secho(ring.fingerprint("gate"), bold=True)


@keys_app.command("import")
def keys_import(
    zone: ZoneOption,
    source: Annotated[Path, typer.Argument(help="对方区导出的公钥文件", exists=True, dir_okay=False)],
    fingerprint: Annotated[str, typer.Option(help="对方念出的指纹", prompt="对方念出的指纹")],
) -> None:
    """导入对方区公钥；指纹不一致的不导入。"""
    prepare.enter(zone)
    from taihe.gate.setup import gate_setup

    taken = _ring().import_peer(gate_setup().peer, source.read_bytes(), fingerprint)
    typer.echo(f"已导入对方区 {len(taken)} 把公钥：" + "、".join(f"{purpose} {key_id}" for purpose, key_id in taken))


@keys_app.command("show")
def keys_show(zone: ZoneOption) -> None:
    """显示本区与对方区的签名公钥指纹。"""
    prepare.enter(zone)
    from taihe.gate.setup import gate_setup

    ring, peer = _ring(), gate_setup().peer
    typer.echo(f"本区：  {ring.fingerprint('gate')}")
    known = "gate" in ring.purposes(peer)
    typer.echo(f"对方区：{ring.fingerprint('gate', peer=peer) if known else '尚未导入'}")


# Acting ----------------------------------------------------------------------------------------


@app.command()
def resync(
    zone: ZoneOption,
    reason: ReasonOption,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    """提升世代：本区发出的各通道从第 1 号重新开始，未确认的信重新封装后再发。"""
    prepare.enter(zone)
    from taihe.gate.operating.actions import resync as act

    if not yes:
        typer.confirm("只在一方恢复过备份、或缺号无法补齐时使用。确定提升世代？", abort=True)
    done = act(_operator(), reason)
    typer.echo(
        f"已进入新世代（{epoch_title(done.epoch)}），重新封装 {done.letters} 封；另有 {done.gone} 封已清除、无法重发。"
    )


@app.command()
def ferry(
    legs: Annotated[list[str], typer.Argument(help="路线，形如 甲区发送目录:乙区接收目录，可写多条")],
    every: Annotated[float, typer.Option(help="间隔秒数")] = 60,
    lose: Annotated[float, typer.Option(help="演练时故意丢失的比例（0-1）", min=0, max=1)] = 0,
) -> None:
    """代替网闸定时搬运文件（演练和测试用）。"""
    from taihe.gate.ferry import Leg, run_ferry

    ways = [Leg(Path(source), Path(target)) for source, _, target in (one.partition(":") for one in legs)]
    if any(not str(one.target).strip(".") for one in ways):
        raise typer.BadParameter("路线要写成 发送目录:接收目录。")
    run_ferry(ways, every, stop_switch(), lose=lose)


@quarantine_app.command("list")
def quarantine_list(zone: ZoneOption) -> None:
    """列出未处置的隔离记录。"""
    prepare.enter(zone)
    from taihe.gate.queries import open_quarantine

    table = _table("隔离", "编号", "时间", "信件", "次数", "原因", "代码")
    for one in open_quarantine():
        letter = f"{one.kind} {LANE_TITLES[one.lane]} {one.sequence}" if one.kind else "—"
        reason = one.sentence.split("。")[0]
        table.add_row(str(one.pk), _moment(one.at), letter, str(one.times), reason, one.code.removeprefix("gate."))
    console.print(table)


@quarantine_app.command("show")
def quarantine_show(zone: ZoneOption, number: NumberArgument) -> None:
    """显示一条隔离记录的全部内容。"""
    prepare.enter(zone)
    from taihe.gate.operating.actions import RELEASABLE
    from taihe.gate.queries import quarantined
    from taihe.gate.setup import gate_setup

    row = quarantined(number)
    for name, value in {
        "原因": row.sentence,
        "文件": row.file,
        "摘要": row.digest,
        "存放": str(gate_setup().quarantine / f"{row.digest}.letter"),
        "信件": f"{row.kind} {row.lane} {row.epoch or ''}:{row.sequence or ''} {row.letter_id}",
        "出现": f"{_moment(row.at)} 至 {_moment(row.last_at)}，共 {row.times} 次",
        "可否放行": "可以，须人工核实" if row.code in RELEASABLE else "不可以",
        "处置": f"{_moment(row.closed_at)} {row.closed_by} {row.reason}" if row.closed_at else "未处置",
    }.items():
        console.print(f"{name}：{value}")


@quarantine_app.command("release")
def quarantine_release(zone: ZoneOption, number: NumberArgument, reason: ReasonOption) -> None:
    """核实后放行（仅限过期的信和附件待核实的信）。"""
    prepare.enter(zone)
    from taihe.gate.operating.actions import release_quarantined

    row = release_quarantined(_operator(), number, reason)
    typer.echo(f"已放行：{row.kind}，将由后台任务办理。")


@quarantine_app.command("close")
def quarantine_close(zone: ZoneOption, number: NumberArgument, reason: ReasonOption) -> None:
    """处置完毕，关闭记录并清除被隔离的文件。"""
    prepare.enter(zone)
    from taihe.gate.operating.actions import close_quarantined

    close_quarantined(_operator(), number, reason)
    typer.echo("已关闭。")
