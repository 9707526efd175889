"""Word files in and out of the editor."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import quote

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, CountyError
from taihe.ground.files.actions import attach
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import examine, made_here
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.paper import Picture
from taihe.ground.paper.wordfile import Imported, read_docx
from taihe.ground.paper.wordwrite import write_docx

from ..actions import drafting
from ..errors_drafting import StaleText
from ..forms_drafting import WordForm
from ..models import Document
from ..paper import OWNER, PICTURES, build
from ..queries import drafting as reading
from ..secrecy import refuse_secrets
from ..wordtext import Text, to_content
from .drafting import edit_url, writable

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MOST_TOLD = 12
_MIMES = {"png": "image/png", "jpg": "image/jpeg"}


def word_import(request: HttpRequest, pk: int) -> HttpResponse:
    """导入Word: the file becomes the text; what stood before is kept as its own version."""
    actor = access.actor_of(request)
    document = writable(actor, pk)
    form = WordForm(request.POST or None, request.FILES or None, request=request, row=document)
    answer = None
    if request.method == "POST" and form.is_valid():
        try:
            answer = _brought_in(request, actor, document, form)
        except CountyError as refusal:
            if refusal.http_status not in (409, 422):
                raise
            form.add_error("file", "".join(refusal.sentences()))
    return answer or render(request, "office_documents/drafting/word.html", {"document": document, "form": form})


def _brought_in(request: HttpRequest, actor: Actor, document: Document, form: WordForm) -> HttpResponse | None:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    examine(actor, file, OWNER)
    name = file.name or "文稿.docx"
    imported = read_docx(file.read(), name, changes=form.cleaned_data["changes"])
    before = reading.content_of(reading.current(document))
    look = to_content(imported, before, lambda picture: "" if picture.extension == "svg" else "0" * 32)
    if not look.content.blocks:
        raise BadInput(what="文稿中没有读到文字。")
    refuse_secrets(actor, document.pk, look.content)
    told: list[str] = []

    def bring_in(who: Actor) -> None:
        text = to_content(imported, before, lambda picture: _kept(who, document, picture))
        if form.posted_version != document.version:
            raise StaleText(who=document.editing_name or "他人", seen="您打开本页之后")
        drafting.replace(who, document.pk, document.version, text.content, f"导入Word文稿：{name}"[:200])
        told.extend(_told(text, imported))

    answer = submit_once(
        request, form, bring_in, to=lambda _: edit_url(document.pk), done="已导入，原有文稿存为上一稿。"
    )
    for line in told:
        messages.info(request, line)
    return answer


def _kept(actor: Actor, document: Document, picture: Picture) -> str:
    """Store a picture that came in the file; it was looked at with it."""
    if picture.extension not in _MIMES:
        return ""
    name = f"文中图片.{picture.extension}"
    prepared = made_here(BytesIO(picture.data), name=name, mime=_MIMES[picture.extension], looked_at="随Word文稿检查")
    return attach(actor, prepared, Owner(OWNER, str(document.pk)), purpose=PICTURES).key


def _told(text: Text, imported: Imported) -> list[str]:
    told = list(text.notes)
    if imported.removed:
        gone = [f"“{words[:60]}”（{where or '段首'}…）" for where, words in imported.removed[:MOST_TOLD]]
        more = f"等 {len(imported.removed)} 处" if len(imported.removed) > MOST_TOLD else ""
        told.append("修订中删去的文字：" + "；".join(gone) + more)
    return told


def word_export(request: HttpRequest, pk: int) -> HttpResponse:
    """导出Word: the current text as .docx."""
    actor = access.actor_of(request)
    document = reading.require_drafts(actor, pk)
    version = reading.current(document)
    data = write_docx(build(document, reading.content_of(version)))
    drafting.note_export(actor, document, version.number)
    name = f"{document.title or '公文'}（第{version.number}稿）.docx".replace("/", "／")
    answer = HttpResponse(data, content_type=DOCX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
