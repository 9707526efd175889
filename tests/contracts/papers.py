"""Papers that came in, for the contract of the pages: one on its way with a scan, and many more of them."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from taihe.ground import clock
from taihe.ground.files.upload import made_here
from taihe.inner.office.documents.actions import receiving
from taihe.inner.office.documents.models import Incoming
from taihe.inner.people.models import Officer
from taihe.inner.people.tests.factories import acting
from taihe.inner.workflow.models import FlowLog, WorkItem
from taihe.inner.workflow.seeds import load_flows
from taihe.inner.workflow.tests.stage import copy_of

FLOWS = Path(__file__).resolve().parents[2] / "config" / "taihe" / "flows"
RECEIVES = ("documents.read", "documents.receive")


@dataclass
class Papers:
    """What the receiving clerk has before him."""

    clerk: Officer
    row: Incoming

    @classmethod
    def made(cls, clerk: Officer) -> Papers:
        """One paper, with one page."""
        load_flows(FLOWS)
        page = BytesIO()
        Image.new("RGB", (80, 120), "white").save(page, "PNG")
        page.seek(0)
        scan = made_here(page, name="来文.png", mime="image/png", looked_at="测试")
        letter = receiving.Letter(source_name="阜阳市演示局", title="关于测试的函（演示）", pages=1)
        return cls(clerk, receiving.receive_paper(acting(clerk), letter, scan))

    def grow(self, count: int) -> None:
        """More papers, and more history of the one that is looked at."""
        values = {
            field.attname: getattr(self.row, field.attname)
            for field in Incoming._meta.concrete_fields
            if field.attname not in ("id", "delivery_id", "instance_id")
        }
        Incoming.objects.bulk_create(Incoming(**values) for _ in range(count))
        one = WorkItem.objects.filter(instance=self.row.instance_id).latest("pk")
        now, at = clock.now(), one.round
        made = WorkItem.objects.bulk_create(
            copy_of(one, status="done", done_at=now, done_by_name="测试", round=at + place + 1)
            for place in range(count)
        )
        FlowLog.objects.bulk_create(
            FlowLog(instance=one.instance, item=item, at=now, verb="complete", person_id="1", person_name="测试")
            for item in made
        )
