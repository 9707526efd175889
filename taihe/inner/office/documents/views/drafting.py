"""Pages of writing: a new draft, the editor, and taking over.  All of them work without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, CountyError, NotAllowed
from taihe.ground.files.owners import Owner
from taihe.ground.files.upload import Terms, receive
from taihe.ground.formsafety.submission import submit_once
from taihe.ground.rules import rule
from taihe.ground.ui.widgets import initials
from taihe.inner.people.permissions import require
from taihe.inner.people.views.common import FormPage, answer_form

from .. import rights
from ..actions import drafting
from ..content import Content
from ..editing import PLAIN, Block, Editor, Part, Row
from ..errors_drafting import StaleText, TakenOver
from ..fields import Fields
from ..forms_drafting import BeginForm, EditForm, TakeOverForm, edit_form
from ..models import Document, DocumentVersion
from ..paper import OWNER, PICTURES
from ..preview import look
from ..queries import drafting as reading
from ..secrecy import refuse_secrets

PICTURE = Terms(mb=10, kinds={"png", "jpg"})
CRUMBS = [("公文", "/documents/")]
BLANKS = {
    "text": Block("k0", "text"),
    "table": Block("k0", "table", text="\t\t\n\t\t"),
    "picture": Block("k0", "picture"),
    "attachment": Part("a0", "", [Block("k0", "text")]),
    "issued": Part("issued", "", [Block("k0", "text")]),
    "main": Row("l0", "main", ""),
    "cc": Row("l0", "cc", ""),
}
"""What the page's script copies for a new block, part or line."""
ADD = ("main", "cc", "cosign")


def new(request: HttpRequest) -> HttpResponse:
    """拟稿: the series and the genre, then the editor."""
    actor = access.actor_of(request)
    require(actor, rights.DRAFT)
    beginnings = reading.beginnings(actor)
    form = BeginForm(request.POST or None, request=request, beginnings=beginnings)

    def begin(who: Actor) -> Document:
        organ, _, series = form.cleaned_data["begin"].partition("-")
        genre = form.cleaned_data["genre"]
        return drafting.create(who, series_pk=int(series), genre=genre, drafting_organ_pk=int(organ))

    page = FormPage("拟稿", "开始拟稿", "/documents/", CRUMBS, panel="选择发文代字和文种")
    if not beginnings:
        page.stops = ["本单位还没有可用的发文代字（发文立户），不能拟稿。请联系县政府办公室或县委办公室登记。"]
    return answer_form(request, page, form, begin, to=lambda row: edit_url(row.pk))


def edit_url(pk: int, place: str = "") -> str:
    """The editor of a document, at a block of it."""
    return reverse("documents:edit", args=[pk]) + (f"#{place}" if place else "")


@dataclass
class Page:
    """One editor page being answered."""

    request: HttpRequest
    actor: Actor
    document: Document
    version: DocumentVersion
    form: EditForm
    editor: Editor

    def text(self) -> tuple[Content, Fields]:
        """What the page says.  Raises BadInput."""
        return self.editor.content(), self.editor.fields()


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor; a post saves what the page holds and does what its button says."""
    page = opened(request, pk)
    if page.request.method != "POST":
        refusal = _held_by_another(page)
        return refusal or _drawn(page)
    command = request.POST.get("do", "save")
    if command == "look":
        return _drawn(page, looking=True)
    try:
        _carry_out(page, command)
        content, fields = page.text()
        refuse_secrets(page.actor, pk, content)
        answer = submit_once(
            request,
            page.form,
            lambda who: _keep(who, page, command, content, fields),
            to=lambda _: _next(page, command),
            done=_done(command),
        )
    except (StaleText, TakenOver) as refusal:
        return _parked(page, refusal)
    except CountyError as refusal:
        if refusal.http_status not in (409, 422):
            raise
        page.form.add_error(None, "".join(refusal.sentences()))
        answer = None
    return answer or _drawn(page)


def writable(actor: Actor, pk: int) -> Document:
    """The document, for a writer.  Raises Missing, MayNotEdit, and NotAllowed for whoever has no part in it."""
    document = reading.document(pk)
    if not drafting.who_may_edit(actor, document) and not reading.sees_drafts(actor, document):
        raise NotAllowed(what="编辑这件公文")
    drafting.require_writer(actor, document)
    return document


def opened(request: HttpRequest, pk: int) -> Page:
    """The page of a document that the asker may write.  Raises MayNotEdit, Missing."""
    actor = access.actor_of(request)
    document = writable(actor, pk)
    version = reading.current(document)
    posted = request.method == "POST"
    stored = Editor.of(document, reading.content_of(version), reading.lines_of(document))
    editor = Editor.posted(request.POST) if posted else stored
    names = ("title", "signature", "note", "listed", "in_colophon", "important")
    initial = stored.plain | {name: getattr(stored, name) for name in names}
    form = edit_form(request, document, initial, posted=posted)
    if form.restored is not None:
        editor = Editor.posted(form.restored.data)
    return Page(request, actor, document, version, form, editor)


def _carry_out(page: Page, command: str) -> None:
    verb, _, target = command.partition(":")
    if verb == "picture":
        page.editor.add_picture(target, _picture(page))
        return
    if verb not in ADD:
        page.editor.carry_out(command)
        return
    if not page.request.POST.get("pick"):
        raise BadInput(what="请先在“选择单位”中选定范围或单位。")
    text, group, organ = reading.named(page.request.POST["pick"])
    if verb == "cosign":
        if not organ:
            raise BadInput(what="会签单位请逐个选择机构。")
        page.editor.cosigners = list(dict.fromkeys([*page.editor.cosigners, organ]))
    else:
        page.editor.add_line(verb, text, group, organ)


def _picture(page: Page) -> str:
    """Take in the chosen picture; its key."""
    file = page.request.FILES.get("picture")
    if not isinstance(file, UploadedFile):
        raise BadInput(what="请先在页面下方选择一张 PNG 或 JPEG 图片。")
    owner = Owner(OWNER, str(page.document.pk))
    return receive(page.actor, file, owner, purpose=PICTURES, terms=PICTURE).key


def _keep(actor: Actor, page: Page, command: str, content: Content, fields: Fields) -> None:
    pk = page.document.pk
    drafting.autosave(actor, pk, page.form.posted_version or 0, content, fields)
    if command in ("version", "leave"):
        note = page.form.cleaned_data.get("version_note", "")
        drafting.check_in(actor, pk, note if command == "version" else "")


def _next(page: Page, command: str) -> str:
    if command == "leave":
        return reverse("documents:document", args=[page.document.pk])
    verb, _, target = command.partition(":")
    return edit_url(page.document.pk, target if verb in ("up", "down") else "")


def _done(command: str) -> str:
    return {"save": "已保存。", "version": "已存为一稿。", "leave": "已保存，文稿已放开，他人可以接着编辑。"}.get(
        command, ""
    )


def _parked(page: Page, refusal: CountyError) -> HttpResponse:
    """The text of a page that came too late, beside the current one."""
    parked = drafting.park(page.actor, page.document.pk, page.editor.content())
    told = "".join(refusal.sentences())
    messages.warning(page.request, f"{told}本页的文字已另存为第{parked.number}稿，可与当前稿对照。")
    address = reverse("documents:versions", args=[page.document.pk])
    return HttpResponseRedirect(f"{address}?a={parked.number}&b={reading.document(page.document.pk).head}")


def _held_by_another(page: Page) -> HttpResponse | None:
    """The page that says who is writing, with the way to take over; None when one may go on."""
    document = page.document
    me = str(document.editing_by_id or page.actor.person_id) == page.actor.person_id
    if me or reading.is_free(document):
        return None
    known = {"document": document, "form": TakeOverForm(request=page.request, row=document)}
    return render(page.request, "office_documents/drafting/held.html", known, status=409)


def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """接管, with a reason."""
    actor = access.actor_of(request)
    document = writable(actor, pk)
    form = TakeOverForm(request.POST or None, request=request, row=document)
    answer = submit_once(
        request,
        form,
        lambda who: drafting.take_over(who, pk, form.cleaned_data["reason"]),
        to=lambda _: edit_url(pk),
        done="已接管，对方保存的文字在“历次稿”中完整保留。",
    )
    return answer or render(request, "office_documents/drafting/held.html", {"document": document, "form": form})


# -- drawing --------------------------------------------------------------------------------------


def _drawn(page: Page, *, looking: bool = False) -> HttpResponse:
    document, editor = page.document, page.editor
    for name, value in editor.plain.items():
        page.form.initial.setdefault(name, value)
    known: dict[str, Any] = {
        "document": document,
        "version": page.version,
        "form": page.form,
        "editor": editor,
        "choices": _choices(),
        "cosigners": _cosigners(editor),
        "blanks": BLANKS,
        "pause": rule("documents.preview_pause_ms"),
        "save_after": rule("documents.autosave_seconds") * 1000,
        "fields_open": document.state in ("draft", "in_review"),
        "looking": looking,
    }
    if looking:
        known |= _looked(page)
    return render(page.request, "office_documents/drafting/edit.html", known, status=422 if page.form.errors else 200)


def _choices() -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What may be chosen, each with the letters by which it is found."""
    return [
        (group, [(value, title, initials(title)) for value, title in options]) for group, options in reading.choices()
    ]


def _cosigners(editor: Editor) -> list[tuple[str, str]]:
    names = reading.organ_names(editor.cosigners)
    return [(one, names[one]) for one in editor.cosigners if one in names]


def _looked(page: Page) -> dict[str, Any]:
    """The pages and findings of what was typed, for the page without scripts."""
    try:
        content, fields = page.text()
    except BadInput as refusal:
        return {"fault": "".join(refusal.sentences())}
    with_fields(page.document, fields)
    drawn = look(page.document, content)
    pictures = drawn.pictures()
    return {
        "pages": [pictures[name] for name in drawn.pages if name in pictures],
        "fault": drawn.fault,
        "findings": reading.findings(page.document, content),
        "units": reading.units(page.document, fields.addressees or ()),
    }


def with_fields(document: Document, fields: Fields) -> None:
    """Put what is typed on the document in memory, for drawing and checking; nothing is stored."""
    for name in (*PLAIN, "important"):
        value = getattr(fields, name, None)
        if value is not None:
            setattr(document, name, value)
    if fields.cosigners is not None:
        document.cosigners = list(fields.cosigners)
    if fields.reasons is not None:
        document.reasons = dict(fields.reasons)
    document.direction = reading.direction_from(document, fields.addressees or ())
