"""公文转送 at the desk: one draft, by whoever may write here, and nothing public by it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.outbox.models import OutboxMessage

from ..actions.offering import Offer, offer_article, prepare
from ..desk.locks import NeverByDesk
from ..errors import NoDocumentColumn
from ..models import Approval, Article, PortalDocument, Shelf
from . import newsroom as make

SYSTEM = Actor.system("公文转送")


def offer(**fields: Any) -> Offer:
    given: dict[str, Any] = {
        "key": "7", "title": "关于演示的通知", "source": "太和县人民政府", "blocks": (("text", "<p>正文。</p>"),),
        "document_number": "演〔2026〕7号", "written_on": date(2026, 3, 2), "summary": "正文。",
        "keywords": "公文，通知",
        "pdf": b"%PDF-1.7 demo", "pdf_title": "正本",
    }  # fmt: skip
    return Offer(**given | fields)


@pytest.fixture
def column(house, settings):
    portal = settings.TAIHE_COUNTY["portal"] | {"document_column": "zcwj"}
    settings.TAIHE_COUNTY = settings.TAIHE_COUNTY | {"portal": portal}
    return make.column(house.home, "zcwj", "政策文件")


def test_offered_again_it_is_the_same_draft(house, column):
    first, again = (offer_article(SYSTEM, prepare(offer())) for _ in range(2))
    other = offer_article(SYSTEM, prepare(offer(key="8")))
    assert first == again != other
    page = Article.objects.get(pk=first)
    assert page.get_parent().pk == column.pk and not page.live and page.owner is None
    assert PortalDocument.objects.count() == 2
    shelf = Shelf.objects.get(organ=house.county).collection_id
    assert {one.collection_id for one in PortalDocument.objects.all()} == {shelf}


def test_nothing_becomes_public_by_an_offer(house, column):
    page = Article.objects.get(pk=offer_article(SYSTEM, prepare(offer())))
    assert not Approval.objects.exists() and not OutboxMessage.objects.filter(kind="portal.bake").exists()
    with pytest.raises(NeverByDesk):
        page.publish(page.latest_revision)


def test_only_writers_of_the_column_may_offer(house, column):
    ready = prepare(offer())
    for who in ("majing", "clerk", "final"):
        with pytest.raises(NotAllowed):
            offer_article(house.actor(who), ready)
    assert not Article.objects.exists()
    assert offer_article(house.actor("editor"), ready)


def test_a_county_without_the_column_says_so(house, settings):
    ready = prepare(offer())
    for path in ("", "zwgk/nowhere", "../zwyw"):
        settings.TAIHE_COUNTY = settings.TAIHE_COUNTY | {
            "portal": settings.TAIHE_COUNTY["portal"] | {"document_column": path}
        }
        with pytest.raises(NoDocumentColumn):
            offer_article(SYSTEM, ready)
