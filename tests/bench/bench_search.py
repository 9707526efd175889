"""Search of the public site at 200,000 pages: count and first ten, against SQLite FTS5 over two-character pieces.

Both hold the same invented pages: prose whose words are as frequent as the words of the demo articles are, with
village names that only few pages bear.  Questions are what people type: one word, two words, a name, a phrase that
stands in some page.  FTS5 knows no Chinese words; overlapping pairs of characters, asked as phrases, are its usual
way round.  Times are of one process on one core, after a warming round; data sets are kept in var/bench/search.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.bench import setting

if TYPE_CHECKING:
    from taihe.ground.search.index import Index
    from taihe.ground.search.sources import Document

SEED = 20260101
PAGES = 200_000
BODY_WORDS = 130
VILLAGES = 4_000
QUESTIONS = 300
BATCH = 20_000
COLUMNS = [f"/l{number}/" for number in range(12)]
NEWEST = datetime(2026, 11, 20, tzinfo=UTC)
DEMO = setting.ROOT / "config" / "taihe" / "demo" / "portal" / "articles"
PEER = "SQLite FTS5, character pairs"


def vocabulary() -> tuple[list[str], list[int]]:
    """The words of the demo articles, and how often each of them and of those before it occurs."""
    from taihe.ground.search.words import segments

    rows = [row for file in sorted(DEMO.glob("*.yaml")) for row in yaml.safe_load(file.read_text("utf-8"))]
    counts = Counter(word for row in rows for word in segments(f"{row['title']} {row['body']}") if not word.isascii())
    words = sorted(counts)
    return words, list(accumulate(counts[word] for word in words))


def villages(chance: random.Random) -> list[str]:
    """Invented names of places that a few pages bear each."""
    letters = "东西南北上下前后大小新老李王张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹"
    return sorted({"".join(chance.choices(letters, k=3)) + "庄" for _ in range(VILLAGES)})


def pages() -> Iterator[Document]:
    """Invented pages, the same at every run."""
    from taihe.ground.search.sources import Document

    chance = random.Random(SEED)
    words, weights = vocabulary()
    places = villages(chance)
    for number in range(PAGES):
        drawn = chance.choices(words, cum_weights=weights, k=BODY_WORDS + 6)
        place = chance.choice(places)
        body = "".join(word + ("，" if at % 9 == 8 else "") for at, word in enumerate(drawn[6:]))
        yield Document(
            kind="page",
            key=f"/content/{number}.html",
            title=f"{place}{''.join(drawn[:6])}",
            text=f"{body}。{place}",
            url="",
            scopes=("public",),
            facets=(chance.choice(COLUMNS),),
            at=NEWEST - timedelta(minutes=13 * number),
        )


def questions() -> list[str]:
    """What is asked: words by their frequency, pairs of words, places, and pieces of sentences."""
    chance = random.Random(SEED + 1)
    words, weights = vocabulary()
    places = villages(random.Random(SEED))
    longer = [(word, weight) for word, weight in zip(words, weights, strict=True) if len(word) > 1]
    several, cumulated = [word for word, _ in longer], list(range(1, len(longer) + 1))

    def word() -> str:
        return chance.choices(several, cum_weights=cumulated)[0]

    frequent = [one for one in chance.choices(words, cum_weights=weights, k=QUESTIONS) if len(one) > 1]
    found = frequent[: QUESTIONS // 4]
    found += [f"{word()} {word()}" for _ in range(QUESTIONS // 4)]
    found += [chance.choice(places) for _ in range(QUESTIONS // 4)]
    found += [f"{chance.choice(frequent)}{word()}" for _ in range(QUESTIONS // 4)]
    return found


def our_index(folder: Path) -> Index:
    """The zone's index over the pages; made once."""
    from taihe.ground.search.index import Index

    index, whole = Index(folder / "index"), folder / "index.whole"
    if not whole.exists():
        index.clear()
        batch: list[Document] = []
        for page in pages():
            batch.append(page)
            if len(batch) == BATCH:
                index.write(batch, [])
                batch = []
        index.write(batch, [])
        whole.touch()
    return index


def pairs(text: str) -> list[str]:
    """Overlapping pairs of characters; a lone character stands for itself."""
    from taihe.ground.search.words import characters

    letters = characters(text)
    return [left + right for left, right in pairwise(letters)] or letters


def their_table(folder: Path) -> sqlite3.Connection:
    """The same pages in FTS5; made once."""
    file = folder / "fts.sqlite3"
    whole = file.with_suffix(".whole")
    known = sqlite3.connect(file)
    if not whole.exists():
        known.executescript(
            "DROP TABLE IF EXISTS pages; DROP TABLE IF EXISTS facts; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE VIRTUAL TABLE pages USING fts5(title, body, content='', tokenize='unicode61');"
            "CREATE TABLE facts(id INTEGER PRIMARY KEY, place TEXT, at INTEGER);"
        )
        with known:
            for number, page in enumerate(pages()):
                split = (number, " ".join(pairs(page.title)), " ".join(pairs(page.text)))
                known.execute("INSERT INTO pages(rowid, title, body) VALUES (?, ?, ?)", split)
                at = int(page.at.timestamp()) if page.at else 0
                known.execute("INSERT INTO facts VALUES (?, ?, ?)", (number, page.facets[0], at))
        known.execute("INSERT INTO pages(pages) VALUES ('optimize')")
        known.commit()
        whole.touch()
    known.execute("PRAGMA mmap_size=2147483648")
    return known


def phrase(question: str) -> str:
    """A question as FTS5 takes it: every part of it as a phrase of pairs."""
    return " AND ".join('"' + " ".join(pairs(part)) + '"' for part in question.split())


def milliseconds(work: Callable[[str], int], asked: Sequence[str]) -> tuple[float, float, int]:
    """Median and 95th percentile over the questions after a warming round, and how many found something."""
    found = sum(work(one) > 0 for one in asked)
    taken = []
    for one in asked:
        begin = time.perf_counter()
        work(one)
        taken.append((time.perf_counter() - begin) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1], found


def row(name: str, ours: float, theirs: float) -> dict[str, Any]:
    """One row of the table; the ratio says how many times the peer's time ours is."""
    return {
        "name": name,
        "value": round(ours, 2),
        "unit": "ms",
        "peer": PEER,
        "peer_value": round(theirs, 2),
        "ratio": round(ours / theirs, 3),
    }


def run() -> list[dict[str, Any]]:
    """p50 and p95 of a question, without filters and narrowed down to a column and a year."""
    setting.stay_on_core(setting.server_and_load_cores()[0])
    folder = setting.stand_up("outer", "search")
    from taihe.ground.search.index import NOWHERE_SPECIAL, Narrowing

    index, table, asked = our_index(folder), their_table(folder), questions()
    since = NEWEST - timedelta(days=366)
    narrow = Narrowing(facets=(COLUMNS[3],), since=since)

    def ours(question: str, within: Narrowing = NOWHERE_SPECIAL) -> int:
        return index.search(question, ("public",), within=within, limit=10).total

    def theirs(question: str, extra: str = "", *values: object) -> int:
        matching = f"FROM pages {'JOIN facts ON id = pages.rowid ' if extra else ''}WHERE pages MATCH ? {extra}"
        given = (phrase(question), *values)
        total = int(table.execute(f"SELECT count(*) {matching}", given).fetchone()[0])
        table.execute(f"SELECT pages.rowid {matching} ORDER BY rank LIMIT 10", given).fetchall()
        return total

    def theirs_narrow(question: str) -> int:
        return theirs(question, "AND place = ? AND at >= ?", COLUMNS[3], int(since.timestamp()))

    rows = []
    for what, mine, peer in (
        ("search, 200,000 pages, count and first ten", ours, theirs),
        ("search, one column and one year of them", lambda one: ours(one, narrow), theirs_narrow),
    ):
        median, slow, found = milliseconds(mine, asked)
        their_median, their_slow, their_found = milliseconds(peer, asked)
        if "column" not in what and min(found, their_found) < len(asked) // 2:
            raise RuntimeError(f"most questions must find something: {found} and {their_found} of {len(asked)}")
        rows += [row(f"{what}, p50", median, their_median), row(f"{what}, p95", slow, their_slow)]
    return rows
