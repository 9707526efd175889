"""Handing files out: only what the owner's module lets the asker open, never in a way a browser would run."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from taihe.ground import access
from taihe.ground.rules import rule
from taihe.ground.ui.parts import Attached

from .actions import open_attachment
from .errors import FileDamaged
from .models import Attachment
from .owners import Owner
from .queries import attachments_of, leaves_trace, may_open, zone_store
from .store import MB

# Pages and drawings can carry programs; no rule may have them shown.
_NEVER_INLINE = ("html", "svg", "xml", "script")


class _Stream(FileResponse):
    block_size = 256 * 1024


@require_safe
@xframe_options_sameorigin
def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """One attachment as a download, or shown in the browser with ``?inline=1`` where its type allows."""
    row = _opened(request, key)
    etag = f'"{row.key}-{row.sha256[:16]}"'
    answer = get_conditional_response(request, etag=etag)
    return _secured(answer or _stream(row, inline=request.GET.get("inline") == "1"), row, etag)


def attached(owner: Owner, purpose: str = "") -> list[Attached]:
    """A record's files for the page's attachment list; the page answers for who sees it."""
    rows = attachments_of(owner, purpose)
    return [Attached(row.name, reverse("files:download", args=[row.key]), row.size, row.purpose) for row in rows]


def _opened(request: HttpRequest, key: str) -> Attachment:
    """The attachment for the asker; the opening is recorded unless the owner's module says it need not be."""
    actor = access.actor_of(request)
    return open_attachment(actor, key) if leaves_trace(key) else may_open(actor, key)


def _stream(row: Attachment, *, inline: bool) -> HttpResponse | FileResponse:
    verify = row.size <= rule("files.verify_mb") * MB
    file = zone_store().open(row.sha256, verify=verify)
    if file.seek(0, 2) != row.size:
        file.close()
        raise FileDamaged(digest=row.sha256)
    file.seek(0)
    shown = inline and row.mime in rule("files.inline_types") and not any(one in row.mime for one in _NEVER_INLINE)
    return _Stream(file, as_attachment=not shown, filename=row.name, content_type=row.mime)


def _secured(answer: HttpResponseBase, row: Attachment, etag: str) -> HttpResponseBase:
    answer["ETag"] = etag
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"  # asked again each time, so that a removed right takes effect
    if row.mime != "application/pdf":  # the browsers' PDF viewers do not run in a sandbox
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
