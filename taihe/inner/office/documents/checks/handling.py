"""Who signed, after whom, and what became of the text since: D04, D14, D15, D16, D17."""

from __future__ import annotations

from collections.abc import Iterator

from taihe.inner.workflow.models import Kind, Status, WorkItem

from .. import series as all_series
from ..models import Signing
from ..queries import signers
from ..states import State
from .case import Case
from .finding import Finding

SIGNED = (State.SIGNED, State.NUMBERED, State.SEALED)


def check(case: Case) -> Iterator[Finding]:
    """The checks of handling that can be made at this stage."""
    yield from _series(case)
    yield from _principal(case)
    yield from _unchanged(case)
    if case.reached("recheck"):
        yield from _signed(case)
    if case.document.number:
        yield from _numbered(case)


def _series(case: Case) -> Iterator[Finding]:
    if not all_series.stands(case.series):
        yield Finding(
            "D17",
            "B",
            "条例第三十七条",
            f"代字“{case.series.code}”已停用，或者{case.series.organ.name}没有发文立户，不能以它发文。",
            where="fields",
        )


def _principal(case: Case) -> Iterator[Finding]:
    """上行文 is signed by the principal, whose name is printed."""
    document = case.document
    if document.direction != "up":
        return
    titles = "、".join(case.series.principal_titles) or "主要负责人"
    clause = "条例第九条（六）、第二十二条"
    if case.reached("recheck"):
        if not document.signer_name:
            yield Finding("D04", "B", clause, f"上行文应当标注签发人（{titles}）姓名，现在是空的。", where="fields")
        return
    if case.reached("submit") and not any(
        one.post.title in case.series.principal_titles for one in signers.signing_posts(document)
    ):
        yield Finding(
            "D04",
            "B",
            clause,
            f"上行文由主要负责人签发，{case.series.sign_organ.name}现在没有在任的{titles}。",
            where="fields",
        )
    elif not document.signer_name:
        yield Finding("D04", "I", clause, f"上行文由主要负责人（{titles}）签发，签发后印上签发人姓名。", where="fields")


def _unchanged(case: Case) -> Iterator[Finding]:
    document = case.document
    if document.state not in SIGNED or not document.signed_digest or case.stage == "sign":
        return
    if case.content.digest != document.signed_digest:
        yield Finding(
            "D15",
            "B",
            "条例第二十五条（一）",
            f"文字与签发时（第{document.signed_version}稿，签发人{document.signer_name}）不一致，应当送原签发人复审。",
            where="body",
        )


def _signed(case: Case) -> Iterator[Finding]:
    document = case.document
    signing = Signing.objects.filter(document=document, void_at__isnull=True).first() if document.pk else None
    if signing is None or not (signing.opinion.strip() and signing.signer_name.strip()):
        yield Finding(
            "D14",
            "B",
            "条例第二十二条",
            "没有有效的签发记录：签发应当签署意见、姓名和完整日期。",
            where="fields",
            place="signing",
        )
    if not _passed(case, "office", "agree"):
        yield Finding("D14", "B", "条例第二十条", "签发前没有经发文机关办公室审核。", where="fields", place="office")


def _numbered(case: Case) -> Iterator[Finding]:
    signed = case.document.pk and Signing.objects.filter(document=case.document).exists()
    checked = not case.reached("number") or _passed(case, "recheck")
    if not signed or not checked:
        what = "复核" if signed else "签发"
        yield Finding(
            "D16",
            "B",
            "条例第二十五条（二）",
            f"发文字号应当在签发、复核之后编定，这件公文没有经过{what}就有了字号。",
            where="fields",
        )


def _passed(case: Case, node: str, outcome: str = "") -> bool:
    rows = WorkItem.objects.filter(
        instance_id=case.document.instance_id or 0, node=node, kind=Kind.DO, status=Status.DONE
    )
    return (rows.filter(outcome=outcome) if outcome else rows).exists()
