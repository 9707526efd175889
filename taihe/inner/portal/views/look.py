"""How a page would look to the public, shown inside the office: in a frame that can do nothing."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from taihe.ground import access
from taihe.ground.errors import Missing
from taihe.ground.files.errors import FileDamaged, FileLost

from ..baking import MemorySource, mime, preview, site_facts
from ..baking.preview import asset
from ..content import PageContent, read_content
from ..media import open_media
from ..preparing import prepare
from ..queries import reading
from ..queries.approved import approved_now
from .office import writer

PREFIX = "/portal/look"
# allow-same-origin: else the browser asks for the page's own styles without the session; scripts stay forbidden.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin"
)
_PICTURE = re.compile(r"img/([0-9a-f]{64})\.[a-z]+")


@xframe_options_sameorigin
def submitted(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a submission, exactly as the reviewers would let it out."""
    row = reading.visible(access.actor_of(request), pk)
    return _drawn(read_content(row.content))


@xframe_options_sameorigin
def draft(request: HttpRequest, page_id: int) -> HttpResponse:
    """The page as it is saved on the desk."""
    return _drawn(prepare(access.actor_of(request), page_id).content)


def _drawn(content: PageContent) -> HttpResponse:
    facts = site_facts(settings.TAIHE_COUNTY, demo=settings.TAIHE_DEMO)
    try:
        page = preview(content, MemorySource(facts, approved_now()), prefix=PREFIX)
    except KeyError as missing:
        raise Missing(what="可供预览的栏目（栏目还没有批准）") from missing
    return HttpResponse(page, headers={"Content-Security-Policy": POLICY})


def part(request: HttpRequest, path: str) -> HttpResponse:
    """A style sheet, drawing or picture of a preview."""
    writer(request)
    picture = _PICTURE.fullmatch(path)
    try:
        if picture:
            with open_media(picture[1]) as file:
                data = file.read()
        else:
            data = asset(f"/{path}")
    except (KeyError, FileLost, FileDamaged) as absent:
        raise Http404(path) from absent
    answer = HttpResponse(data, content_type=mime(f"/{path}"))
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=300"
    return answer
