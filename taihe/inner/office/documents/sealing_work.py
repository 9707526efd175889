"""The worker's part of 用印, outside any transaction: draw the signed text, put the seal on, store the paper."""

from __future__ import annotations

import hashlib
import io

from taihe.ground.actor import Actor
from taihe.ground.errors import CountyError
from taihe.ground.files.upload import made_here
from taihe.ground.killpoints import killpoint
from taihe.ground.paper import Rendered, render
from taihe.inner.seals import api

from . import checks
from .actions import sealing
from .actions.sealing import Sealed
from .errors_flow import CannotSeal, ChecksFailed
from .flow_rows import content_of, numbered
from .models import SealJob
from .paper import FINAL, build

ACTOR = Actor.system("用印")
PDF = "application/pdf"
ABOVE_MM = 8.0
"""How far the seal's middle lies above the middle of name and date: both lie slightly below it (7.3.5.1)."""


def carry_out(pk: int) -> None:
    """Put the seal on, once; a refusal ends the job with its sentence, anything else is tried again."""
    job = sealing.begin(ACTOR, pk)
    if job is None:
        return
    try:
        sealing.finish(ACTOR, pk, _sealed(job))
    except CountyError as refusal:
        sealing.fail(ACTOR, pk, "".join(refusal.sentences()[:1]))
    killpoint("documents.seal_done")


def _sealed(job: SealJob) -> Sealed:
    document = job.document
    if document.signed_version is None or document.signed_digest != job.digest:
        raise CannotSeal(title=document.title, why="公文已退回或正文已修改。")
    content = content_of(numbered(document, document.signed_version))
    drawn = render(build(document, content, FINAL), made_at=job.asked_at)
    found = checks.blocking(checks.run(document, content, stage="seal", measure=True))
    if found:
        raise ChecksFailed(count=len(found), first=found[0].happened)
    killpoint("documents.seal_drawn")
    seal = int(job.actor["seal"])
    pdf = api.sign_paper(drawn.pdf, [seal_place(drawn, seal)], reason=f"{document.number} 用印")
    killpoint("documents.seal_signed")
    name = f"{document.number} {document.title}.pdf"
    prepared = made_here(io.BytesIO(pdf), name=name, mime=PDF, looked_at="用印")
    killpoint("documents.seal_stored")
    return Sealed(prepared, drawn.pages, hashlib.sha256(drawn.pdf).hexdigest(), seal)


def seal_place(drawn: Rendered, seal: int) -> api.Place:
    """Where the seal belongs: pressing name and date, centred on the date (GB/T 9704-2012, 7.3.5.1)."""
    names, dates = drawn.of("name"), drawn.of("date")
    middle = (names[-1].y + dates[-1].y) / 2 - ABOVE_MM
    return api.Place(seal, dates[-1].page, dates[-1].centre, middle)
