"""A county office that receives papers: clerk, office, leaders, units, and a paper on its way through them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from taihe.ground.actor import Actor
from taihe.inner.office.documents.actions import collecting, receiving
from taihe.inner.office.documents.models import Delivery, Incoming
from taihe.inner.people.models import Appointment, Organ, Role
from taihe.inner.people.tests.factories import OrganFactory, PostFactory, RoleGrantFactory
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.models import ProcessInstance, WorkItem
from taihe.inner.workflow.seeds import load_flows
from taihe.inner.workflow.tests.kit import Desk, desk

from . import rows

FLOWS = Path(__file__).resolve().parents[5] / "config" / "taihe" / "flows"
CLERK = ("documents.draft", "documents.read", "documents.register", "documents.receive")


def seated(organ: Organ, title: str, *duties: str, rank: str = "clerk", order: int = 0) -> Desk:
    """Somebody in a post with these duties; a document clerk has the rights that the county gives clerks."""
    post = PostFactory(organ=organ, title=title, duties=list(duties), rank=rank, order=order)
    made = desk(post=post)
    if "document_clerk" in duties:
        role, _ = Role.objects.get_or_create(
            key="clerk_of_tests", defaults={"title": "文书", "permissions": list(CLERK)}
        )
        RoleGrantFactory(appointment=Appointment.objects.get(officer=made.officer), role=role, scope=organ)
    return made


@dataclass
class Bureau:
    """One receiving organ, its people, its units, and a sender."""

    organ: Organ
    clerk: Desk
    second: Desk
    office: Desk
    head: Desk
    deputy: Desk
    finance: Desk
    planning: Desk
    township: Desk
    reader: Desk
    sender: Desk

    def delivery(self, **fields: Any) -> Delivery:
        """A copy that waits to be signed for."""
        named = {key: fields.pop(key) for key in ("title", "audience", "urgency") if key in fields}
        return rows.delivery(rows.document(self.sender, state="issued", **named), self.organ, **fields)

    def received(self, **fields: Any) -> Incoming:
        """A copy signed for by the clerk."""
        copy = self.delivery(**fields)
        collecting.sign_for(self.clerk.actor, copy.pk, copy.version)
        return Incoming.objects.get(delivery=copy)

    def item(self, row: Incoming, at: Desk, **only: Any) -> WorkItem:
        """The open item of a paper on a desk."""
        only = {"status": "open", "kind": "do", **only}
        return WorkItem.objects.get(instance_id=row.instance_id, post=at.post, **only)

    def do(self, row: Incoming, at: Desk, outcome: str, opinion: str = "", actor: Actor | None = None, **fields: Any):
        """Handle one's item of a paper."""
        item = self.item(row, at)
        done = workflow.complete(
            actor or at.actor, item.pk, item.version, outcome=outcome, opinion=opinion, fields=fields
        )
        row.refresh_from_db()
        return done

    def registered(self, **fields: Any) -> Incoming:
        """A paper with its number, before the office."""
        row = self.received(**fields)
        self.do(row, self.clerk, "accept")
        return row

    def proposed(self, *, paper: dict[str, Any] | None = None, **fields: Any) -> Incoming:
        """A paper that the office has passed on."""
        row = self.registered(**(paper or {}))
        self.do(row, self.office, "submit", "拟请有关领导阅示。", **fields)
        return row

    def flow(self, row: Incoming) -> ProcessInstance:
        return ProcessInstance.objects.get(pk=row.instance_id or 0)


def leader(at: Desk) -> str:
    """How a form names a leader."""
    return f"{at.post.pk}-{at.officer.pk}"


def person(at: Desk) -> str:
    """How a form names a reader."""
    return f"a{Appointment.objects.get(officer=at.officer).pk}"


def unit(at: Desk) -> str:
    """How a form names a unit."""
    return str(at.post.organ_id)


def build() -> Bureau:
    """The organ, its flows deployed."""
    load_flows(FLOWS)
    organ = OrganFactory(name="太和县测试委员会", short_name="县测试委")
    below = {"parent": organ, "kind": "internal_office"}
    inside = [OrganFactory(short_name=name, **below) for name in ("财务科", "规划科")]
    town = OrganFactory(parent=organ, kind="station", short_name="测试站")
    sender = OrganFactory(name="太和县演示局", short_name="县演示局")
    return Bureau(
        organ,
        clerk=seated(organ, "文书", "document_clerk"),
        second=seated(organ, "机要文书", "document_clerk"),
        office=seated(organ, "办公室主任", "reviewer", rank="section_head"),
        head=seated(organ, "局长", "signer", rank="dept_lead", order=1),
        deputy=seated(organ, "副局长", "signer", rank="deputy", order=2),
        finance=seated(inside[0], "科长", "reviewer", rank="section_head"),
        planning=seated(inside[1], "科长", "reviewer", rank="section_head"),
        township=seated(town, "文书", "document_clerk"),
        reader=seated(organ, "科员"),
        sender=seated(sender, "文书", "document_clerk"),
    )


def letter(**fields: Any) -> receiving.Letter:
    """What a clerk writes of a paper that came by post."""
    return receiving.Letter(**{"source_name": "阜阳市演示局", "title": "关于测试的函（演示）", **fields})
