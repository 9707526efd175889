"""文件核验: any signed-in officer may learn what a PDF is worth.  The file is looked at and not kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from taihe.ground import access, clock
from taihe.ground.files.errors import FileTooLarge
from taihe.ground.files.upload import examine
from taihe.ground.paper.verifying import PaperVerdict
from taihe.ground.scanning import FileHeld, FileRefused, SecretMarkFound

from .. import api
from ..forms import VerifyForm
from ..provider import provider

OWNER = "seals.verify"


@dataclass(frozen=True)
class Checked:
    """What the page says of one file."""

    name: str
    size: int
    sha256: str
    at: datetime
    verdict: PaperVerdict
    original: api.Original | None


def verify(request: HttpRequest) -> HttpResponse:
    """Upload a PDF, read what it is worth."""
    actor = access.actor_of(request)
    form = VerifyForm(request.POST or None, request.FILES or None, request=request)
    checked = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            examine(actor, file, OWNER)
            checked = _checked(file.name or "", file.read())
        except (FileTooLarge, FileRefused, FileHeld, SecretMarkFound) as refusal:
            form.add_error("file", "".join(refusal.sentences()))
        finally:
            file.close()
    known = {"form": form, "checked": checked, "provider": provider()}
    return render(request, "inner_seals/verify.html", known, status=422 if form.errors else 200)


def _checked(name: str, data: bytes) -> Checked:
    digest = hashlib.sha256(data).hexdigest()
    return Checked(name, len(data), digest, clock.now(), api.check_strange(data), api.known_original(digest))
