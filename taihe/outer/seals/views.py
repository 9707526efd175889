"""文件核验: anybody may learn whether a PDF was sealed by this county's organs and is unchanged since.

The file is looked at for malware, checked in a process of its own, and kept nowhere.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.files.errors import FileTooLarge
from taihe.ground.files.upload import examine
from taihe.ground.paper.apart import check_apart
from taihe.ground.paper.verifying import PaperVerdict
from taihe.ground.rules import rule
from taihe.ground.scanning import FileHeld, FileRefused, SecretMarkFound
from taihe.outer.portal.searching.limits import Pace

from . import queries
from .errors import NoTrustYet, VerifyBusy, VerifyTooFast
from .forms import VerifyForm

OWNER = "seals.verify"
AT_ONCE = 2
PATIENCE = 3.0
pace = Pace("seals.verifications_per_minute", VerifyTooFast)
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Checked:
    """What the page says of one file."""

    name: str
    size: int
    sha256: str
    at: datetime
    verdict: PaperVerdict


@contextmanager
def _place() -> Iterator[None]:
    """One of the few places to check at a time.  Raises VerifyBusy."""
    if not _places.acquire(timeout=PATIENCE):
        raise VerifyBusy()
    try:
        yield
    finally:
        _places.release()


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """The form and, after a file was sent, what it is worth.  Raises NoTrustYet, VerifyTooFast or VerifyBusy."""
    held = queries.held()
    checked = None
    if request.method == "POST":
        pace.step(str(request.META.get("REMOTE_ADDR", "")))
        if held is None:
            raise NoTrustYet()
        form = VerifyForm(request.POST, request.FILES)
        if form.is_valid():
            checked = _looked_at(request, form, held)
    else:
        form = VerifyForm()
    known = {"form": form, "checked": checked, "held": held}
    return render(request, "outer_seals/verify.html", known, status=422 if form.errors else 200)


def _looked_at(request: HttpRequest, form: VerifyForm, held: queries.Held) -> Checked | None:
    """The file's worth; None when it may not even be read, which then stands at the field."""
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    visitor = Actor(
        kind="citizen", person_id="", person_name="网上访客", address=str(request.META.get("REMOTE_ADDR", ""))
    )
    try:
        with _place():
            examine(visitor, file, OWNER)
            return _checked(file.name or "", file.read(), held)
    except (FileTooLarge, FileRefused, FileHeld, SecretMarkFound) as refusal:
        form.add_error("file", "".join(refusal.sentences()))
        return None
    finally:
        file.close()


def _checked(name: str, data: bytes, held: queries.Held) -> Checked:
    verdict = check_apart(data, held.roots, held.revocation_lists, seconds=rule("seals.verify_seconds"))
    return Checked(name, len(data), hashlib.sha256(data).hexdigest(), clock.now(), verdict)
