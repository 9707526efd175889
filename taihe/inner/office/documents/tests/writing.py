"""A small office that writes: an organ with its series, two clerks, a stranger, and short texts."""

from __future__ import annotations

from dataclasses import dataclass

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.inner.people.models import Officer, Organ
from taihe.inner.people.tests import factories as people

from .. import rights
from ..actions import drafting
from ..content import Content, TextBlock
from ..models import Document, DocumentVersion, Series


@dataclass
class Office:
    """The organs, people and the series of the tests of writing."""

    county: Organ
    office: Organ
    bureau: Organ
    series: Series
    clerk: Officer
    second: Officer
    stranger: Officer

    def actor(self, who: str) -> Actor:
        return people.acting(getattr(self, who))

    def draft(self, who: str = "clerk", genre: str = "通知") -> Document:
        """A document just begun by somebody of the office."""
        return drafting.create(self.actor(who), series_pk=self.series.pk, genre=genre, drafting_organ_pk=self.office.pk)

    def write(self, row: Document, text: str, who: str = "clerk", **fields: object) -> DocumentVersion:
        """Save a text on top of what is kept now."""
        row.refresh_from_db()
        return drafting.autosave(self.actor(who), row.pk, row.version, content(text), fields)


def content(text: str, title: str = "太和县人民政府办公室关于做好防汛工作的通知") -> Content:
    return Content(title=title, blocks=(TextBlock(text=text),), signature="太和县人民政府办公室")


def series(organ: Organ, code: str = "太政办", office: Organ | None = None, **more: object) -> Series:
    given = {
        "key": f"documents.{organ.code}.{code}", "organ": organ, "code": code, "title": f"{organ.short_name}文件",
        "mark": [f"{organ.name}文件"], "signature": organ.name, "sign_organ": organ, "office": office or organ,
        "seal_organ": organ, "printed_by": organ.name, "active_from": people.LONG_AGO,
    }  # fmt: skip
    return Series.objects.create(**(given | more))


def build() -> Office:
    county = people.OrganFactory(code="ZF00", name="太和县人民政府", short_name="县政府", kind="government")
    office = people.OrganFactory(parent=county, code="ZF01", name="太和县人民政府办公室", short_name="县政府办")
    bureau = people.OrganFactory(parent=county, code="ZF19", name="太和县卫生健康委员会", short_name="县卫健委")
    writes = {"permissions": [rights.DRAFT, rights.READ], "roles": ["document_clerk"]}
    return Office(
        county, office, bureau, series(office),
        clerk=people.OfficerFactory(name="演文书", organ=office, title="文书", **writes),
        second=people.OfficerFactory(name="演秘书", organ=office, title="秘书", **writes),
        stranger=people.OfficerFactory(name="演外人", organ=bureau, title="文书", **writes),
    )  # fmt: skip


def long_ago(row: Document, minutes: int = 60) -> None:
    """As if the holder had not saved for so long."""
    from datetime import timedelta

    Document.objects.filter(pk=row.pk).update(editing_seen=clock.now() - timedelta(minutes=minutes))
