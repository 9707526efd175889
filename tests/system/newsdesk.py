"""The people of the editorial office in a house under test: one process that writes, reviews and withdraws on order.

Speaks JSON lines: ``{"do": "publish", "title": …}`` takes a new article through the whole review by the demo's own
officers and answers ``{"page": …, "approved": seconds since 1970}`` once the last reviewer's decision is committed;
``{"do": "withdraw", "page": …}`` takes it off again.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from taihe.zones import prepare

COLUMN = "bmdt"
EDITOR, WITHDRAWER = "demo_editor", "demo_office_head"


def _actor(officer: Any) -> Any:
    from taihe.inner.people.tests.factories import acting

    return acting(officer)


def _officer(name: str) -> Any:
    from taihe.inner.people.models import Officer

    return Officer.objects.get(sign_in_name=name)


def publish(title: str) -> dict[str, Any]:
    """Write, send in, and let each reviewer agree; the number of the page and the moment of the approval."""
    from taihe.inner.portal import actions
    from taihe.inner.portal.models import Approval, Column
    from taihe.inner.portal.preparing import prepare as make_ready
    from taihe.inner.portal.tests.newsroom import article
    from taihe.inner.workflow import actions as workflow
    from taihe.inner.workflow.models import WorkItem

    editor = _officer(EDITOR)
    column = Column.objects.get(slug=COLUMN, path__startswith=Column.objects.get(slug="zwdt").path)
    page = article(column, owner=editor, title=title, html=f"<p>{title}的正文。</p>")
    row = actions.submit(_actor(editor), make_ready(_actor(editor), page.pk))
    while item := WorkItem.objects.filter(instance_id=row.instance_id, status="open").order_by("pk").first():
        fields = {"secrecy": "open", "ground": "可以公开"} if item.node == "first" else {}
        reviewer = _actor(item.officer)
        workflow.complete(reviewer, item.pk, item.version, outcome="approve", opinion="同意", fields=fields)
    approved = Approval.objects.get(page_id=page.pk).approved_at
    return {"page": page.pk, "approved": approved.timestamp()}


def withdraw(page: int) -> int:
    """Take a page off the site at once; the number of the withdrawal."""
    from taihe.inner.portal import actions

    return int(actions.withdraw(_actor(_officer(WITHDRAWER)), page, reason="演示：内容有误").pk)


def main() -> None:
    """Answer orders until the input closes."""
    prepare.enter("inner")
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        if order["do"] == "publish":
            answer = publish(order["title"])
        else:
            answer = {"withdrawal": withdraw(order["page"])}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
