"""Loading a whole file of organs or officers, or nothing of it."""

from __future__ import annotations

from taihe.ground.action import action, record
from taihe.ground.actor import Actor

from ..errors import ImportRefused
from ..importing import OfficerDraft, OrganDraft, Report, Table, check_officers, check_organs
from ..models import Organ, OrganStatus, Post
from ..permissions import require, scopes_of
from .loading import load_officers, load_organs


@action("people.import_organs")
def import_organs(actor: Actor, table: Table) -> Report[OrganDraft]:
    """Load every row of a file of new organs; the standing organs they hang below are locked.

    Raises NotAllowed; ImportRefused, with the row-by-row report as ``error.report``, when any row is bad.
    """
    require(actor, "people.import")
    named = {row.get("parent", "") for _, row in table.rows}
    list(Organ.objects.select_for_update(of=("self",)).filter(code__in=named, status=OrganStatus.ACTIVE).order_by("pk"))
    report = check_organs(table, scopes_of(actor, "people.import"))
    refuse_unless_ok(report)
    made = load_organs(actor, report.drafts, f"批量导入：{table.file_name}")
    record(("inner_people.organ", "", table.file_name), detail=_detail(table, [one.code for one in made]))
    return report


@action("people.import_officers")
def import_officers(actor: Actor, table: Table) -> Report[OfficerDraft]:
    """Load every row of a file of new officers and their posts; the posts are locked while places are counted.

    The accounts have no password until an initial one is issued.  Raises NotAllowed, ImportRefused.
    """
    require(actor, "people.import")
    codes = {row.get("organ", "") for _, row in table.rows}
    list(Post.objects.select_for_update(of=("self",)).filter(organ__code__in=codes).order_by("pk"))
    report = check_officers(table, scopes_of(actor, "people.import"))
    refuse_unless_ok(report)
    made = load_officers(report.drafts, basis=f"批量导入：{table.file_name}")
    record(("inner_people.officer", "", table.file_name), detail=_detail(table, [one.sign_in_name for one in made]))
    return report


def refuse_unless_ok(report: Report[OrganDraft] | Report[OfficerDraft]) -> None:
    """Raise ImportRefused, carrying the report, when any row is bad."""
    if report.ok:
        return
    refusal = ImportRefused(bad=len(report.issues), rows=len(report.lines))
    refusal.report = report
    raise refusal


def _detail(table: Table, made: list[str]) -> dict[str, object]:
    return {"rows": len(table.rows), "made": made[:500], "count": len(made), "digest": table.digest}
