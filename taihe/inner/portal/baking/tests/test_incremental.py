"""An incremental bake is a full bake, byte for byte, whatever the editors did; and it bakes little."""

from __future__ import annotations

import random
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from taihe.inner.portal.content import Approved, ArticleContent, Channel, ColumnContent, HomeContent

from ..edition import Edition, affected
from ..source import MemorySource
from . import samples

TITLES = st.sampled_from(["公告", "关于<安全>的通知", "  两个  空格 ", "税镇镇动态", "长" * 60, "办理医保"])
SLOTS = ["", "headline", "news", "notice", "policy", "service", "agri", "interact", "townships", "overview", "invest"]
ROWS = 4


class Newsroom(RuleBasedStateMachine):
    """Editors publish, change, move, withdraw and rearrange; what is served is only ever changed incrementally."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = samples.DAY
        self.number = 5000
        self.source = MemorySource(samples.site(rows=ROWS))
        self.served: dict[str, bytes] = {}
        self.facts: dict[str, str] = {}
        self.edition: Edition | None = None

    @initialize(each=st.integers(0, 3))
    def open_site(self, each: int) -> None:
        for record in samples.small_site(each):
            self.source.put(record)

    # What editors do ---------------------------------------------------------------------------

    def _next(self) -> int:
        self.number += 1
        self.moment += timedelta(minutes=7)
        return self.number

    def _articles(self) -> list[Approved]:
        return sorted(
            (one for one in self.source if isinstance(one.content, ArticleContent)), key=lambda one: one.content.page_id
        )

    def _columns(self) -> list[ColumnContent]:
        found = [one.content for one in self.source if isinstance(one.content, ColumnContent)]
        return sorted(found, key=lambda one: one.page_id)

    def _change(self, record: Approved, **changes: object) -> None:
        content = type(record.content).model_validate(record.content.model_dump() | changes)
        self.moment += timedelta(minutes=1)
        self.source.put(samples.approved(content, record.published_at, self.moment))

    @rule(data=st.data(), title=TITLES, picture=st.booleans(), burst=st.integers(1, 6))
    def publish(self, data: st.DataObject, title: str, picture: bool, burst: int) -> None:
        column = data.draw(st.sampled_from(self._columns())).page_id
        for _ in range(burst):
            number = self._next()
            lead = samples.picture(f"p{number}") if picture else None
            self.source.put(samples.approved(samples.article(number, column, title, lead=lead), self.moment))

    @rule(data=st.data(), title=TITLES, validity=st.sampled_from(["", "有效", "废止"]))
    def edit(self, data: st.DataObject, title: str, validity: str) -> None:
        if found := self._articles():
            record = data.draw(st.sampled_from(found))
            self._change(record, title=title, validity=validity, body=f"<p>改{self.moment}</p>")

    @rule(data=st.data())
    def relate(self, data: st.DataObject) -> None:
        if len(found := self._articles()) > 1:
            one, other = (data.draw(st.sampled_from(found)) for _ in range(2))
            self._change(one, related=(other.content.page_id, 4))

    @rule(data=st.data())
    def change_picture(self, data: st.DataObject) -> None:
        if found := self._articles():
            self._change(data.draw(st.sampled_from(found)), lead=samples.picture(f"new{self.moment}").model_dump())

    @rule(data=st.data())
    def move_article(self, data: st.DataObject) -> None:
        if found := self._articles():
            column = data.draw(st.sampled_from(self._columns())).page_id
            self._change(data.draw(st.sampled_from(found)), column_id=column)

    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        if found := self._articles():
            self.source.drop(data.draw(st.sampled_from(found)).content.page_id)

    @rule(data=st.data())
    def withdraw_column(self, data: st.DataObject) -> None:
        if len(found := self._columns()) > 5:
            self.source.drop(data.draw(st.sampled_from(found)).page_id)

    @rule(data=st.data(), title=TITLES, order=st.integers(0, 99), slot=st.sampled_from(SLOTS), nav=st.booleans())
    def rearrange_column(self, data: st.DataObject, title: str, order: int, slot: str, nav: bool) -> None:
        content = data.draw(st.sampled_from(self._columns()))
        changes = {"title": title, "order": order, "home_slot": slot, "in_nav": nav}
        self.source.put(samples.approved(content.model_copy(update=changes)))

    @rule(data=st.data())
    def move_column(self, data: st.DataObject) -> None:
        one, other = (data.draw(st.sampled_from(self._columns())) for _ in range(2))
        self.source.put(samples.approved(one.model_copy(update={"parent_id": other.page_id})))

    @rule(data=st.data(), colour=st.sampled_from(["", "#0f6b4f", "#ffffff", "red"]), top=st.booleans())
    def new_column(self, data: st.DataObject, colour: str, top: bool) -> None:
        number = self._next()
        parent = None if top else data.draw(st.sampled_from(self._columns())).page_id
        channel = Channel(organ="341222999", name=f"频道{number}", colour=colour) if colour else None
        slug = data.draw(st.sampled_from(["tzgg", "search", f"c{number}"]))
        self.source.put(samples.approved(samples.column(number, parent, slug, f"栏目{number}", channel=channel)))

    @rule(data=st.data(), notice=st.sampled_from(["", "汛期提示"]))
    def arrange_home(self, data: st.DataObject, notice: str) -> None:
        ids = [one.content.page_id for one in self._articles()] or [0]
        chosen = data.draw(st.lists(st.sampled_from(ids), max_size=3))
        self.source.put(samples.approved(samples.home(notice=notice, headline=ids[0], slides=tuple(chosen))))

    @rule()
    def withdraw_home(self) -> None:
        for record in list(self.source):
            if isinstance(record.content, HomeContent):
                self.source.drop(record.content.page_id)

    # What must hold ----------------------------------------------------------------------------

    @invariant()
    def incremental_is_full(self) -> None:
        self.edition = Edition(self.source, self.edition)
        facts = self.edition.facts
        for path in self.facts.keys() - facts.keys():
            del self.served[path]
        self.served |= dict(self.edition.bake(sorted(affected(self.facts, facts))))
        self.facts = facts
        fresh = Edition(self.source)
        assert fresh.facts == facts
        assert dict(fresh.bake()) == self.served


NewsroomTest = Newsroom.TestCase
NewsroomTest.settings = settings(
    max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def test_one_new_article_bakes_a_handful_of_pages() -> None:
    source = samples.small_site(60)
    before = Edition(source)
    source.put(samples.approved(samples.article(9000, 20, "新的公告"), samples.DAY + timedelta(hours=1)))
    after = Edition(source, before)
    changed = affected(before.facts, after.facts)
    older = "/content/1003.html"
    assert changed == {
        "/", "/t/", "/tzgg/", "/t/tzgg/", "/content/9000.html", "/t/content/9000.html", older, f"/t{older}",
        "/rss.xml", "/tzgg/rss.xml", "/sitemap-10.xml", "/sitemap.xml",
    }  # fmt: skip


def test_a_full_page_of_a_list_never_changes_while_articles_are_added() -> None:
    source = samples.small_site(0)
    seen: dict[str, str] = {}
    for at in range(130):
        source.put(samples.approved(samples.article(6000 + at, 20), samples.DAY + timedelta(minutes=at)))
        facts = Edition(source).facts
        full = {path: key for path, key in facts.items() if path.startswith("/tzgg/p")}
        newest = sorted(full, key=lambda one: int(one[7:-5]))[-3:]  # those near the front learn of their neighbours
        for path in full.keys() - set(newest):
            assert seen.setdefault(path, full[path]) == full[path]
    assert len(seen) == 2


def test_every_article_stands_on_exactly_one_list_page() -> None:
    for count in (0, 1, 19, 20, 21, 39, 40, 41, 60, 79, 80, 97):
        source = samples.small_site(0)
        ids = list(range(6000, 6000 + count))
        random.Random(count).shuffle(ids)
        for at, number in enumerate(ids):
            source.put(samples.approved(samples.article(number, 20), samples.DAY + timedelta(minutes=at)))
        edition = Edition(source)
        lists = [path for path in edition.facts if path.startswith("/tzgg/") and path.endswith((".html", "/"))]
        text = b"".join(page for _, page in edition.bake(lists))
        assert all(text.count(b'"/content/%d.html"' % number) == 1 for number in ids), count
