"""The small signs that pages, table cells and lists share: icons, tags, time limits, moments.

Colour never speaks alone: every tag carries its word.  Red is kept for urgency and official headings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground import clock

SPRITE = "vendor/icons.svg"
TONES = ("plain", "info", "ok", "warn", "danger")
URGENCIES = {"特提": "danger", "特急": "danger", "加急": "warn", "平急": "info", "平件": "plain"}


def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; without a label it is decoration and hidden from screen readers."""
    href = f"{static(SPRITE)}#i-{name}"
    if label:
        return format_html('<svg class="gv-icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="gv-icon" aria-hidden="true"><use href="{}"></use></svg>', href)


def status(text: str, tone: str = "info") -> SafeString:
    """A state in a word; tone is plain, info, ok, warn or danger."""
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone!r}: use one of {', '.join(TONES)}")
    return format_html('<span class="gv-tag gv-{}">{}</span>', tone, text)


def urgency(text: str) -> SafeString:
    """缓急: 特提 and 特急 red, 加急 amber, 平急 blue, anything else plain; empty means 平件."""
    word = text or "平件"
    return status(word, URGENCIES.get(word, "plain"))


def moment(at: datetime | date | None, full: bool = False) -> SafeString:
    """A moment on the county's clock, without the year while it is this year; the whole in the hover text."""
    if at is None:
        return format_html('<span class="gv-muted">{}</span>', "—")
    if isinstance(at, datetime):
        local = clock.local(at)
        whole, short = local.strftime("%Y-%m-%d %H:%M"), local.strftime("%m-%d %H:%M")
    else:
        local = datetime.combine(at, time.min, clock.COUNTY_ZONE)
        whole, short = local.strftime("%Y-%m-%d"), local.strftime("%m-%d")
    shown = short if local.year == clock.today().year and not full else whole
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), whole, shown)


@dataclass(frozen=True)
class Due:
    """A time limit in words: what to say, and how loudly."""

    text: str
    tone: str


def due_words(at: datetime | date | None, soon: int = 1, workdays_left: int | None = None) -> Due:
    """How far off a limit is.

    `at` is a moment or a date (whose whole day still counts).  `soon` is how many days before it turns
    amber.  Where the limit runs in working days, the caller counts them and passes `workdays_left`.
    """
    if at is None:
        return Due("—", "plain")
    last = clock.local(at).date() if isinstance(at, datetime) else at
    days = (last - clock.today()).days
    if days < 0:
        return Due(f"已超期 {-days} 天", "danger")
    if isinstance(at, datetime) and at < clock.now():
        return Due("今日已超时", "danger")
    if days == 0:
        return Due("今日到期", "warn")
    if workdays_left is not None:
        return Due(f"剩 {workdays_left} 个工作日", "warn" if workdays_left <= soon else "plain")
    return Due(f"剩 {days} 天", "warn" if days <= soon else "plain")


def due(
    at: datetime | date | None, *, done: bool = False, soon: int = 1, workdays_left: int | None = None
) -> SafeString:
    """A time limit as a label; a finished one is shown as its bare date."""
    if done or at is None:
        return moment(at)
    words = due_words(at, soon, workdays_left)
    stamp = clock.local(at).strftime("%Y-%m-%d %H:%M") if isinstance(at, datetime) else at.isoformat()
    return format_html(
        '<time class="gv-due gv-due-{}" datetime="{}" title="办理时限 {}">{}</time>',
        words.tone, at.isoformat(), stamp, words.text,
    )  # fmt: skip


SIZE_UNITS = ("B", "KB", "MB", "GB")


def size(count: int) -> str:
    """Bytes as people read them: 812 B, 1.4 MB (1 KB = 1024 B)."""
    amount, unit = float(count), SIZE_UNITS[0]
    for unit in SIZE_UNITS:
        if amount < 1024 or unit == SIZE_UNITS[-1]:
            break
        amount /= 1024
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"


FILE_ICONS = {
    "pdf": "file-type-pdf", "ofd": "file-certificate", "doc": "file-type-doc", "docx": "file-type-docx",
    "wps": "file-text", "xls": "file-type-xls", "xlsx": "file-spreadsheet", "et": "file-spreadsheet",
    "csv": "file-type-csv", "zip": "file-zip", "png": "photo", "jpg": "photo", "jpeg": "photo", "txt": "file-text",
}  # fmt: skip


def file_icon(name: str) -> SafeString:
    """The icon of a file by its ending."""
    return icon(FILE_ICONS.get(name.rpartition(".")[2].lower(), "paperclip"))
