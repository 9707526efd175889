"""Personal numbers in a text are hidden at the writer's wish, as a new revision that he sees."""

from __future__ import annotations

import json
from typing import Any

from wagtail.models import Page

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, StaleVersion
from taihe.ground.screening import mask, screen
from taihe.inner.people.models import Officer

from ..models import Article
from ..preparing import organ_of, require_writer, the_page

PLAIN = ("title", "summary", "keywords", "author", "editor")


@action("portal.mask_numbers")
def mask_numbers(actor: Actor, page_id: int, revision_id: int | None) -> int:
    """Hide telephone, identity and card numbers in an article's texts; returns the new revision's id.

    Raises Missing, NotAllowed, StaleVersion when it was edited meanwhile, BadInput when nothing is to hide.
    """
    Page.objects.select_for_update(of=("self",)).filter(pk=page_id).first()
    page: Any = the_page(page_id)
    require_writer(actor, page, organ_of(page))
    if page.latest_revision_id != revision_id:
        raise StaleVersion(what="该稿件")
    if not isinstance(page, Article):
        raise BadInput(what="栏目和首页的文字请直接在编辑台修改。")
    count = sum(_mask_field(page, name) for name in PLAIN) + _mask_body(page)
    if not count:
        raise BadInput(what="正文和各栏中没有可以自动隐去的号码。")
    user = Officer.objects.filter(pk=int(actor.person_id)).first() if actor.person_id.isdigit() else None
    revision = page.save_revision(user=user, changed=True, clean=False)
    record(("inner_portal.article", str(page_id), page.title), detail={"hidden": count, "revision": revision.pk})
    return int(revision.pk)


def _hidden(text: str, *, html: bool = False) -> str:
    return mask(text, screen(text, html=html)) if text else text


def _mask_field(page: Any, name: str) -> int:
    old = getattr(page, name)
    new = _hidden(old)
    setattr(page, name, new)
    return int(new != old)


def _mask_body(page: Any) -> int:
    blocks = json.loads(json.dumps(list(page.body.raw_data)))
    count = 0
    for block in blocks:
        old = json.dumps(block["value"], ensure_ascii=False)
        if block["type"] == "text":
            block["value"] = _hidden(block["value"], html=True)
        elif block["type"] == "table":
            block["value"]["data"] = [[_hidden(cell) if isinstance(cell, str) else cell for cell in row]
                                      for row in block["value"].get("data") or []]  # fmt: skip
        elif block["type"] == "picture":
            block["value"]["caption"] = _hidden(block["value"].get("caption") or "")
        count += json.dumps(block["value"], ensure_ascii=False) != old
    page.body = page._meta.get_field("body").to_python(json.dumps(blocks))
    return count
