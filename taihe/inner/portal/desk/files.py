"""Pictures and files of the desk as the editor sees them: only to whoever may use them."""

from __future__ import annotations

from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q
from django.http import FileResponse, HttpRequest
from wagtail.permissions import policy_registry

from taihe.ground.errors import Missing

from ..models import PortalDocument, PortalImage


def media(request: HttpRequest, name: str) -> FileResponse:
    """A picture, or a size of it.  Raises Missing, also for what lies on another organ's shelf."""
    may = policy_registry.get_by_type(PortalImage).instances_user_has_any_permission_for(request.user, ["choose"])
    if not may.filter(Q(file=name) | Q(renditions__file=name)).exists() or not default_storage.exists(name):
        raise Missing(what="该图片")
    return _answer(name, inline=True)


def document(request: HttpRequest, document_id: int, name: str) -> FileResponse:
    """A file.  Raises Missing."""
    may = policy_registry.get_by_type(PortalDocument).instances_user_has_any_permission_for(request.user, ["choose"])
    found: Any = may.filter(pk=document_id).first()
    if found is None or not default_storage.exists(found.file.name):
        raise Missing(what="该附件")
    return _answer(found.file.name, inline=False)


def _answer(name: str, *, inline: bool) -> FileResponse:
    answer = FileResponse(default_storage.open(name), as_attachment=not inline, filename=name.rsplit("/", 1)[-1])
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
