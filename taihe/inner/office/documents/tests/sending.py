"""A sealed document before its clerk, and organs that will get it: what the tests of 分发 stand on.

The flow is a drawing of one step, so that these tests need neither the steps before nor their people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taihe.ground.registers import actions as registers
from taihe.ground.registers.actions import Subject
from taihe.ground.registers.models import Register
from taihe.inner.office.documents.models import Addressee, Delivery, DeliveryEvent, Document
from taihe.inner.office.documents.rights import DRAFT, READ, RECEIVE, REGISTER
from taihe.inner.people.models import Organ
from taihe.inner.people.tests.factories import OrganFactory, PostFactory
from taihe.inner.workflow.actions import deploy, start
from taihe.inner.workflow.engine.tests.drawings import END, HEAD, line
from taihe.inner.workflow.models import ProcessInstance, WorkItem
from taihe.inner.workflow.registry import Signer, SubjectKind
from taihe.inner.workflow.tests.kit import SYSTEM, Desk, desk

from . import rows

FLOWS = Path(__file__).resolve().parents[5] / "config" / "taihe" / "flows"
STEP = (
    '<bpmn:userTask id="distribute" name="分发"><bpmn:extensionElements>'
    '<gov:workItem role="test.send" mode="any" opinion="optional"><gov:outcome key="done" title="已分发"/>'
    "</gov:workItem></bpmn:extensionElements></bpmn:userTask>"
)


def sending_flow() -> bytes:
    """分发 and nothing else."""
    begun = '<bpmn:startEvent id="begun" name="发起"/>'
    parts = [begun, STEP, END, line("a", "begun", "distribute"), line("b", "distribute", "over")]
    process = f'<bpmn:process id="test_sending" name="分发" isExecutable="true">{"".join(parts)}</bpmn:process>'
    return f"{HEAD}{process}</bpmn:definitions>".encode()


class SendingKind(SubjectKind):
    """The matter of the drawing; `clerks` hold its step."""

    kind = "test.sending"
    module = "documents"
    module_title = "公文"
    flow = "test_sending"

    def __init__(self) -> None:
        self.clerks: list[Signer] = []

    def signers(self, instance: ProcessInstance, role: str, node: str) -> list[Signer]:
        return self.clerks


@dataclass
class Senders:
    """The issuing organ with its clerk and drafter, receiving organs each with a clerk."""

    kind: SendingKind
    organ: Organ
    clerk: Desk
    organs: list[Organ]
    clerks: dict[int, Desk] = field(default_factory=dict)

    def receiver(self, organ: Organ) -> Desk:
        """The receiving clerk of an organ, made when asked for."""
        if organ.pk not in self.clerks:
            self.clerks[organ.pk] = receiving_clerk(organ)
        return self.clerks[organ.pk]

    def sealed(
        self, mains: Sequence[Organ] | None = None, copies: Sequence[Organ] = (), **fields: Any
    ) -> tuple[Document, WorkItem]:
        """A sealed document with its list, and the clerk's open item."""
        made = rows.document(self.clerk, organ=self.organ, state="sealed", **fields)
        key = f"sending.{self.organ.code}"
        if not Register.objects.filter(key=key).exists():
            registers.open_register(SYSTEM, key, title="测试登记簿", series=f"演发{self.organ.pk}")
        entry = registers.allocate(SYSTEM, key, Subject("office_documents.document", str(made.pk), made.title))
        lines = [("main", one) for one in (self.organs if mains is None else mains)] + [("cc", one) for one in copies]
        Addressee.objects.bulk_create(
            Addressee(document=made, role=role, order=place, text=one.name, organ=one)
            for place, (role, one) in enumerate(lines)
        )
        instance = start(self.clerk.actor, SendingKind.kind, str(made.pk), title=made.title, organ=self.organ)
        Document.objects.filter(pk=made.pk).update(
            entry_id=entry.pk, number=entry.text, instance_id=instance.pk, pages=2
        )
        made.refresh_from_db()
        return made, WorkItem.objects.get(instance=instance, node="distribute")

    def sent(self, mains: Sequence[Organ] | None = None, **more: Any) -> Document:
        """A document that has gone out."""
        from taihe.inner.office.documents.actions.distributing import distribute

        _, item = self.sealed(mains, **more)
        return distribute(self.clerk.actor, item.pk, item.version)


def receiving_clerk(organ: Organ) -> Desk:
    """A document clerk of an organ."""
    post = PostFactory(organ=organ, title="文书", duties=["document_clerk"], max_holders=3)
    return desk(post=post, roles=["t_receive"], permissions=[RECEIVE, READ])


def build(kind: SendingKind, organs: int = 3) -> Senders:
    """The drawing deployed, people and organs; the county is above all of them."""
    deploy(SYSTEM, sending_flow())
    incoming = FLOWS / "documents_incoming.bpmn"
    deploy(SYSTEM, incoming.read_bytes())
    county = OrganFactory(kind="government")
    organ = OrganFactory(parent=county)
    post = PostFactory(organ=organ, title="文书", duties=["document_clerk"], max_holders=3)
    clerk = desk(post=post, roles=["t_office"], permissions=[REGISTER, DRAFT, READ, RECEIVE])
    kind.clerks = [Signer(post.pk)]
    return Senders(kind, organ, clerk, [OrganFactory(parent=county) for _ in range(organs)])


def copy_of(document: Document, organ: Organ) -> Delivery:
    """The newest copy that an organ has."""
    return Delivery.objects.filter(document=document, organ=organ).latest("pk")


def kinds(delivery: Delivery) -> list[str]:
    """What happened to a copy, in order."""
    return list(DeliveryEvent.objects.filter(delivery=delivery).order_by("pk").values_list("kind", flat=True))
