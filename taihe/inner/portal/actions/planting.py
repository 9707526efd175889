"""Many pages of the desk at once: Wagtail's own way writes two dozen a second, an installation has hundreds.

Each page is a row of Wagtail's page table and one of its own; the tree is kept in the paths.  Used by
installations and imports only: nothing here looks at rights.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db.models import F
from lxml import html as markup
from wagtail.models import Locale, Page

from taihe.ground import clock
from taihe.ground.action import current_frame

BATCH = 50


class Planter:
    """Pages that grow below one root, parents before children; `plant` gives them numbers, `finish` their content."""

    def __init__(self, root: Page) -> None:
        self._root, self._locale = root, Locale.get_default()
        self._grown: Counter[str] = Counter({root.path: root.numchild})
        self._rows: list[Any] = []
        self._last = {root.path: root.get_children().order_by("path").values_list("path", flat=True).last()}

    def grow(self, kind: type[Page], parent: Page, title: str, slug: str, **fields: Any) -> Any:
        """One page more, not stored yet; `parent` is the root or a page grown here before."""
        page = kind(
            title=title,
            draft_title=title,
            slug=slug,
            live=False,
            has_unpublished_changes=True,
            path=self._next(parent.path, parent.depth + 1),
            depth=parent.depth + 1,
            url_path=f"{parent.url_path}{slug}/",
            locale=self._locale,
            translation_key=uuid4(),
            content_type=ContentType.objects.get_for_model(kind),
            latest_revision_created_at=clock.now(),
            **fields,
        )
        self._rows.append(page)
        return page

    def _next(self, above: str, depth: int) -> str:
        last = self._last.get(above)
        self._last[above] = Page(path=last)._inc_path() if last else Page._get_path(above, depth, 1)
        self._grown[above] += 1
        return str(self._last[above])

    def plant(self) -> None:
        """Store the rows of Wagtail's own table; now each page has its number.  NotRecorded outside an action."""
        current_frame()
        fields = [one.attname for one in Page._meta.local_concrete_fields if not one.primary_key]
        for page in self._rows:
            page.numchild = self._grown[page.path]
        stored = Page.objects.bulk_create(
            [Page(**{name: getattr(one, name) for name in fields}) for one in self._rows], batch_size=BATCH
        )
        for page, row in zip(self._rows, stored, strict=True):
            page.id = page.page_ptr_id = row.pk
            page._state.adding = False
        more = self._grown[self._root.path] - self._root.numchild
        Page.objects.filter(pk=self._root.pk).update(numchild=F("numchild") + more)

    def finish(self) -> None:
        """Store what each page has beyond a page: its text, its settings."""
        for kind in dict.fromkeys(type(one) for one in self._rows):
            rows = [one for one in self._rows if type(one) is kind]
            for start in range(0, len(rows), BATCH):
                fields = kind._meta.local_concrete_fields
                kind._base_manager._insert(rows[start : start + BATCH], fields=fields, using="default", raw=True)


def stream(blocks: Iterable[tuple[str, Any]]) -> str:
    """Blocks as a stream field stores them."""
    rows = [{"type": kind, "value": value, "id": str(uuid4())} for kind, value in blocks]
    return json.dumps(rows, ensure_ascii=False)


def blocks_of(html: str) -> list[tuple[str, Any]]:
    """Plain article HTML as the blocks an editor would have made of it: text, and tables of their own."""
    found: list[tuple[str, Any]] = []
    text = ""
    for element in markup.fragments_fromstring(html):
        if isinstance(element, str):
            continue  # line breaks between the elements
        if element.tag == "table":
            found += [("text", text)] if text else []
            found.append(("table", _table(element)))
            text = ""
        else:
            element.tail = None
            text += str(markup.tostring(element, encoding="unicode")).replace("strong>", "b>")
    return [*found, ("text", text)] if text else found


def _table(element: Any) -> dict[str, Any]:
    rows = [list(row) for row in element.iter("tr")]
    caption = element.find("caption")
    head = bool(rows) and all(cell.tag == "th" for cell in rows[0])
    return {
        "data": [[str(cell.text_content()) for cell in row] for row in rows],
        "cell": [],
        "mergeCells": [],
        "first_row_is_table_header": head,
        "first_col_is_header": bool(rows[1:]) and all(row[0].tag == "th" for row in rows[1:]),
        "table_header_choice": "row" if head else "neither",
        "table_caption": str(caption.text_content()) if caption is not None else "",
    }
