"""Wagtail asks us who may do what: its groups stay empty, rights come from the acting post at each request.

A portal editor may write in the columns of the organs in scope, and see no others; pictures and files
lie on a shelf per organ.  The permission to publish is given to nobody, so that nothing in Wagtail can
put a page before the public; what the public sees comes from our approvals alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.backends import BaseBackend
from wagtail.models import Collection, Page
from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy
from wagtail.permissions import policy_registry

from taihe.ground.actor import Actor
from taihe.inner.people import permissions

from .. import rights
from ..models import PortalDocument, PortalImage
from ..queries import desk as reading

ACCESS = "wagtailadmin.access_admin"


@dataclass(frozen=True)
class Codename:
    """What Wagtail reads of a permission."""

    codename: str


@dataclass(frozen=True)
class HeldPage:
    """A permission over a page and all below it, as Wagtail reads it."""

    page: Page
    permission: Codename

    @property
    def page_id(self) -> int:
        return int(self.page.pk)


@dataclass(frozen=True)
class HeldCollection:
    """A permission over a shelf, as Wagtail reads it."""

    collection: Collection
    permission: Codename

    @property
    def collection_id(self) -> int:
        return int(self.collection.pk)


@dataclass
class Desk:
    """What one actor may touch on the desk in this request: organ paths to write in, and to shape columns of."""

    actor: Actor
    writes: tuple[str, ...]
    shapes: tuple[str, ...]
    _owned: list[reading.Owned] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether there is anything to do here at all."""
        return bool(self.writes or self.shapes)

    @property
    def paths(self) -> tuple[str, ...]:
        """Organ paths of everything that may be seen."""
        return (*self.writes, *self.shapes)

    def owner(self, path: str) -> reading.Owned | None:
        """The page that answers for a page of the tree, by its tree path."""
        self._owned = self._owned or reading.owned_pages()
        found = [one for one in self._owned if path.startswith(one.path)]
        return found[-1] if found else None

    def may_shape(self, path: str) -> bool:
        """Whether columns at this place of the tree may be set up by the actor."""
        owner = self.owner(path)
        return owner is not None and any(owner.organ_path.startswith(one) for one in self.shapes)

    def may_write(self, path: str) -> bool:
        """Whether articles at this place of the tree may be written by the actor."""
        owner = self.owner(path)
        return owner is not None and any(owner.organ_path.startswith(one) for one in self.writes)


def desk_of(actor: Actor) -> Desk:
    """The actor's part of the desk, from the rights of the acting post."""
    return Desk(actor, permissions.scopes_of(actor, rights.EDIT), permissions.scopes_of(actor, rights.STRUCTURE))


def desk_at(user: Any) -> Desk | None:
    """The desk that the middleware laid before this user for this request; None anywhere else."""
    found = getattr(user, "portal_desk", None)
    return found if isinstance(found, Desk) and user.is_active and found.is_open else None


class DeskBackend(BaseBackend):
    """Opens Wagtail's door to whoever has something to do behind it."""

    def get_user_permissions(self, user_obj: Any, obj: object = None) -> set[str]:
        return {ACCESS} if obj is None and desk_at(user_obj) else set()


class DeskPages(PagePermissionPolicy):
    """Pages: add and change below the columns of the actor's organs; publish, lock and bulk delete for nobody."""

    permission_cache_name = "_portal_page_permissions"

    def get_all_permissions_for_user(self, user: Any) -> list[HeldPage]:
        desk = desk_at(user)
        if desk is None:
            return []
        roots = {one.page_id for one in reading.below(desk.paths)}
        pages = Page.objects.filter(pk__in=roots).order_by("path")
        return [HeldPage(page, Codename(f"{verb}_page")) for page in pages for verb in ("add", "change")]


class DeskShelves(CollectionOwnershipPermissionPolicy):
    """Pictures and files: everything on the shelves of the actor's organs; choosing from the county's common one."""

    def __init__(self, model: Any) -> None:
        super().__init__(model, auth_model=model, owner_field_name="uploaded_by_user")
        self.permission_cache_name = f"_portal_shelves_{model._meta.model_name}"

    def get_all_permissions_for_user(self, user: Any) -> list[HeldCollection]:
        desk = desk_at(user)
        if desk is None:
            return []
        name = self.auth_model._meta.model_name
        own = reading.shelves(desk.paths)
        held = [
            HeldCollection(one.collection, Codename(f"{verb}_{name}"))
            for one in own
            for verb in ("add", "change", "choose", "delete")
        ]
        common = reading.common_shelf()
        return [*held, HeldCollection(common, Codename(f"choose_{name}"))] if common else held


def put() -> None:
    """Take Wagtail's questions over; called once at start, after Wagtail's own apps are ready."""
    policy_registry.register(Page, value=DeskPages())
    policy_registry.register(PortalImage, value=DeskShelves(PortalImage))
    policy_registry.register(PortalDocument, value=DeskShelves(PortalDocument))
