"""A four-page notice: drawn after GB/T 9704, drawn and sealed, and checked, against LibreOffice making a PDF of it.

Ours is one process on one core with everything warm: the notice as data, typst, one PAdES-B-LT signature with its
time stamp and revocation list, and the check of the sealed PDF.  The peer is what offices without such a library
do: LibreOffice without windows turns the same text from .docx into PDF, a fresh program start for each paper, then the
same notice ten times in one start, so that the start counts little; it knows no margins to the half millimetre and
signs nothing.  Without `soffice` (some 300 MB, so not among our packages: ``apt-get
install --no-install-recommends libreoffice-writer-nogui``) the peer's columns stay empty and the row says so.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import setting

if TYPE_CHECKING:
    from taihe.ground.paper import Paper

ROUNDS = 20
PEER_ROUNDS = 3
TOGETHER = 10
PAGES = 4
PEER = "LibreOffice, .docx to PDF"
ORGAN = "太和县人民政府"
TEXT = "为进一步提升全县政务服务效能，根据上级有关要求，结合我县实际，现将有关事项通知如下（演示）。"


def notice() -> Paper:
    """An invented notice that fills four pages, 版记 included."""
    from taihe.ground.paper import Paper, Paragraph, Run

    blocks: list[Any] = [Paragraph(level=0, runs=(Run(text=TEXT * 2),))]
    for mark in "一二三四五":
        blocks.append(Paragraph(level=1, heading=f"{mark}、加强组织领导"))
        blocks.append(Paragraph(level=2, heading="（一）压实工作责任。", runs=(Run(text=TEXT * 3),)))
        blocks.append(Paragraph(level=3, heading="1.聚焦重点。", runs=(Run(text=TEXT * 2),)))
    return Paper(
        mark=(f"{ORGAN}文件",), number="太政演〔2026〕5号", title_lines=(ORGAN, "关于演示事项的通知"),
        addressees="各乡镇人民政府，县政府各部门、各直属机构", blocks=tuple(blocks), organs=(ORGAN,),
        date="2026年11月22日", copies="县委各部门，县人大常委会办公室，县政协办公室",
        printed_by="太和县人民政府办公室", printed_on="2026年11月22日印发", watermark="演示",
    )  # fmt: skip


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """Median of some rounds, after one that is not counted."""
    work()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def as_word(paper: Paper, file: Path) -> None:
    """The same text as a Word file, as a clerk would have it."""
    from docx import Document
    from docx.shared import Mm, Pt

    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin, section.top_margin, section.bottom_margin = (
        Mm(28),
        Mm(26),
        Mm(37),
        Mm(35),
    )
    made.styles["Normal"].font.size = Pt(16)
    lines = [*paper.mark, paper.number, *paper.title_lines, f"{paper.addressees}："]
    lines += [
        f"{one.heading}{''.join(run.text for run in one.runs)}" for one in paper.blocks if one.kind == "paragraph"
    ]
    lines += [*paper.organs, paper.date, f"抄送：{paper.copies}。", f"{paper.printed_by} {paper.printed_on}"]
    for line in lines:
        made.add_paragraph(line)
    made.save(str(file))


def libreoffice(program: str, files: list[Path], folder: Path) -> None:
    """One start of LibreOffice that turns the files into PDF."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder / "out")]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True, timeout=300)
    missing = [one.name for one in files if not (folder / "out" / f"{one.stem}.pdf").exists()]
    if missing:
        raise RuntimeError(f"LibreOffice made no PDF of {', '.join(missing)}")


def peer_times(paper: Paper) -> tuple[float, float] | None:
    """Milliseconds a paper: a start for each, and ten in one start; None where LibreOffice is not installed."""
    program = shutil.which("soffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="bench-paper-") as name:
        folder = Path(name)
        files = [folder / f"notice-{number}.docx" for number in range(TOGETHER)]
        for file in files:
            as_word(paper, file)
        alone = milliseconds(lambda: libreoffice(program, files[:1], folder), PEER_ROUNDS)
        together = milliseconds(lambda: libreoffice(program, files, folder), 1) / TOGETHER
    return alone, together


def _row(name: str, ours: float, theirs: float | None, peer: str = PEER) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(ours, 1),
        "unit": "ms",
        "peer": peer if theirs is not None else "LibreOffice not installed",
        "peer_value": None if theirs is None else round(theirs, 1),
        "ratio": None if theirs is None else round(ours / theirs, 4),
    }


def run() -> list[dict[str, Any]]:
    """Milliseconds to draw, to draw and seal, and to check one notice."""
    folder = setting.stand_up("inner", "paper")
    setting.stay_on_core(setting.server_and_load_cores()[0])
    from taihe.ground.paper import render
    from taihe.ground.paper.authority import Authority
    from taihe.ground.paper.render import seal_picture
    from taihe.ground.paper.signature import SealMark, check_seals, put_seals

    paper, authority = notice(), Authority(folder / "authority", "基准（演示）")
    credential = authority.issue(f"{ORGAN}（样章）", ORGAN)
    drawn = render(paper)
    if drawn.pages != PAGES:
        raise RuntimeError(f"the notice has {drawn.pages} pages, not {PAGES}")

    def sealed() -> bytes:
        made = render(paper)
        date = made.of("date")[0]
        mark = SealMark(f"{ORGAN}（样章）", credential, seal_picture(ORGAN), date.page, date.centre, date.y - 10)
        return put_seals(made.pdf, [mark], authority, reason="发文用印", revoked={})

    pdf, roots, lists = sealed(), [authority.root.signing_certificate], [authority.revocations({})]
    if not check_seals(pdf, roots, lists).sound:
        raise RuntimeError("the sealed notice does not pass its own check")
    draw = milliseconds(lambda: render(paper), ROUNDS)
    seal = milliseconds(sealed, ROUNDS)
    check = milliseconds(lambda: check_seals(pdf, roots, lists), ROUNDS)
    theirs = peer_times(paper)
    alone, together = theirs or (None, None)
    return [
        _row("paper.draw, 4 pages", draw, alone),
        _row("paper.draw, 4 pages, many in a row", draw, together, f"{PEER}, ten in one start"),
        _row("paper.draw and seal", seal, alone, f"{PEER}, unsigned"),
        {"name": "paper.check one seal", "value": round(check, 1), "unit": "ms"}
        | {"peer": "-", "peer_value": None, "ratio": None},
    ]
