"""What the editorial office begins with: the front page and the columns, and in the demo an approved site.

The demo's pages carry approvals signed like any other, marked 演示, so that a fresh house shows its
site at once through the same bake, signature and gate as every later page.  An installation gets the
columns as drafts: what the public shall see there, people review first.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from wagtail.models import Collection, Page, Site

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.outbox.actions import enqueue
from taihe.inner.people.models import Organ

from . import media
from .actions.planting import Planter, blocks_of, stream
from .approving import sign_approval
from .content import content_digest
from .demo_site import DemoArticle, DemoColumn, DemoSite, read_site
from .models import Approval, Article, Column, PortalDocument, PortalHome, PortalImage, Shelf
from .queries.desk import home_organ, owned_pages
from .snapshots import snapshot

WIDTH, HEIGHT = 800, 450
REVIEWER = "演示数据（未经审核）"


def seed_site(folder: Path, today: date, *, demo: bool) -> dict[str, int]:
    """The front page and columns of a county folder's ``demo/portal``, and with `demo` its approved articles, once.

    `today` is the day from which the demo's dates are counted.  Does nothing where a front page stands or
    the county has no such folder.  Raises BadSetup when the folder cannot be read.
    """
    if not (folder / "site.yaml").exists() or PortalHome.objects.exists() or home_organ() is None:
        return {}
    site = read_site(folder, today)
    if not demo:
        home = site.home.model_copy(update={"headline": "", "slides": (), "notice": ""})
        site = site.model_copy(update={"home": home, "articles": (), "pictures": ()})
    _lay_files(site)
    return seed(Actor.system("演示数据" if demo else "安装"), site, demo=demo)


def _lay_files(site: DemoSite) -> None:
    """Bring the drawings and downloads to where the desk keeps its files, and to the media store."""
    for path in _files(site):
        data = path.read_bytes()
        media.keep(data)
        if not default_storage.exists(_stored_name(path)):
            default_storage.save(_stored_name(path), ContentFile(data))


def _files(site: DemoSite) -> list[Path]:
    downloads = (file.path for article in site.articles for file in article.downloads)
    return list(dict.fromkeys([*(one.path for one in site.pictures), *downloads]))


def _stored_name(path: Path) -> str:
    return f"{'original_images' if path.suffix == '.svg' else 'documents'}/{path.name}"


@action("portal.seed")
def seed(actor: Actor, site: DemoSite, *, demo: bool) -> dict[str, int]:
    """Put the pages of a site on the desk, and with `demo` approve them as they are."""
    shelf = _shelves(site)
    desk = _Desk(site, _pictures(site, shelf), _downloads(site, shelf))
    pages = desk.plant()
    if demo:
        _approve(pages, {one.key: one.published_at for one in site.articles}, desk.articles)
        enqueue("portal.bake", {}, dedupe="portal.bake")
    found = {"pages": len(pages), "articles": len(site.articles), "pictures": len(site.pictures)}
    record(desk.home, detail={**found, "demo": demo})
    return found


# Pictures and files --------------------------------------------------------------------------------


def _shelves(site: DemoSite) -> Collection:
    """A shelf for every organ with a part of the site; returns the common one."""
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    top = home_organ()
    codes = {one.channel.organ for one in site.columns if one.channel}
    organs = [top, *Organ.objects.filter(code__in=codes).order_by("order", "pk")]
    for organ in organs:
        if organ is not None and not Shelf.objects.filter(organ=organ).exists():
            Shelf.objects.create(organ=organ, collection=root.add_child(name=organ.short_name))
    common: Collection = Shelf.objects.select_related("collection").get(organ=top).collection
    return common


def _pictures(site: DemoSite, shelf: Collection) -> dict[str, int]:
    rows = [
        PortalImage(
            title=one.caption or one.alt,
            alt=one.alt,
            file=_stored_name(one.path),
            width=WIDTH,
            height=HEIGHT,
            file_size=one.path.stat().st_size,
            sha256=hashlib.sha256(one.path.read_bytes()).hexdigest(),
            collection=shelf,
        )
        for one in site.pictures
    ]
    made = PortalImage.objects.bulk_create(rows)
    return {one.key: row.pk for one, row in zip(site.pictures, made, strict=True)}


def _downloads(site: DemoSite, shelf: Collection) -> dict[Path, int]:
    titles = {file.path: file.title for article in site.articles for file in article.downloads}
    rows = [
        PortalDocument(
            title=title,
            file=_stored_name(path),
            file_size=path.stat().st_size,
            sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
            mime=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            collection=shelf,
        )
        for path, title in titles.items()
    ]
    made = PortalDocument.objects.bulk_create(rows)
    return {path: row.pk for path, row in zip(titles, made, strict=True)}


# Pages ---------------------------------------------------------------------------------------------


class _Desk:
    """The site on the way to the desk."""

    def __init__(self, site: DemoSite, pictures: dict[str, int], downloads: dict[Path, int]) -> None:
        self._site, self._pictures, self._downloads = site, pictures, downloads
        codes = [one.channel.organ for one in site.columns if one.channel]
        self._organs = Organ.objects.in_bulk(codes, field_name="code")
        self.articles: dict[str, Article] = {}

    def plant(self) -> list[Page]:
        """Store all pages, columns first; returns them."""
        planter = Planter(root := _cleared_root())
        self.home = planter.grow(PortalHome, root, self._site.home.title, "portal", notice=self._site.home.notice)
        columns: dict[str, Any] = {"": self.home}
        for one in self._site.columns:
            columns[one.path] = planter.grow(Column, columns[one.parent], one.title, one.slug, **self._column(one))
        for each in sorted(self._site.articles, key=lambda one: (one.published_at, one.key)):
            self.articles[each.key] = planter.grow(
                Article, columns[each.column], each.title, f"demo-{each.key}", **self._article(each)
            )
        planter.plant()
        self._refer()
        planter.finish()
        domain = settings.TAIHE_COUNTY["portal"]["domain"]
        Site.objects.create(hostname=domain, root_page_id=self.home.pk, is_default_site=True)
        return [*columns.values(), *self.articles.values()]

    def _refer(self) -> None:
        """What names other pages, now that all have numbers."""
        if self._site.home.headline:
            self.home.headline_id = self.articles[self._site.home.headline].pk
        self.home.slides = self._named(self._site.home.slides)
        for one in self._site.articles:
            self.articles[one.key].related = self._named(one.related)

    def _named(self, keys: Iterable[str]) -> str:
        return stream(("article", self.articles[key].pk) for key in keys)

    def _column(self, one: DemoColumn) -> dict[str, Any]:
        channel = one.channel
        return {
            "organ": self._organs[channel.organ] if channel else None,
            "description": one.description,
            "keywords": "，".join(one.keywords),
            "column_type": one.column_type,
            "risk": one.risk,
            "order": one.order,
            "in_nav": one.in_nav,
            "home_slot": one.home_slot,
            "is_channel": channel is not None,
            "channel_colour": channel.colour if channel else "",
            "channel_intro": channel.intro if channel else "",
        }

    def _article(self, one: DemoArticle) -> dict[str, Any]:
        kept = ("summary", "source", "author", "editor", "document_number", "index_number", "written_on", "validity",
                "original_pub_date")  # fmt: skip
        files = ({"document": self._downloads[file.path], "title": file.title} for file in one.downloads)
        return {name: getattr(one, name) for name in kept} | {
            "keywords": "，".join(one.keywords),
            "lead_id": self._pictures[one.lead] if one.lead else None,
            "body": stream(self._body(one)),
            "downloads": stream(("download", file) for file in files),
        }

    def _body(self, one: DemoArticle) -> list[tuple[str, Any]]:
        """The text with its pictures after the first paragraph."""
        first, _, rest = one.body.partition("\n")
        pictures = [("picture", {"image": self._pictures[key], "caption": ""}) for key in one.pictures]
        return [*blocks_of(first), *pictures, *blocks_of(rest)] if pictures else blocks_of(one.body)


def _cleared_root() -> Page:
    """The root of the tree, without the page of welcome that Wagtail's own installation puts there."""
    Site.objects.all().delete()
    for page in Page.objects.filter(depth=2).exact_type(Page):
        page.delete()
    return Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))


# Approvals -----------------------------------------------------------------------------------------


def _approve(pages: list[Page], published: dict[str, datetime], articles: dict[str, Article]) -> None:
    now = clock.now()
    moments = {articles[key].pk: at for key, at in published.items()}
    organ_code = _answerable()
    reviewer = {"node": "demo", "title": "演示", "id": "", "name": REVIEWER, "post": "", "at": now.isoformat()}
    rows = []
    for page in pages:
        content = snapshot(page)
        row = Approval(
            page_id=page.pk,
            kind=content.kind,
            title=content.title,
            organ_code=organ_code(page.path),
            content=content.model_dump(mode="json"),
            digest=content_digest(content),
            reviewers=[reviewer],
            approved_at=now,
            published_at=moments.get(page.pk, now),
            is_demo=True,
        )
        sign_approval(row)
        rows.append(row)
    Approval.objects.bulk_create(rows, batch_size=50)


def _answerable() -> Callable[[str], str]:
    """A function from a page's path to the code of the organ that answers for it."""
    owned = owned_pages()
    codes = dict(Organ.objects.filter(pk__in={one.organ_id for one in owned}).values_list("pk", "code"))
    by_path = {one.path: codes[one.organ_id] for one in owned}

    def code(path: str) -> str:
        return next(by_path[path[:end]] for end in range(len(path), 0, -4) if path[:end] in by_path)

    return code
