"""Documents, deliveries and flows as bare rows in any state: what lists, search and rights are tested on.

Rows are made as the actions leave them, without walking a document through its flow.
"""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta
from typing import Any

from taihe.ground import clock
from taihe.inner.office.documents.content import Content, TextBlock, digest_of
from taihe.inner.office.documents.models import Delivery, Dispatch, Document, DocumentVersion, Incoming, Series
from taihe.inner.people.models import Officer, Organ
from taihe.inner.people.tests.factories import LONG_AGO, PostFactory, acting
from taihe.inner.workflow.models import Kind, ProcessDefinition, ProcessInstance, Status, WorkItem
from taihe.inner.workflow.tests.kit import Desk, desk

COUNT = itertools.count(1)
NUMBERED = ("numbered", "sealed", "issued")
SIGNED = ("signed", *NUMBERED)
SEALED = ("sealed", "issued")


def series(organ: Organ) -> Series:
    """The one series of an organ."""
    post = {"organ": organ, "sign_organ": organ, "office": organ, "seal_organ": organ}
    made, _ = Series.objects.get_or_create(
        key=f"documents.{organ.code}",
        defaults={
            **post,
            "code": f"演{organ.pk}",
            "title": f"{organ.short_name}文件",
            "mark": [f"{organ.name}文件"],
            "signature": organ.name,
            "printed_by": organ.name,
            "active_from": LONG_AGO,
        },
    )
    return made


def document(drafter: Desk, *, organ: Organ | None = None, state: str = "draft", **fields: Any) -> Document:
    """A document by this drafter in a state, with one version whose text is `text`."""
    home = drafter.post.organ
    owner, number, text = organ or home, next(COUNT), fields.pop("text", "现将有关事项通知如下。")
    title = fields.pop("title", f"关于做好第{number}项演示工作的通知")
    content = Content.model_validate(
        {"title": title, "blocks": [TextBlock(text=text)], "signature": owner.name}
    ).model_dump(mode="json")
    at: datetime = fields.pop("at", clock.now() - timedelta(hours=1000 - number % 900))
    told: dict[str, Any] = {"created_at": at, "sorted_at": at, "head": 1, "title": title}
    if state in SIGNED:
        told |= {"signed_version": 1, "signed_digest": digest_of(content), "dated": date(2026, 3, 2)}
    if state in NUMBERED:
        told |= {"number": f"演{owner.pk}〔2026〕{number}号"}
    if state in SEALED:
        told |= {"pdf": f"pdf{number}", "pdf_sha256": "a" * 64}
    if state == "issued":
        told |= {"issued_at": at, "force": "in_force"}
    made = Document.objects.create(
        series=series(owner),
        organ=owner,
        organ_name=owner.name,
        drafting_organ=home,
        drafting_organ_name=home.name,
        drafter=drafter.officer,
        drafter_post=drafter.post,
        drafter_name=drafter.officer.name,
        state=state,
        **{**told, **fields},
    )
    DocumentVersion.objects.create(
        document=made,
        number=1,
        content=content,
        digest=digest_of(content),
        author=drafter.officer,
        author_name=drafter.officer.name,
        started_at=at,
        saved_at=at,
        closed_at=at,
    )
    return made


def delivery(of: Document, to: Organ, state: str = "sent", **fields: Any) -> Delivery:
    """The copy of one organ."""
    sent, _ = Dispatch.objects.get_or_create(
        document=of, number=1, defaults={"kind": "first", "sent_at": of.sorted_at, "sent_by_name": "演分发"}
    )
    told: dict[str, Any] = {"signed_at": of.sorted_at} if state == "signed" else {}
    told |= {"ended_reason": "演示错发"} if state in ("recalled", "replaced") else {}
    return Delivery.objects.create(
        dispatch=sent,
        document=of,
        organ=to,
        organ_name=to.name,
        role="main",
        state=state,
        sent_at=of.sorted_at,
        title=of.title,
        number=of.number,
        sender_name=of.organ_name,
        urgency=of.urgency,
        **{**told, **fields},
    )


def incoming(copy: Delivery | None, organ: Organ, **fields: Any) -> Incoming:
    """A paper in an organ's hands."""
    told: dict[str, Any] = {"title": copy.title if copy else "纸质来文（演示）", "received_at": clock.now()}
    told |= {"source_name": copy.sender_name if copy else "阜阳市演示局", "received_by_name": "演签收"}
    return Incoming.objects.create(delivery=copy, organ=organ, organ_name=organ.name, **{**told, **fields})


def flow(of: Document | Incoming, starter: Desk, *items: Desk, kind: str = "documents.issue", **item: Any) -> None:
    """A flow of a document or of an incoming paper with an item on each desk; `item` are further fields."""
    definition, _ = ProcessDefinition.objects.get_or_create(
        key=kind.replace(".", "_"),
        version=1,
        defaults={"title": "演示流程", "deployed_at": clock.now(), "bpmn": b"<x/>", "sha256": "b" * 64},
    )
    told = {"module": "documents", "module_title": "公文", "title": of.title, "organ_name": starter.post.organ.name}
    instance = ProcessInstance.objects.create(
        definition=definition,
        kind=kind,
        subject_id=str(of.pk),
        organ=starter.post.organ,
        starter=starter.officer,
        starter_post=starter.post,
        starter_name=starter.officer.name,
        opened_at=clock.now(),
        **told,
    )
    type(of).objects.filter(pk=of.pk).update(instance_id=instance.pk)
    of.instance_id = instance.pk
    for one in items:
        values: dict[str, Any] = {
            "kind": Kind.DO,
            "status": Status.OPEN,
            "precedence": 1,
            "post": one.post,
            "officer": one.officer,
            **told,
            **item,
        }
        WorkItem.objects.create(
            instance=instance, node="office", node_title="办公室审核", opened_at=clock.now(), **values
        )


def office(organ: Organ, *permissions: str, title: str = "") -> Desk:
    """Somebody of an organ with these permissions over it and all below."""
    role = "t_" + "_".join(sorted(one.rpartition(".")[2] for one in permissions))
    wishes: dict[str, Any] = {"roles": [role], "permissions": list(permissions)} if permissions else {}
    return desk(post=PostFactory(organ=organ, **({"title": title} if title else {})), **wishes)


def drafted_by(officer: Officer, **fields: Any) -> Document:
    """An issued document that somebody drafted in the main post."""
    held = officer.appointments.select_related("post__organ").earliest("pk")
    return document(Desk(officer, held.post, acting(officer)), state="issued", **fields)
