"""What stands before every page of the desk: our rights, a list of what Wagtail may do, and one audited action.

Only the views named here answer; everything else of Wagtail (accounts, groups, workflow, locks, copies,
bulk actions, its API but for the menu's tree) is not there.  Whatever changes something runs as one
action `portal.cms`, with what was asked and how it ended.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from wagtail.models import Page
from wagtail.permissions import policy_registry

from taihe.ground.access import actor_of
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing, NotAllowed

from ..models import PortalDocument, PortalImage
from ..queries import desk as reading
from .locks import NeverByDesk
from .policy import Desk, desk_of

SAFE = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What a widget of Wagtail writes beside its field: one known function, the field's id, plain data.
STARTER = re.compile(
    r"<script>((?:new (?:Image|Document|Page)Chooser|init(?:Date|Time|DateTime)Chooser)"
    r'\("[\w-]+", (?:\{[^<>()]*\}|null)\);)</script>'
)
# Views over a page of which the actor may also see what lies above his own pages.
WALKS = frozenset(
    {
        "wagtailadmin_explore",
        "wagtailadmin_explore_results",
        "wagtailadmin_choose_page_child",
        "wagtailadmin_pages:search",
    }
)
PAGES = frozenset(
    f"wagtailadmin_pages:{name}"
    for name in (
        "add", "add_subpage", "edit", "delete", "move", "move_confirm", "search", "search_results", "choose_parent",
        "history", "history_results", "revisions_index", "revisions_revert", "revisions_compare",
    )
)  # fmt: skip
MEDIA = frozenset(
    f"{space}:{name}"
    for space, names in {
        "wagtailimages": ("index", "index_results", "add", "edit", "delete"),
        "wagtaildocs": ("index", "index_results", "add", "edit", "delete"),
        "wagtailimages_chooser": ("choose", "choose_results", "chosen", "chosen_multiple", "create", "select_format"),
        "wagtaildocs_chooser": ("choose", "choose_results", "chosen", "chosen_multiple", "create"),
    }.items()
    for name in names
)
OPEN = (
    WALKS | PAGES | MEDIA
    | {
        "wagtailadmin_home", "wagtailadmin_explore_root", "wagtailadmin_choose_page", "wagtailadmin_choose_page_search",
        "wagtailadmin_choose_page_external_link", "wagtailadmin_choose_page_anchor_link",
        "wagtailadmin_choose_page_email_link", "wagtailadmin_choose_page_phone_link", "wagtailadmin_dismissibles",
        "wagtailadmin_api:pages:listing", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog",
        "wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release",
        "portal_desk:media", "wagtaildocs_serve", "portal_desk:add_image", "portal_desk:add_document",
    }
)  # fmt: skip
# Not worth a record each: who has a page open now, as Wagtail shows it to others (kept an hour).
UNRECORDED = frozenset({"wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release"})
NEVER = ("action-publish", "action-submit", "action-unpublish", "go_live_at", "expire_at", "first_published_at")
PAGE_KEYS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id")


def at_the_desk(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wrap one of Wagtail's views."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = request.resolver_match.view_name if request.resolver_match else ""
        desk = lay(request)
        if name not in OPEN:
            refuse_closed(desk.actor, name, request)
        check_scope(request, desk, name, kwargs)
        if request.method in SAFE or name in UNRECORDED:
            response = view(request, *args, **kwargs)
        else:
            response = change(desk.actor, request, name, kwargs, lambda: view(request, *args, **kwargs))
        return with_policy(response)

    return guarded


def with_policy(response: HttpResponse) -> HttpResponse:
    """The desk's policy: no inline script but the fixed lines by which Wagtail starts its choosers, by digest."""
    later = getattr(response, "add_post_render_callback", None)
    if callable(later) and not getattr(response, "is_rendered", True):
        later(with_policy)
        return response
    digests = "".join(f" 'sha256-{one}'" for one in _starters(response))
    response.headers["Content-Security-Policy"] = f"script-src 'self'{digests}; {POLICY}"
    return response


def _starters(response: HttpResponse) -> list[str]:
    if response.streaming or "html" not in response.headers.get("Content-Type", ""):
        return []
    found = dict.fromkeys(STARTER.findall(response.content.decode()))
    return [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in found]


def lay(request: HttpRequest) -> Desk:
    """The desk for this request.  Raises NotAllowed for whoever has nothing to do there."""
    desk = desk_of(actor_of(request))
    if not desk.is_open:
        raise NotAllowed(what="进入网站采编")
    request.user.portal_desk = desk  # type: ignore[union-attr]
    return desk


def refuse_closed(actor: Actor, name: str, request: HttpRequest) -> None:
    """A part of Wagtail that is not open: gone for readers, refused on record for whoever posts to it."""
    if request.method in SAFE:
        raise Http404(name)
    raise_recorded(actor, name)


@action("portal.cms")
def raise_recorded(actor: Actor, name: str) -> None:
    """Record an attempt at what the desk never does."""
    record(("portal.cms", name[:120], "编辑台"), detail={"view": name})
    raise NeverByDesk()


@action("portal.cms")
def change(
    actor: Actor, request: HttpRequest, name: str, kwargs: dict[str, Any], view: Callable[[], HttpResponse]
) -> HttpResponse:
    """One change on the desk, whole or not at all, with what was asked and how it ended.

    Raises NeverByDesk when the form asks for what the desk never does.
    """
    asked = sorted(key for key in NEVER if key in request.POST)
    if asked:
        raise NeverByDesk()
    response = view()
    render = getattr(response, "render", None)
    if callable(render) and not getattr(response, "is_rendered", True):
        render()
    target = next((str(kwargs[key]) for key in (*PAGE_KEYS, "image_id", "document_id", "pk") if key in kwargs), "")
    record(
        ("portal.cms", target or name[:120], name),
        detail={
            "view": name,
            "target": {key: str(value) for key, value in kwargs.items()},
            "status": response.status_code,
        },
        refused=response.status_code >= 400,
    )
    return response


def check_scope(request: HttpRequest, desk: Desk, name: str, kwargs: dict[str, Any]) -> None:
    """Every page, picture or file that the address names lies within the actor's part.  Raises Missing."""
    ids = [kwargs[key] for key in PAGE_KEYS if key in kwargs]
    if name in ("wagtailadmin_pages:revisions_compare",):
        ids.append(kwargs.get("pk", 0))
    if ids:
        _check_pages(desk, [int(one) for one in ids], walking=name in WALKS)
    for space, model, key in (
        ("wagtailimages", PortalImage, "image_id"),
        ("wagtaildocs", PortalDocument, "document_id"),
    ):
        if not name.startswith(space):
            continue
        wanted = {str(kwargs[one]) for one in (key, "pk") if one in kwargs} | set(request.GET.getlist("id"))
        may = policy_registry.get_by_type(model).instances_user_has_any_permission_for(request.user, ["choose"])
        if wanted and may.filter(pk__in=[one for one in wanted if one.isdigit()]).count() < len(wanted):
            raise Missing(what="该素材")


def _check_pages(desk: Desk, ids: list[int], *, walking: bool) -> None:
    roots = [one.path for one in reading.below(desk.paths)]
    for path in Page.objects.filter(pk__in=ids).values_list("path", flat=True):
        inside = any(path.startswith(root) for root in roots)
        if not inside and not (walking and any(root.startswith(path) for root in roots)):
            raise Missing(what="该页面")
