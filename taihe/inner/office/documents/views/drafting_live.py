"""What the editor's script asks while one writes: hold, save, look, mend, take in a picture.  Every answer is JSON.

A refusal is answered with its sentences, and the text that came too late is parked, so that the page can say so.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from taihe.ground import access
from taihe.ground.errors import BadInput, CountyError
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import receive

from .. import checks
from ..actions import drafting
from ..content import Content
from ..editing import Editor
from ..errors_drafting import StaleText, TakenOver
from ..fields import Fields
from ..models import Document
from ..paper import OWNER, PICTURES
from ..preview import look as draw
from ..queries import drafting as reading
from .drafting import PICTURE, with_fields

View = Callable[[HttpRequest, int], JsonResponse]


def _answering(view: View) -> View:
    """A county refusal as JSON with its status; a late text is parked on the way."""

    @require_POST
    @wraps(view)
    def run(request: HttpRequest, pk: int) -> JsonResponse:
        try:
            return view(request, pk)
        except (StaleText, TakenOver) as refusal:
            return _told(refusal, **_park(request, pk))
        except CountyError as refusal:
            return _told(refusal)

    return run


def _told(refusal: CountyError, **more: Any) -> JsonResponse:
    told = {"code": refusal.code, "sentences": refusal.sentences(), "stop": refusal.http_status != 422 or more} | more
    told["stop"] = bool(told["stop"]) or refusal.code == "documents.secret_text"
    return JsonResponse(told, status=refusal.http_status)


def _park(request: HttpRequest, pk: int) -> dict[str, Any]:
    if "title" not in request.POST:
        return {}
    parked = drafting.park(access.actor_of(request), pk, Editor.posted(request.POST).content())
    head = reading.document(pk).head
    address = reverse("documents:versions", args=[pk])
    return {"parked": parked.number, "compare": f"{address}?a={parked.number}&b={head}"}


def _version(request: HttpRequest) -> int:
    text = request.POST.get("form_version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput(what="页面缺少版本信息，请刷新页面。")
    return int(text)


def _text(request: HttpRequest) -> tuple[Content, Fields]:
    editor = Editor.posted(request.POST)
    return editor.content(), editor.fields()


def _standing(row: Document, **more: Any) -> JsonResponse:
    return JsonResponse({"version": row.version, "number": row.head} | more)


@_answering
def hold(request: HttpRequest, pk: int) -> JsonResponse:
    """The first key was pressed: take the check-out."""
    return _standing(drafting.check_out(access.actor_of(request), pk, _version(request)))


@_answering
def save(request: HttpRequest, pk: int) -> JsonResponse:
    """Autosave."""
    content, fields = _text(request)
    version = drafting.autosave(access.actor_of(request), pk, _version(request), content, fields)
    return _standing(version.document, digest=version.digest)


@_answering
def look(request: HttpRequest, pk: int) -> JsonResponse:
    """The pages that changed, what the checks say, and how many organs are reached; nothing is stored."""
    document = reading.document(pk)
    drafting.require_writer(access.actor_of(request), document)
    content, fields = _text(request)
    with_fields(document, fields)
    drawn = draw(document, content)
    lines = fields.addressees or ()
    return JsonResponse(
        {
            "pages": drawn.pages,
            "pictures": drawn.pictures(set(request.POST.getlist("have"))),
            "fault": drawn.fault,
            "findings": [told(one) for one in reading.findings(document, content)],
            "units": reading.units(document, lines),
            "direction": document.get_direction_display(),
        }
    )


def told(one: checks.Finding) -> dict[str, Any]:
    """A finding as the page draws it."""
    return {
        "code": one.code,
        "severity": one.severity,
        "word": one.severity_title,
        "clause": one.clause,
        "happened": one.happened,
        "where": one.where,
        "line": one.line,
        "place": one.place,
        "fix": one.fix_title if one.fix is not None else "",
        "reason": one.reason_allowed,
    }


@_answering
def mend(request: HttpRequest, pk: int) -> JsonResponse:
    """一键修正: keep what is typed as a version, then put the mended text in place."""
    actor = access.actor_of(request)
    content, fields = _text(request)
    kept = drafting.autosave(actor, pk, _version(request), content, fields)
    document = reading.document(pk)
    code, place = request.POST.get("code", "")[:20], request.POST.get("place", "")[:80]
    mended = checks.apply_fix(code, place, document, reading.content_of(kept))
    if mended == reading.content_of(kept):
        raise BadInput(what="这一条已经不存在，不需要修正。")
    made = drafting.replace(actor, pk, document.version, mended, f"一键修正（{code}）")
    return _standing(made.document, content=mended.model_dump(mode="json"))


@_answering
def picture(request: HttpRequest, pk: int) -> JsonResponse:
    """A picture for the text: looked at, stored with the document; the page puts its block in."""
    actor = access.actor_of(request)
    document = reading.document(pk)
    drafting.require_writer(actor, document)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise BadInput(what="请选择一张 PNG 或 JPEG 图片。")
    row = receive(actor, file, Owner(OWNER, str(pk)), purpose=PICTURES, terms=PICTURE)
    return JsonResponse({"key": row.key, "url": reverse("files:download", args=[row.key]) + "?inline=1"})
