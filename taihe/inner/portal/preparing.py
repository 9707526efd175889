"""Everything slow before a page is sent in: its content, its pictures, the machine's proof-reading."""

from __future__ import annotations

from dataclasses import dataclass

from wagtail.models import Page, Revision

from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.inner.people.models import Officer, Organ
from taihe.inner.people.permissions import require

from . import references, rights
from .content import PageContent, content_digest
from .desk.policy import desk_of
from .examining import Examined, examine
from .models import Article, Column, PortalHome, Submission
from .queries.approved import approved_page
from .queries.desk import owner_of
from .snapshots import snapshot

HIGH, NORMAL = 3, 2


@dataclass(frozen=True)
class Prepared:
    """One revision of one page, ready to be sent in.  `digest` names exactly this content."""

    page_id: int
    revision_id: int | None
    content: PageContent
    digest: str
    examined: Examined
    levels: int
    organ: Organ
    column_title: str
    writers: tuple[str, ...]
    unchanged: bool


def the_page(page_id: int) -> Page:
    """The page's newest form on the desk.  Raises Missing."""
    row = Page.objects.filter(pk=page_id).first()
    if row is None or not isinstance(row.specific, (Article, Column, PortalHome)):
        raise Missing(what="该页面")
    return row.specific.get_latest_revision_as_object()


def organ_of(page: Page) -> Organ:
    """The organ that answers for a page.  Raises Missing."""
    owner = owner_of(page.path)
    organ = Organ.objects.filter(pk=owner.organ_id).first() if owner else None
    if organ is None:
        raise Missing(what="该页面的负责单位")
    return organ


def require_writer(actor: Actor, page: Page, organ: Organ) -> None:
    """Raise NotAllowed unless the actor may write (an article) or shape (a column, the front page) here."""
    require(actor, rights.EDIT if isinstance(page, Article) else rights.STRUCTURE, organ)


def prepare(actor: Actor, page_id: int) -> Prepared:
    """Raises Missing, NotAllowed, BadInput (something required is missing, something foreign is named)."""
    page = the_page(page_id)
    organ = organ_of(page)
    require_writer(actor, page, organ)
    _own_things_only(actor, page)
    content = snapshot(page)
    digest = content_digest(content)
    now = approved_page(page_id)
    column = page.get_parent().specific if isinstance(page, Article) else page
    return Prepared(
        page_id=page_id,
        revision_id=page.latest_revision_id,
        content=content,
        digest=digest,
        examined=examine(content),
        levels=_levels(column),
        organ=organ,
        column_title=column.title,
        writers=writers_of(page),
        unchanged=now is not None and now.digest == digest,
    )


def _levels(column: Page) -> int:
    """Three for important columns and for everything that shapes the site, else two (portal handbook 3.5)."""
    return NORMAL if isinstance(column, Column) and column.risk == Column.Risk.NORMAL else HIGH


def writers_of(page: Page) -> tuple[str, ...]:
    """Person ids of all who saved the page since its last approved form: none of them may review it."""
    last = (
        Submission.objects.filter(page_id=page.pk, status=Submission.Status.APPROVED)
        .order_by("-revision_id")
        .values_list("revision_id", flat=True)
        .first()
    )
    rows = Revision.page_revisions.filter(object_id=str(page.pk), id__gt=last or 0)
    found = {str(one) for one in rows.values_list("user_id", flat=True).distinct() if one}
    return tuple(sorted(found | ({str(page.owner_id)} if page.owner_id and not last else set())))


def _own_things_only(actor: Actor, page: Page) -> None:
    user = Officer.objects.filter(pk=int(actor.person_id)).first() if actor.person_id.isdigit() else None
    if user is None:
        return
    user.portal_desk = desk_of(actor)  # type: ignore[attr-defined]
    values = {one.name: getattr(page, one.name) for one in page._meta.get_fields() if hasattr(page, one.name)}
    told = references.foreign(user, *references.of_values(values))
    if told:
        raise BadInput(what="".join(told))
