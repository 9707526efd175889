"""Half a million documents with their texts, copies and flows, made in minutes, and the index over the texts.

Rows are copies of one row each, made inside the database; texts are prose whose words are as frequent as those of the
demo articles, the same at every run.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from .bench_search import pairs, vocabulary

DOCUMENTS, ORGANS, BIG, HALF = 500_000, 140, 3, 70
OPEN_FROM = 495_000
WORDS, BATCH = 36, 25_000
FIRST_DAY, MINUTES = "2020-11-01 00:00:00", 6


def texts() -> Iterator[str]:
    """The invented text of each document, the same at every run."""
    chance = random.Random(20260102)
    words, weights = vocabulary()
    for _ in range(DOCUMENTS):
        drawn = chance.choices(words, cum_weights=weights, k=WORDS)
        yield "".join(word + ("，" if at % 9 == 8 else "") for at, word in enumerate(drawn))


def title_of(number: int) -> str:
    """The title of a document."""
    return f"关于做好第{number}项演示工作的通知"


def places_of(number: int) -> tuple[int, int]:
    """Which organ issues a document and which drafts it; every third comes from one of the big ones."""
    small = BIG + number * 7919 % (ORGANS - BIG)
    issuing = number % BIG if number % 3 == 0 else small
    return issuing, (number * 31 % ORGANS if number % 10 < 3 else issuing)


def fill() -> None:
    from django.db import connection, transaction

    from taihe.inner.people.models import Organ
    from taihe.inner.people.tests.factories import AppointmentFactory, OfficerFactory, OrganFactory, PostFactory

    if Organ.objects.exists():
        raise RuntimeError("the register was left half filled: delete var/bench/documents")
    with transaction.atomic():
        roots = [OrganFactory(code=code, kind="government") for code in ("ZF", "DW")]
        desks = []
        for number in range(ORGANS):
            organ = OrganFactory(code=f"J{number:03}", parent=roots[number % 7 == 0])
            officer, post = OfficerFactory(), PostFactory(organ=organ)
            AppointmentFactory(officer=officer, post=post, is_main=True)
            desks.append((organ, officer, post))
        _multiply(desks)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _multiply(desks: list[Any]) -> None:
    """Documents, versions, copies and flows as copies of one row each, made inside the database."""
    from django.db import connection

    from taihe.inner.office.documents.models import Delivery, Document, DocumentVersion
    from taihe.inner.office.documents.tests import rows
    from taihe.inner.workflow.models import ProcessInstance, WorkItem
    from taihe.inner.workflow.tests.kit import Desk

    first = Desk(desks[0][1], desks[0][2], None)  # type: ignore[arg-type]
    paper = rows.document(first, state="issued")
    copy = rows.delivery(paper, desks[0][0], "signed")
    rows.flow(paper, first, first, status="done", precedence=None, done_at=paper.created_at, done_by=first.officer)
    item, flow = WorkItem.objects.get(), ProcessInstance.objects.get()
    series = [rows.series(organ).pk for organ, _, _ in desks]
    for model in (WorkItem, Delivery, DocumentVersion, Document):
        model.objects.all()._raw_delete("default")
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE desk (no integer PRIMARY KEY, organ integer, officer integer,"
                       " post integer, series integer)")  # fmt: skip
        known = [(no, organ.pk, officer.pk, post.pk, series[no]) for no, (organ, officer, post) in enumerate(desks)]
        cursor.executemany("INSERT INTO desk VALUES (%s, %s, %s, %s, %s)", known)
        _copies(cursor, paper, *_of_documents(postgres))
        _versions(cursor, known)
        for shift in (0, HALF):
            place = {
                "id": f"n + {shift * 10_000_000}",
                "document_id": "n",
                "organ_id": "d.organ",
                "sent_at": _moment(postgres),
            }
            _copies(cursor, copy, place, f"d.no = {shift} + n %% {HALF} AND n <= {OPEN_FROM}")
        fifth = f"n %% 5 = 0 AND d.no = n / 5 %% {ORGANS}"
        started = {"id": "n + 10", "subject_id": _text(postgres)}
        _copies(cursor, flow, started, fifth)
        done = {"id": "n + 10", "instance_id": "n + 10", "post_id": "d.post", "officer_id": "d.officer"}
        _copies(cursor, item, {**done, "done_by_id": "d.officer", "done_at": _moment(postgres)}, fifth)


def _of_documents(postgres: bool) -> tuple[dict[str, str], str]:
    small = f"{BIG} + n * 7919 %% {ORGANS - BIG}"
    issuing = f"CASE WHEN n %% 3 = 0 THEN n %% {BIG} ELSE {small} END"
    drafting = f"CASE WHEN n %% 10 < 3 THEN n * 31 %% {ORGANS} ELSE {issuing} END"
    genres = "CASE n %% 4 WHEN 0 THEN '函' WHEN 1 THEN '意见' ELSE '通知' END"
    differs = {
        "id": "n",
        "series_id": "d.series",
        "organ_id": "d.organ",
        "drafting_organ_id": "e.organ",
        "drafter_id": "e.officer",
        "drafter_post_id": "e.post",
        "title": f"'关于做好第' || {_text(postgres)} || '项演示工作的通知'",
        "number": f"'演〔2026〕' || {_text(postgres)} || '号'",
        "genre": genres,
        "audience": "CASE WHEN n %% 100 = 7 THEN 'named' ELSE 'internal' END",
        "state": f"CASE WHEN n <= {OPEN_FROM} THEN 'issued' WHEN n %% 2 = 0 THEN 'draft' ELSE 'in_review' END",
        "instance_id": "CASE WHEN n %% 5 = 0 THEN n + 10 ELSE NULL END",
        "sorted_at": _moment(postgres),
        "entry_id": "n",
    }
    return differs, f"d.no = {issuing} JOIN desk e ON e.no = {drafting}"


def _text(postgres: bool) -> str:
    return "CAST(n AS varchar)" if postgres else "CAST(n AS text)"


def _moment(postgres: bool) -> str:
    if postgres:
        return f"timestamptz '{FIRST_DAY}+00' + n * interval '{MINUTES} minutes'"
    return f"datetime('{FIRST_DAY}', '+' || (n * {MINUTES}) || ' minutes')"


def _copies(cursor: Any, model: Any, differs: dict[str, str], join: str) -> None:
    """One row copied as often as there are documents; `n` counts them, `d` is a desk."""
    from django.db import connection

    numbers = f"SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {DOCUMENTS}"  # noqa: S608  our own number
    count = f"(WITH RECURSIVE s(n) AS ({numbers}) SELECT n FROM s) AS n"  # noqa: S608
    if connection.vendor == "postgresql":
        count = f"generate_series(1::bigint, {DOCUMENTS}) AS n"
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{one.column}"' for one in fields)
    values = ", ".join(differs.get(one.column, "%s") for one in fields)
    params = [
        one.get_db_prep_save(getattr(model, one.attname), connection) for one in fields if one.column not in differs
    ]
    into = f'INSERT INTO "{model._meta.db_table}" ({names}) '
    cursor.execute(f"{into} SELECT {values} FROM {count} JOIN desk d ON {join}", params)  # noqa: S608


def _versions(cursor: Any, desks: list[Any]) -> None:
    """The text of every document, as its one version."""
    from taihe.inner.office.documents.content import Content, TextBlock
    from taihe.inner.office.documents.models import DocumentVersion

    shape = Content.model_validate({"title": "@title", "blocks": [TextBlock(text="@text")]}).model_dump_json()
    head, rest = shape.split("@title")
    middle, tail = rest.split("@text")
    columns = "id, document_id, number, content, digest, author_id, author_name, author_post, stage, note, "
    columns += "started_at, saved_at, closed_at"
    into = f'INSERT INTO "{DocumentVersion._meta.db_table}" ({columns}) VALUES '  # noqa: S608  our own names
    one = f"(%s, %s, 1, %s, '', {desks[0][2]}, '演', '', '起草', '', '{FIRST_DAY}', '{FIRST_DAY}', '{FIRST_DAY}')"
    told, number = texts(), 0
    while piece := list(islice(told, 500)):
        values: list[Any] = []
        for text in piece:
            number += 1
            values += [number, number, f"{head}{title_of(number)}{middle}{text}{tail}"]
        cursor.execute(into + ",".join([one] * len(piece)), values)


def index(folder: Path) -> None:
    """The zone's index over the same texts; made once."""
    from taihe.ground.search.indexer import zone_index

    made, whole = zone_index(), folder / "index.whole"
    if whole.exists():
        return
    made.clear()
    found = _indexed()
    while batch := list(islice(found, BATCH)):
        made.write(batch, [])
    whole.touch()


def _indexed() -> Iterator[Any]:
    from datetime import UTC, datetime, timedelta

    from taihe.ground.search.sources import Document as Text

    begun = datetime.fromisoformat(FIRST_DAY).replace(tzinfo=UTC)
    above = ["DW" if number % 7 == 0 else "ZF" for number in range(ORGANS)]
    for number, text in enumerate(texts(), start=1):
        issuing, drafting = places_of(number)
        words = {f"organ:{code}" for no in (issuing, drafting) for code in (above[no], f"J{no:03}")}
        for no in (number % HALF, HALF + number % HALF) if number <= OPEN_FROM else ():
            words |= {f"{kind}:{code}" for kind in ("copy", "clerk") for code in (above[no], f"J{no:03}")}
        at = begun + timedelta(minutes=MINUTES * number)
        yield Text(
            "documents.document", str(number), title_of(number), text, f"/documents/{number}/", tuple(words),
            facets=(f"year:{at.year}", "state:issued", f"from:J{issuing:03}"), at=at,
        )  # fmt: skip


def fts(folder: Path) -> sqlite3.Connection:
    """The same texts in FTS5; made once."""
    file, whole = folder / "fts.sqlite3", folder / "fts.whole"
    known = sqlite3.connect(file)
    if not whole.exists():
        known.executescript(
            "DROP TABLE IF EXISTS papers; DROP TABLE IF EXISTS facts; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE VIRTUAL TABLE papers USING fts5(title, body, content='', tokenize='unicode61');"
            "CREATE TABLE facts(id INTEGER PRIMARY KEY, place INTEGER);"
        )
        with known:
            for number, text in enumerate(texts(), start=1):
                split = (number, " ".join(pairs(title_of(number))), " ".join(pairs(text)))
                known.execute("INSERT INTO papers(rowid, title, body) VALUES (?, ?, ?)", split)
                known.execute("INSERT INTO facts VALUES (?, ?)", (number, places_of(number)[0]))
        whole.touch()
    return known
