"""What Wagtail may never do with a page of the desk, whoever asks: publish, schedule, unpublish, lock, alias.

Its editor's button, its API, its scheduler and its bulk actions all end at `Page.publish` or at the
registered action; both refuse here.  What the public sees comes from our approvals (`models/review.py`).
"""

from __future__ import annotations

from typing import Any

from wagtail.actions import action_registry
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.models import Page, PagePermissionTester

from taihe.ground.errors import CountyError


class NeverByDesk(CountyError):
    """The desk publishes nothing."""

    code = "portal.never_by_desk"
    http_status = 403
    happened = "编辑台不能直接发布、定时发布或下线页面。"
    done = "页面没有变动，这次尝试已记入审计日志。"
    next_step = "请保存后点“送审”；需要下线的，请由有撤稿权限的人员办理撤稿。"


class NoPublish(PublishPageRevisionAction):
    """Stands where Wagtail looks for its publishing action."""

    def execute(self, skip_permission_checks: bool = False) -> None:
        raise NeverByDesk()


class NoUnpublish(UnpublishPageAction):
    """Stands where Wagtail looks for its unpublishing action."""

    def execute(self, skip_permission_checks: bool = False) -> None:
        raise NeverByDesk()


class DeskTester(PagePermissionTester):
    """Who may do what with one page: articles by their writers, columns and front page by who shapes them."""

    def _desk(self) -> Any:
        from .policy import desk_at

        return desk_at(self.user)

    def _here(self) -> bool:
        from ..models import Article

        desk = self._desk()
        if desk is None:
            return False
        if issubclass(self.page.specific_class or type(self.page), Article):
            return bool(desk.may_write(self.page.path))
        return bool(desk.may_shape(self.page.path))

    def can_edit(self) -> bool:
        return self._here()

    def can_add_subpage(self) -> bool:
        desk = self._desk()
        return desk is not None and bool(super().can_add_subpage()) and self._may_hang(desk)

    def _may_hang(self, desk: Any) -> bool:
        return bool(desk.may_shape(self.page.path) or desk.may_write(self.page.path))

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        from ..queries.status import has_history

        return self._here() and bool(self.page.is_leaf()) and not has_history(self.page.pk)

    def can_move(self) -> bool:
        return self._here()

    def can_move_to(self, destination: Any) -> bool:
        return (
            self.can_move()
            and destination.permissions_for_user(self.user).can_add_subpage()
            and bool(super().can_move_to(destination))
        )

    def can_publish(self) -> bool:
        return False

    can_unpublish = can_publish_subpage = can_reorder_children = can_set_view_restrictions = can_publish
    can_lock = can_unlock = can_unschedule = can_submit_for_moderation = can_copy = can_publish

    def can_copy_to(self, destination: Any, recursive: bool = False) -> bool:
        return False


class Unpublishable:
    """Mixed into every page model of the desk."""

    def permissions_for_user(self, user: Any) -> DeskTester:
        return DeskTester(user, self)

    def publish(self, *args: Any, **kwargs: Any) -> None:
        raise NeverByDesk()

    def unpublish(self, *args: Any, **kwargs: Any) -> None:
        if getattr(self, "live", False):
            raise NeverByDesk()


def put() -> None:
    """Take the place of Wagtail's publishing actions; called once at start, after Wagtail's own apps."""
    action_registry.register(Page, NoPublish)
    action_registry.register(Page, NoUnpublish)
