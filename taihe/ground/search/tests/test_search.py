"""What is touched is found, by those who may, in the words people type."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.search import index as index_module
from taihe.ground.search import indexer, sources
from taihe.ground.search.index import Index, Narrowing
from taihe.ground.search.indexer import index_round
from taihe.ground.search.sources import Document, register_source, touch


def person(key: str, name: str, text: str, *also: str, scopes: tuple[str, ...] = ("all",)) -> Document:
    return Document("person", key, name, text, f"/people/{key}/", scopes, also)


PEOPLE = {
    "1": person("1", "示一甲", "县政府办公室 文书", "shiyijia", "syj"),
    "2": person("2", "示一乙", "县财政局 局长", "shiyiyi", "syy"),
    "3": person("3", "例三䶮", "城关镇 办事员", "lisanyan", "lsy"),
    "4": person("4", "密四丁", "党委系统", scopes=("party",)),
}


@pytest.fixture
def index(tmp_path) -> Index:
    made = Index(tmp_path / "index")
    made.write(PEOPLE.values(), [])
    return made


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("示一甲", ["1"]),
        ("一甲", ["1"]),
        ("示一", ["1", "2"]),
        ("SYJ", ["1"]),
        ("shiyi", ["1", "2"]),
        ("财政局", ["2"]),
        ("城关镇 办事员", ["3"]),
        ("䶮", ["3"]),
        ("文书 财政局", []),
        ("示一甲（", ["1"]),
        ('"', []),
        (".*", []),
        ("密四丁", []),
        ("", []),
    ],
)
def test_found_by_what_people_type(index, typed, keys):
    assert sorted(hit.key for hit in index.search(typed, ["all"]).items) == keys


def test_scope_decides_who_finds(index):
    assert [hit.title for hit in index.search("密四丁", ["all", "party"]).items] == ["密四丁"]
    assert index.search("示一甲", []).total == 0


def test_pages_and_counts(index):
    page = index.search("示一", ["all"], limit=1, offset=1)
    assert (page.total, len(page.items)) == (2, 1)
    assert index.search("示一", ["all"], within=Narrowing(kinds=["organ"])).total == 0


DAYS = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 10, 20)]


@pytest.fixture
def dated(tmp_path) -> Index:
    made = Index(tmp_path / "dated")
    rows = [
        Document("page", str(number), title, "小麦管理", f"/{number}", ("all",), facets=facets, at=at)
        for number, (title, facets, at) in enumerate(
            [("小麦", ("/sn/", "/sn/nj/"), DAYS[0]), ("通知", ("/zw/",), DAYS[1]), ("价格", ("/sn/",), DAYS[2])]
        )
    ]
    made.write([*rows, Document("page", "9", "没有日期", "小麦管理", "/9", ("all",))], [])
    return made


@pytest.mark.parametrize(
    ("within", "keys"),
    [
        (Narrowing(), ["0", "1", "2", "9"]),
        (Narrowing(facets=["/sn/"]), ["0", "2"]),
        (Narrowing(facets=["/sn/nj/", "/zw/"]), ["0", "1"]),
        (Narrowing(since=DAYS[1]), ["1", "2"]),
        (Narrowing(facets=["/sn/"], since=DAYS[1]), ["2"]),
        (Narrowing(facets=["/nowhere/"]), []),
        (Narrowing(every=["/sn/", "/sn/nj/"]), ["0"]),
        (Narrowing(every=["/sn/", "/zw/"]), []),
    ],
)
def test_narrowed_down(dated, within, keys):
    assert sorted(hit.key for hit in dated.search("小麦 管理", ["all"], within=within).items) == keys


def test_best_first_or_newest_first(dated):
    assert dated.search("小麦", ["all"]).items[0].key == "0", "the one that bears the word in its name"
    assert [hit.key for hit in dated.search("小麦", ["all"], newest_first=True).items] == ["2", "1", "0", "9"]


def test_an_index_of_another_schema_is_a_new_one(dated, tmp_path, monkeypatch):
    assert not dated.empty()
    monkeypatch.setattr(index_module, "SCHEMA", index_module.SCHEMA + 1)
    assert Index(tmp_path / "dated").empty()


def test_a_second_reader_sees_what_the_writer_wrote(index, tmp_path):
    reader = Index(tmp_path / "index")
    index.write([person("1", "新名字", "")], [("person", "2")])
    assert [hit.key for hit in reader.search("新名字", ["all"]).items] == ["1"]
    assert reader.search("示一", ["all"]).total == 0


@pytest.fixture
def people(monkeypatch):
    rows = dict(PEOPLE)
    monkeypatch.setattr(sources, "_sources", {})
    register_source("person", load=lambda keys: [rows[key] for key in keys if key in rows], keys=lambda: rows)
    return rows


@pytest.mark.django_db(transaction=True)
def test_touched_documents_follow_and_gone_ones_go(people, tmp_path):
    index = Index(tmp_path / "index")
    with unit_of_work("test", Actor.system("试")):
        for key in people:
            touch("person", key)
            touch("person", key)
    assert index_round(index) == 4
    assert index.search("示一甲", ["all"]).total == 1
    people.pop("1")
    with unit_of_work("test", Actor.system("试")):
        touch("person", "1")
    index_round(index)
    assert index.search("示一甲", ["all"]).total == 0
    assert not OutboxMessage.objects.exclude(status=Status.DONE).exists()


@pytest.mark.django_db(transaction=True)
def test_a_failing_round_is_tried_again(people, tmp_path, monkeypatch):
    index = Index(tmp_path / "index")
    with unit_of_work("test", Actor.system("试")):
        touch("person", "1")
    monkeypatch.setattr(Index, "write", lambda *_: (_ for _ in ()).throw(OSError("磁盘已满")))
    index_round(index)
    row = OutboxMessage.objects.get()
    assert (row.status, row.attempts) == (Status.WAITING, 1)
    assert "磁盘已满" in row.last_error


@pytest.mark.django_db(transaction=True)
def test_an_empty_index_fills_itself(people, tmp_path, monkeypatch):
    index = Index(tmp_path / "index")
    monkeypatch.setattr(indexer, "zone_index", lambda: index)
    rounds = iter([False, True])
    indexer.run(lambda: next(rounds))
    assert index.search("示一甲", ["all"]).total == 1
    assert not index.empty()
