"""What we change of Wagtail's own pages: the menu, the footer of the editor, what choosers offer."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import policy_registry

from taihe.ground.errors import NotAllowed

from .desk.locks import NeverByDesk
from .desk.policy import desk_at
from .models import Article, Column
from .queries.status import has_history

KEPT = ("explorer", "images", "documents", "portal")


@hooks.register("register_admin_menu_item")
def my_work() -> MenuItem:
    """Back to our own pages."""
    return MenuItem("我的稿件", reverse("portal:mine"), name="portal", icon_name="list-ul", order=1)


@hooks.register("construct_main_menu")
def only_what_stands(request: HttpRequest, items: list[Any]) -> None:
    """No reports, settings or help: those pages are closed."""
    items[:] = [one for one in items if one.name in KEPT]


@hooks.register("construct_homepage_summary_items")
def no_summary(request: HttpRequest, items: list[Any]) -> None:
    """Counts of the whole site say nothing to an editor of one column."""
    items.clear()


class SendIn(ActionMenuItem):
    """送审: leads to the page where the saved text is looked through and sent in."""

    name = "portal-send"
    label = "送审（先保存）"
    icon_name = "upload"
    order = 10

    def is_shown(self, context: dict[str, Any]) -> bool:
        return bool(context["view"] == "edit")

    def get_url(self, context: dict[str, Any]) -> str:
        return reverse("portal:submit", args=[context["page"].pk])


@hooks.register("register_page_action_menu_item")
def send_in() -> ActionMenuItem:
    """The button beside 保存草稿."""
    return SendIn()


@hooks.register("construct_page_action_menu")
def only_save_and_send(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Nothing else can be done to a page of the desk."""
    items[:] = [one for one in items if one.name in ("action-save-draft", "portal-send", "action-page-locked")]


@hooks.register("construct_page_listing_buttons")
def few_buttons(buttons: list[Any], page: Any, user: Any, context: Any = None) -> None:
    """Buttons whose pages are closed are not drawn."""
    closed = ("/copy/", "/unpublish/", "/workflow", "/privacy/", "/lock", "/view_draft/")
    buttons[:] = [one for one in buttons if not any(part in str(getattr(one, "url", "") or "") for part in closed)]


@hooks.register("construct_page_chooser_queryset")
def own_pages(pages: Any, request: HttpRequest) -> Any:
    """Choosers offer the pages that the actor may see, and no others."""
    return pages & policy_registry.get_by_type(Page).explorable_instances(request.user)


@hooks.register("before_create_page")
def may_create(request: HttpRequest, parent: Any, page_class: type) -> None:
    """Articles by writers, columns by who shapes them.  Raises NotAllowed."""
    desk = desk_at(request.user)
    if page_class is Article and desk is not None and desk.may_write(parent.path):
        return
    if page_class is Column and desk is not None and desk.may_shape(parent.path):
        return
    raise NotAllowed(what="在此处新建页面")


@hooks.register("before_delete_page")
def may_delete(request: HttpRequest, page: Any) -> None:
    """What was sent in or approved stays on record.  Raises NeverByDesk."""
    if has_history(page.pk) or not page.is_leaf():
        raise NeverByDesk()


@hooks.register("insert_global_admin_css")
def our_colours() -> str:
    """The county's colours on the desk."""
    return format_html('<link rel="stylesheet" href="{}">', static("inner_portal/desk.css"))
