"""导出公文目录: a list of documents leaves the system, and who took it is on record."""

from __future__ import annotations

from dataclasses import asdict

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.rules import rule

from ..queries import lists
from ..queries.lists import Found, Reach, Wanted


@action("documents.export")
def export(actor: Actor, tab: str, reach: Reach, wanted: Wanted) -> Found:
    """The newest rows of a list for a file: no more than rule documents.export_rows, only what the actor reads.

    `reach` is the actor's own, of this request.
    """
    size = int(rule("documents.export_rows"))
    found = lists.listed(actor, tab, reach, wanted, size)
    asked = {key: value for key, value in asdict(wanted).items() if value}
    record(
        ("documents.list", tab, "公文目录"), detail={"tab": tab, "rows": len(found.pks), "capped": found.more, **asked}
    )
    return found
