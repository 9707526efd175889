"""Running the checks of a stage over one document and one content."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..content import Content
from ..models import Document
from . import addressing, dates, handling, layout, levels, listing, numbers, punctuation, secrets, subject, wording
from .case import Case
from .finding import Finding

CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    secrets.check,
    subject.check,
    addressing.check,
    wording.check,
    handling.check,
    numbers.check,
    dates.check,
    layout.check,
    listing.check,
    levels.check,
    punctuation.check,
    secrets.words,
)
_ORDER = {"B": 0, "W": 1, "I": 2}
OWN_REASON = ("D06",)
"""Checks that weigh the reason themselves: 越级 with a reason must still be copied to the organ left out."""


def run(document: Document, content: Content, *, stage: str, measure: bool = False) -> list[Finding]:
    """All findings of a stage (writing, submit, sign, recheck, number, seal), those that stop it first.

    With `measure` the paper is drawn and looked at at the stages submit and seal (slow, outside transactions);
    raises as `ground.paper.render` then.  A deviation with a reason kept in Document.reasons becomes a note.
    """
    case = Case(document, content, stage, measure=measure)
    found = [one for check in CHECKS for one in check(case)]
    if stage in ("number", "seal"):
        found += numbers.register(case)
    if measure and stage in ("submit", "seal"):
        found += layout.measured(case)
    weighed = [_with_reason(document, one) for one in found]
    return sorted(weighed, key=lambda one: _ORDER[one.severity])


def _with_reason(document: Document, finding: Finding) -> Finding:
    reason = document.reasons.get(finding.code, "").strip()
    if not reason or not finding.reason_allowed or finding.code in OWN_REASON:
        return finding
    return replace(finding, severity="I", happened=f"{finding.happened}已说明理由：{reason}", fix_title="", fix=None)


def apply_fix(code: str, place: str, document: Document, content: Content) -> Content:
    """The content with one finding corrected; unchanged where it is gone, or has no safe correction."""
    for one in run(document, content, stage="writing"):
        if one.code == code and one.place == place and one.fix is not None:
            return one.fix(content)
    return content
