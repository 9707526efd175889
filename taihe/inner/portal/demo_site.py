"""The demo site as plain records: columns, articles, drawings and downloads that a county may look at and throw away.

Reads ``config/<county>/demo/portal`` (its README states the format) and knows no database: `read_site`
checks the whole folder and counts every date from the day it is read, so that the demo is never stale.
Everything in it is invented, and every article says so in its last line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taihe.ground import clock
from taihe.ground.errors import BadSetup

from .content import Channel, Slug

T = TypeVar("T")
_TOKEN = re.compile(r"\{(yd|y|m|d)([+-]\d{1,4})?\}")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class DemoHome(_Entry):
    """The front page; headline and slides are article keys."""

    title: str
    notice: str
    headline: str
    slides: tuple[str, ...]


class DemoColumn(_Entry):
    """A column with the address (`path`, slugs joined by "/") of itself and of its parent ("" at the top)."""

    path: str = ""
    parent: str = ""
    slug: Slug
    title: str
    column_type: Annotated[str, Field(alias="type")]
    description: str
    keywords: tuple[str, ...]
    order: int = 0
    in_nav: Annotated[bool, Field(alias="nav")] = False
    home_slot: Annotated[str, Field(alias="slot")] = ""
    risk: Literal["high", "normal"] = "normal"
    channel: Channel | None = None


class DemoPicture(_Entry):
    """A drawing of our own: an SVG of 800 × 450 without text or script."""

    key: str
    path: Path
    alt: Annotated[str, Field(min_length=4, max_length=200)]
    caption: str = ""


class DemoFile(_Entry):
    """A download."""

    path: Path
    title: str


class DemoArticle(_Entry):
    """An article with its dates reckoned; `lead` and `pictures` are picture keys, `related` article keys."""

    key: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    column: str
    title: str
    published_at: datetime
    source: Annotated[str, Field(min_length=1)]
    body: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    author: str = ""
    editor: str = ""
    lead: str | None = None
    pictures: tuple[str, ...] = ()
    downloads: tuple[DemoFile, ...] = ()
    related: tuple[str, ...] = ()
    document_number: str = ""
    index_number: str = ""
    written_on: date | None = None
    validity: Literal["", "有效", "已修改", "废止", "失效"] = ""
    original_pub_date: datetime | None = None


class DemoSite(_Entry):
    """Everything in the folder, columns with parents first; `notice` already stands below every article."""

    home: DemoHome
    notice: str
    columns: tuple[DemoColumn, ...]
    articles: tuple[DemoArticle, ...]
    pictures: tuple[DemoPicture, ...]


def reckon(text: str, day: date) -> str:
    """A text with its date marks ({y}, {m-1}, {d+10}, {yd}) counted from `day`."""

    def written(mark: re.Match[str]) -> str:
        unit, shift = mark[1], int(mark[2] or 0)
        if unit == "y":
            return str(day.year + shift)
        if unit == "m":
            months = day.year * 12 + day.month - 1 + shift
            return f"{months // 12}年{months % 12 + 1}月"
        other = day + timedelta(days=shift)
        return f"{other.year}年{other.month}月{other.day}日" if unit == "yd" else f"{other.month}月{other.day}日"

    return _TOKEN.sub(written, text)


def _html(text: str, notice: str) -> str:
    """One line is one paragraph; a line that begins with a tag stands as it is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(line if line.startswith("<") else f"<p>{line}</p>" for line in [*lines, notice])


def _moment(day: date, at: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(at), tzinfo=clock.COUNTY_ZONE).astimezone(UTC)


def _load(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))


def _columns(nodes: Iterable[dict[str, Any]], parent: str = "") -> Iterator[DemoColumn]:
    for order, node in enumerate(nodes, start=1):
        children = node.pop("children", ())
        path = f"{parent}/{node['slug']}".lstrip("/")
        yield DemoColumn(path=path, parent=parent, order=order * 10, **node)
        yield from _columns(children, path)


def _township(entry: dict[str, Any], columns: list[dict[str, Any]]) -> dict[str, Any]:
    """A township's channel as a column, with its own copy of the columns that every channel has."""
    name = entry["name"]
    children = [
        {**one, "description": one["description"].format(name=name), "keywords": [name, *one["keywords"]]}
        for one in columns
    ]
    return {
        "slug": entry["slug"],
        "title": name,
        "type": "工作动态",
        "description": f"{name}在县政府网站上的频道：{entry['intro']}",
        "keywords": [name, "乡镇动态", "为民服务"],
        "channel": {key: entry[key] for key in ("organ", "name", "colour", "intro")},
        "children": children,
    }


def _article(raw: dict[str, Any], folder: Path, today: date, notice: str) -> DemoArticle:
    raw = dict(raw)
    day, at = today - timedelta(days=raw.pop("days_ago")), raw.pop("time")
    for field in ("title", "summary", "number", "index", "body"):
        if field in raw:
            raw[field] = reckon(raw[field], day)
    written, original = raw.pop("written_days_ago", None), raw.pop("original_days_ago", None)
    return DemoArticle(
        published_at=_moment(day, at),
        body=_html(raw.pop("body"), notice),
        document_number=raw.pop("number", ""),
        index_number=raw.pop("index", ""),
        written_on=None if written is None else today - timedelta(days=written),
        original_pub_date=None if original is None else _moment(today - timedelta(days=original), at),
        downloads=tuple(
            DemoFile(path=folder / "files" / one["file"], title=one["title"]) for one in raw.pop("downloads", ())
        ),
        **raw,
    )


def _require(names: Iterable[str], known: Iterable[str], what: str) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise BadSetup(what=f"演示稿件引用了不存在的{what}：{'、'.join(unknown)}。", fix="请核对演示内容文件夹。")


def _check(site: DemoSite) -> None:
    """Every reference must lead somewhere, and every key stand once."""
    keys = [one.key for one in site.articles]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise BadSetup(what=f"演示稿件的键重复：{'、'.join(sorted(twice))}。", fix="请改用另一个键。")
    _require((one.column for one in site.articles), (one.path for one in site.columns), "栏目")
    _require([site.home.headline, *site.home.slides], keys, "稿件")
    for one in site.articles:
        _require(one.related, keys, "稿件")
        _require([*one.pictures, *([one.lead] if one.lead else [])], (each.key for each in site.pictures), "图片")
        for path in (each.path for each in one.downloads):
            _require([] if path.is_file() else [path.name], (), "文件")
    for picture in site.pictures:
        _require([] if picture.path.is_file() else [picture.path.name], (), "图片文件")


def read_site(folder: Path, today: date) -> DemoSite:
    """The demo site with every date counted back from `today` (county date).

    Raises BadSetup when a file is missing or malformed, or names something that is not there.
    """
    try:
        site, tree = _load(folder / "site.yaml"), _load(folder / "columns.yaml")
        nodes = tree["columns"]
        channels = [_township(one, tree["township_columns"]) for one in tree["townships"]]
        next(one for one in nodes if one["slug"] == "xz")["children"] = channels
        articles = [one for file in sorted((folder / "articles").glob("*.yaml")) for one in _load(file)]
        pictures = _load(folder / "pictures.yaml")
        made = DemoSite(
            **site,
            columns=tuple(_columns(nodes)),
            articles=tuple(_article(one, folder, today, site["notice"]) for one in articles),
            pictures=tuple(
                DemoPicture(key=key, path=folder / "pictures" / one.pop("file"), **one) for key, one in pictures.items()
            ),
        )
    except (OSError, yaml.YAMLError, ValidationError, KeyError, TypeError, ValueError, StopIteration) as fault:
        raise BadSetup(what=f"演示内容文件夹读不出来：{fault}", fix="请按该文件夹的 README 改正后重试。") from fault
    _check(made)
    return made
