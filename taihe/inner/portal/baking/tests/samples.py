"""Invented records of a small county site, for the tests of everything that reads or bakes approved content."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from taihe.inner.portal.content import (
    Approved,
    ArticleContent,
    Channel,
    ColumnContent,
    Download,
    HomeContent,
    PageContent,
    Picture,
    Variant,
    content_digest,
)

from ..site import Link, LinkGroup, SiteFacts
from ..source import MemorySource

DAY = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)
HOME = 1
ICONS = (
    ("wheat", ("农", "粮", "补贴")),
    ("school", ("教育", "入学")),
    ("health", ("医", "卫生")),
    ("id", ("户籍", "身份")),
    ("shop", ("企业", "营业")),
    ("letter", ("信箱", "咨询")),
)
# Columns: id, parent, slug, title, type, slot, in the navigation.
COLUMNS: tuple[tuple[int, int | None, str, str, str, str, bool], ...] = (
    (10, None, "zwdt", "政务动态", "工作动态", "news", True),
    (11, 10, "zwyw", "政务要闻", "工作动态", "", False),
    (12, 10, "bmdt", "部门动态", "工作动态", "", False),
    (13, 10, "xzdt", "乡镇动态", "工作动态", "", False),
    (20, None, "tzgg", "通知公告", "工作动态", "notice", True),
    (30, None, "zfxxgk", "政府信息公开", "信息公开目录", "disclosure", True),
    (31, 30, "zcwj", "政策文件", "政策文件", "policy", False),
    (32, 30, "zcjd", "政策解读", "政策解读", "interpretation", False),
    (33, 30, "gkzn", "公开指南", "信息公开指南", "", False),
    (40, None, "bsfw", "办事服务", "办事服务", "service", True),
    (50, None, "snfw", "三农服务", "数据发布", "agri", True),
    (51, 50, "njzd", "农技指导", "工作动态", "", False),
    (52, 50, "jghq", "价格行情", "数据发布", "", False),
    (60, None, "hdjl", "互动交流", "咨询投诉", "interact", True),
    (61, 60, "xzxx", "县长信箱", "咨询投诉", "", False),
    (70, None, "xz", "乡镇频道", "工作动态", "townships", True),
    (90, None, "kong", "空栏目", "工作动态", "", True),
)
TOWNS = (("chengguan", "城关镇", "#0f6b4f"), ("majizhen", "马集镇", "#8a3b12"), ("shuizhen", "税镇镇", "#f2c230"))


def approved(content: PageContent, at: datetime = DAY, again: datetime | None = None) -> Approved:
    """`content` as if three reviewers had approved it at `at` (and in this form at `again`)."""
    return Approved(content=content, digest=content_digest(content), published_at=at, approved_at=again or at)


def site(**changes: Any) -> SiteFacts:
    """Facts of the demo site."""
    given: dict[str, Any] = {
        "name": "太和县人民政府",
        "domain": "www.taihe.example",
        "code": "0000000000",
        "english": "Taihe County People's Government",
        "motto": "公开 便民 务实 为农",
        "organ": "太和县人民政府办公室",
        "host_organ": "太和县数据资源管理局",
        "contact": "0558-0000000（演示号码）",
        "notice": "演示环境：内容均为虚构，不具有任何效力。",
        "links": (LinkGroup("上级网站", (Link("中国政府网", "https://www.gov.cn/"),)),),
        "icons": ICONS,
    }
    return SiteFacts(**(given | changes))


def digest_of(name: str) -> str:
    """A digest that stands for a file nobody has."""
    return hashlib.sha256(name.encode()).hexdigest()


def picture(name: str, alt: str = "插画：麦田", caption: str = "") -> Picture:
    """A picture in two formats."""
    return Picture(
        alt=alt,
        caption=caption,
        variants=(
            Variant(sha256=digest_of(f"{name}.webp"), mime="image/webp", width=800, height=450, size=20_000),
            Variant(sha256=digest_of(f"{name}.jpg"), mime="image/jpeg", width=800, height=450, size=40_000),
        ),
    )


def drawing(svg: bytes, alt: str) -> Picture:
    """A picture that is a drawing of ours."""
    only = Variant(sha256=hashlib.sha256(svg).hexdigest(), mime="image/svg+xml", width=800, height=450, size=len(svg))
    return Picture(alt=alt, variants=(only,))


def download(name: str = "申请表.docx", title: str = "申请表") -> Download:
    """An attachment."""
    return Download(title=title, name=name, sha256=digest_of(name), mime="application/octet-stream", size=34_567)


def home(**changes: Any) -> HomeContent:
    """The front page."""
    given: dict[str, Any] = {"page_id": HOME, "title": "太和县人民政府"}
    return HomeContent(**(given | changes))


def column(page_id: int, parent_id: int | None, slug: str, title: str, **changes: Any) -> ColumnContent:
    """A column of the site."""
    given: dict[str, Any] = {
        "page_id": page_id,
        "parent_id": parent_id,
        "slug": slug,
        "title": title,
        "description": f"太和县{title}有关信息",
        "keywords": (title, "太和"),
        "column_type": "工作动态",
        "order": page_id,
    }
    return ColumnContent(**(given | changes))


def article(page_id: int, column_id: int, title: str = "", **changes: Any) -> ArticleContent:
    """An article with a short body."""
    title = title or f"第{page_id}号演示信息"
    given: dict[str, Any] = {
        "page_id": page_id,
        "column_id": column_id,
        "title": title,
        "body": f'<p>{title}：正文第一段。</p><p>正文第二段，见<a href="/content/{page_id - 1}.html">上一篇</a>。</p>',
        "summary": f"{title}的摘要。",
        "source": "县政府办公室",
        "editor": "示编辑",
    }
    return ArticleContent(**(given | changes))


def columns() -> list[ColumnContent]:
    """All columns and three township channels, each with one column of its own."""
    found = [
        column(page_id, parent, slug, title, column_type=kind, home_slot=slot, in_nav=nav)
        for page_id, parent, slug, title, kind, slot, nav in COLUMNS
    ]
    for at, (slug, name, colour) in enumerate(TOWNS):
        channel = Channel(organ=f"太和县{name}人民政府", name=name, colour=colour, intro=f"{name}（演示简介）。")
        found.append(column(100 + at, 70, slug, name, channel=channel))
        found.append(column(200 + at, 100 + at, "zwdt", f"{name}动态"))
    return found


def small_site(each: int = 3, **facts: Any) -> MemorySource:
    """A site in which every column that can hold articles has `each` of them, one an hour."""
    source = MemorySource(site(**facts), [approved(home()), *(approved(one) for one in columns())])
    leaves = [11, 12, 13, 20, 31, 32, 33, 40, 51, 52, 61, 200, 201, 202]
    for at, leaf in enumerate(leaves * each):
        source.put(approved(article(1000 + at, leaf), DAY - timedelta(hours=at)))
    return source


def full_article(page_id: int = 5000, column_id: int = 31, **changes: Any) -> ArticleContent:
    """An article that uses every field."""
    shown = picture("stand", "插画：办事大厅", "办事大厅示意图")
    given: dict[str, Any] = {
        "title": "太和县人民政府关于印发《演示办法》的通知",
        "body": (
            f'<h2>一、总则</h2><p>第一条　为了演示，制定本办法。</p><p><img src="/img/{shown.variants[-1].sha256}.jpg" '
            'alt="x"></p><table><thead><tr><th>项目</th><th>期限</th></tr></thead><tbody><tr><td>受理</td><td>1个工作日</td>'
            '</tr></tbody></table><p><a href="https://www.gov.cn/x?a=1&amp;b=2">国务院文件</a></p>'
        ),
        "keywords": ("演示", "办法"),
        "author": "示作者",
        "lead": picture("lead", "插画：会议"),
        "pictures": (shown,),
        "downloads": (download(),),
        "document_number": "太政演〔2026〕1号",
        "index_number": "000000000/202611-00001",
        "written_on": date(2026, 11, 1),
        "validity": "有效",
    }
    return article(page_id, column_id, **(given | changes))


def big_site(articles: int = 20_000, in_columns: int = 40) -> MemorySource:
    """A site of `articles` articles of about 3 KB in `in_columns` columns, for measuring."""
    source = small_site(2)
    leaves = []
    for at in range(in_columns):
        page_id = 300 + at
        source.put(approved(column(page_id, 10 if at % 2 else 30, f"c{at}", f"栏目{at}")))
        leaves.append(page_id)
    words = "为进一步优化营商环境，方便群众和企业办事，现将有关事项通知如下（演示文字）。"
    body = "".join(f"<p>{at}．{words * 2}</p>" for at in range(12)) + '<p><a href="https://www.gov.cn/">链接</a></p>'
    for at in range(articles):
        content = article(10_000 + at, leaves[at % in_columns], f"关于第{at}号演示事项的通知", body=body)
        source.put(approved(content, DAY - timedelta(minutes=articles - at)))
    return source
