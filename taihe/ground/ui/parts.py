"""What the larger components are fed with.  Plain values: views fill them, templates draw them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class Tab:
    """One tab of `count_tabs`; `count` None shows no number."""

    title: str
    url: str
    count: int | None = None
    current: bool = False


StepState = Literal["done", "current", "todo", "returned", "skipped"]
STEP_WORDS = {"done": "已完成", "current": "当前环节", "todo": "未开始", "returned": "已退回", "skipped": "已跳过"}


@dataclass(frozen=True)
class Step:
    """One node of `stepper`; `note` is a short second line such as who or when."""

    title: str
    state: StepState = "todo"
    note: str = ""

    @property
    def words(self) -> str:
        """The state in words, for screen readers."""
        return STEP_WORDS[self.state]


@dataclass(frozen=True)
class Opinion:
    """An opinion as it stands in a 办理单 cell: text above, signature (post, name, time) below on the right."""

    text: str
    name: str
    post: str = ""
    at: datetime | None = None
    on_behalf_of: str = ""


@dataclass(frozen=True)
class Record:
    """One line of `timeline`: who did what when, and what they wrote.  `tone` colours the dot."""

    at: datetime
    who: str
    what: str
    organ: str = ""
    text: str = ""
    tone: Literal["info", "ok", "warn", "danger", "plain"] = "info"


@dataclass(frozen=True)
class Attached:
    """One file of `attachments`; `size` in bytes, `note` a short remark (待扫描, 清稿)."""

    name: str
    url: str
    size: int | None = None
    note: str = ""
    remove_url: str = ""


@dataclass(frozen=True)
class ReportRow:
    """One problem of a `report`: where (row number), what it is about, what is wrong and what to do."""

    line: int
    subject: str
    problem: str
    advice: str = ""


@dataclass(frozen=True)
class ReportTotal:
    """A headline figure of a `report`."""

    title: str
    number: int
    tone: Literal["plain", "info", "ok", "warn", "danger"] = "plain"


@dataclass(frozen=True)
class Report:
    """What a bulk job did: one sentence, headline figures, and the rows that need a person.

    `committed` says plainly whether anything was stored, since people act on exactly that.
    """

    sentence: str
    committed: bool
    totals: Sequence[ReportTotal] = ()
    rows: Sequence[ReportRow] = ()
    download_url: str = ""


@dataclass(frozen=True)
class Detail:
    """A name and its value, as `facts` and the confirm page list them."""

    name: str
    value: str | int | date | datetime | None
    wide: bool = False


@dataclass(frozen=True)
class Confirm:
    """What `gov/confirm.html` asks before something that cannot simply be undone."""

    title: str
    question: str
    consequence: str
    button: str
    cancel_url: str
    details: Sequence[Detail] = field(default=())
    danger: bool = False


@dataclass(frozen=True)
class Tile:
    """One entry of `tiles`: a way in, with a line of explanation and, where work waits, its number."""

    title: str
    url: str
    icon: str = "chevron-right"
    text: str = ""
    count: int = 0


@dataclass
class Branch:
    """One node of `tree`; `note` is a short figure on the right, `tag` a word beside the title.

    `hit` marks what was looked for among the nodes that only lead to it.
    """

    title: str
    url: str = ""
    note: str = ""
    tag: str = ""
    open: bool = False
    hit: bool = False
    below: list[Branch] = field(default_factory=list)
