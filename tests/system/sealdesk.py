"""The county office in a house under test: one process that drafts, signs, numbers and asks for the seal on order.

Speaks JSON lines: ``{"do": "ask", "title": …}`` takes a new document to 用印 through the demo's own officers, has the
keeper ask for the seal, and answers ``{"document": …, "job": …}`` once that is committed.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from taihe.zones import prepare

SERIES, DRAFTER, SIGNER = "太政办", "demo_clerk", "demo_leader"
OUTCOMES = {
    "verify": "agree", "office": "agree", "sign": "sign", "recheck": "pass", "register": "done",
}  # fmt: skip
TEXT = "请各单位落实值班制度，及时报告情况。本件为演示。"


def _actor(officer: Any, post: Any) -> Any:
    from taihe.ground.actor import Actor

    organ = post.organ
    return Actor("officer", str(officer.pk), officer.name, str(post.pk), post.title, organ.code, organ.short_name)


def _holder(item: Any) -> Any:
    from taihe.inner.people.models import Appointment

    return item.officer or Appointment.objects.filter(post=item.post_id, valid_to__isnull=True).earliest("pk").officer


def _drafted(title: str) -> Any:
    from taihe.inner.office.documents.actions import drafting
    from taihe.inner.office.documents.content import Content, TextBlock
    from taihe.inner.office.documents.models import Series
    from taihe.inner.people.models import Appointment, Officer

    officer = Officer.objects.get(sign_in_name=DRAFTER)
    held = Appointment.objects.select_related("post__organ").get(officer=officer, is_main=True)
    actor, series = _actor(officer, held.post), Series.objects.get(code=SERIES)
    made = drafting.create(actor, series_pk=series.pk, genre="通知", drafting_organ_pk=held.post.organ_id)
    lines = [{"role": "main", "text": "各乡镇人民政府", "group": "townships"}]
    content = Content(title=title, blocks=(TextBlock(text=TEXT),), signature=series.signature)
    drafting.autosave(actor, made.pk, made.version, content, {"addressees": lines, "phone": "0558-8600000"})
    made.refresh_from_db()
    return actor, made


def _fields(node: str, document: Any) -> dict[str, Any]:
    from taihe.inner.office.documents.queries.signers import signing_posts
    from taihe.inner.people.models import Officer

    if node == "office":
        signer = Officer.objects.get(sign_in_name=SIGNER)
        post = next(one.post for one in signing_posts(document) if signer.pk in one.officers)
        return {"signer": f"{post.pk}:{signer.pk}"}
    return {"number": "next"} if node == "register" else {}


def ask(title: str) -> dict[str, int]:
    """A document on its way to the seal, and the seal asked for."""
    from taihe.inner.office.documents.actions import flowing, sealing
    from taihe.inner.office.documents.models import Document
    from taihe.inner.workflow.actions import complete
    from taihe.inner.workflow.models import WorkItem

    actor, made = _drafted(title)
    flowing.submit(actor, made.pk, made.version)
    while True:
        made = Document.objects.select_related("series").get(pk=made.pk)
        item = WorkItem.objects.filter(instance=made.instance_id, status="open", kind="do").earliest("pk")
        who = _actor(_holder(item), item.post)
        if item.node == "seal":
            return {"document": made.pk, "job": sealing.ask(who, item.pk, item.version).pk, "item": item.pk}
        outcome, fields = OUTCOMES[item.node], _fields(item.node, made)
        complete(who, item.pk, item.version, outcome=outcome, opinion="同意。", fields=fields)


def main() -> None:
    """Answer orders until the input closes."""
    prepare.enter("inner")
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(ask(json.loads(line)["title"])), flush=True)


if __name__ == "__main__":
    main()
