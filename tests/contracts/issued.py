"""A document going out, for the contract of the pages: one at 用印 with its whole history, and a reserved number."""

from __future__ import annotations

from dataclasses import dataclass

from taihe.ground import clock
from taihe.inner.office.documents.actions import numbering
from taihe.inner.office.documents.models import Document
from taihe.inner.office.documents.tests.issuing import SYSTEM, House
from taihe.inner.people.models import Officer, Role
from taihe.inner.people.tests.factories import RoleFactory, RoleGrantFactory
from taihe.inner.workflow.models import FlowLog, WorkItem
from taihe.inner.workflow.tests.stage import copy_of

NUMBERS = "documents.numbers"


@dataclass
class Issued:
    """A small office that issues, which a reader of the world may look into."""

    house: House
    document: Document
    words: dict[str, int]

    @classmethod
    def made(cls, reader: Officer) -> Issued:
        """One document that has its number and waits for the seal."""
        house = House()
        held = reader.appointments.get()
        RoleGrantFactory(appointment=held, role=Role.objects.get(key="receiver"), scope=house.county)
        RoleGrantFactory(appointment=held, role=RoleFactory(permissions=[NUMBERS]), scope=house.county)
        document = house.document("numbered", cosigners=[house.other.pk])
        kept = numbering.reserve(SYSTEM, house.series.pk, purpose="演示")
        return cls(house, document, {"document": document.pk, "series": house.series.pk, "entry": kept.pk})

    def grow(self, count: int) -> None:
        """More numbers in the register, and more history of the document."""
        for _ in range(count):
            numbering.reserve(SYSTEM, self.house.series.pk, purpose="演示")
        one = WorkItem.objects.filter(instance=self.document.instance_id, node="cosign").latest("pk")
        now, at = clock.now(), one.round
        made = WorkItem.objects.bulk_create(
            copy_of(one, status="done", done_at=now, done_by_name="测试", round=at + place + 1)
            for place in range(count)
        )
        FlowLog.objects.bulk_create(
            FlowLog(instance=one.instance, item=item, at=now, verb="complete", person_id="1", person_name="测试")
            for item in made
        )
