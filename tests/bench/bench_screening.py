"""How fast a text is looked through before publication, against what one would write without a library.

The text is invented neutral Chinese as offices write it, with punctuation, dates and amounts; the lists are two
thousand invented words besides the county's own.  Both sides search the same words in the same text on one core.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import statistics
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench import setting

SEED = 20260101
WORDS = 2_000
TEXT_CHARACTERS = 700_000
PEER_CHARACTERS = 20_000
ARTICLE_CHARACTERS = 1_500
ROUNDS = 5

_ENDS = ("，", "，", "，", "、", "。", "。\n")
_PHRASES = (
    "全县",
    "各乡镇",
    "有关部门",
    "认真组织",
    "进一步做好",
    "农业生产",
    "安全检查",
    "工作方案",
    "按照要求",
    "及时上报",
    "群众反映的问题",
    "道路养护",
    "防汛准备",
    "基层服务",
    "现将情况通报如下",
    "加强宣传引导",
    "规范办理流程",
    "督促整改落实",
    "统一思想认识",
    "明确责任分工",
    "村级信息点",
    "小麦长势良好",
    "水利设施维修",
    "办事窗口",
    "提前一天预约",
    "三百二十户",
    "2026年3月12日",
    "共计1200亩",
    "占比35.6%",
    "（第二批）",
    "《实施方案》",
    "GDP增长",
)


def text_of(length: int) -> str:
    """Neutral office prose of about `length` characters, the same at every run."""
    chance = random.Random(SEED)
    parts: list[str] = []
    size = 0
    while size < length:
        parts.append(chance.choice(_PHRASES) + (chance.choice(_ENDS) if chance.random() < 0.4 else ""))
        size += len(parts[-1])
    return "".join(parts)


def words() -> list[str]:
    """Invented words of three to six characters that the text does not hold."""
    chance = random.Random(SEED)
    letters = [chr(code) for code in range(0x5B80, 0x6B80)]
    return sorted({"".join(chance.choices(letters, k=chance.randint(3, 6))) for _ in range(WORDS)})


def county_with(listed: list[str], folder: Path) -> None:
    """A county folder with our word lists and the invented words beside them."""
    from taihe.ground.screening import rebuild_manifest

    shutil.rmtree(folder, ignore_errors=True)
    for part in ("rules", "words"):
        shutil.copytree(setting.ROOT / "config" / "taihe" / part, folder / part)
    lines = ["id: bench", "title: 测速用词", "class: harmful", "words:", *(f"  - {word}" for word in listed)]
    (folder / "words" / "bench.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    rebuild_manifest(folder / "words")


def seconds(work: Callable[[], object]) -> float:
    """Median of a few rounds, after one that warms the caches."""
    work()
    taken = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def row(name: str, value: float, unit: str, peer: str, peer_value: float) -> dict[str, Any]:
    """One row of the table; the ratio says how many times the peer's figure ours is."""
    return {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "peer": peer,
        "peer_value": round(peer_value, 2),
        "ratio": round(value / peer_value, 2),
    }


def run() -> list[dict[str, Any]]:
    """MB/s (UTF-8) over a long text and over a page, and the time of a text with findings."""
    folder = setting.stand_up("inner", "screening")
    os.environ["TAIHE_COUNTY_DIR"] = str(folder / "county")
    listed = words()
    county_with(listed, folder / "county")

    from taihe.ground.screening import load_lists, screen

    lists, _version = load_lists()
    every = [one.word for found in lists for one in found.entries if found.klass not in ("allow", "label")]
    alternation = re.compile("|".join(map(re.escape, sorted(every, key=len, reverse=True))))

    def peer(text: str) -> list[str]:
        return alternation.findall(unicodedata.normalize("NFKC", text))

    long, short, page = text_of(TEXT_CHARACTERS), text_of(PEER_CHARACTERS), text_of(ARTICLE_CHARACTERS)
    if screen(long).level != "pass" or peer(short):
        raise RuntimeError(json.dumps([one.sentence() for one in screen(long).findings[:5]], ensure_ascii=False))

    def megabytes_a_second(text: str, work: Callable[[str], object]) -> float:
        return len(text.encode()) / 1e6 / seconds(lambda: work(text))

    marked = text_of(TEXT_CHARACTERS // 2) + "测 试 禁 词 甲。" + text_of(TEXT_CHARACTERS // 2)
    name = "Python re alternation over NFKC text"
    peer_speed = megabytes_a_second(short, peer)
    return [
        row("screening, 2 MB without findings", megabytes_a_second(long, screen), "MB/s", name, peer_speed),
        row("screening, 2 MB with a finding", megabytes_a_second(marked, screen), "MB/s", name, peer_speed),
        row("screening, one page", megabytes_a_second(page, screen), "MB/s", name, megabytes_a_second(page, peer)),
    ]
