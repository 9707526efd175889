"""Deploying flows and setting matters on their way."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from taihe.ground import clock
from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput
from taihe.inner.people.models import Organ
from taihe.inner.people.permissions import require_everywhere

from ..engine import begin, load
from ..errors import AlreadyRunning, NoFlow
from ..flows import flow_of
from ..models import Origin, ProcessDefinition, ProcessInstance, Urgency, Verb, WorkItem
from ..permissions import MANAGE
from ..registry import subject
from .opening import open_node
from .rows import keep, log

OPEN = (ProcessInstance.Status.RUNNING, ProcessInstance.Status.SUSPENDED)


@action("workflow.deploy")
def deploy(actor: Actor, bpmn: bytes, *, file_name: str = "") -> ProcessDefinition:
    """Put a BPMN file in use as the next version of its flow; matters under way stay on theirs.

    A file in use already is returned as it is.  Raises engine.FlowRefused naming the elements at fault,
    NotAllowed.
    """
    require_everywhere(actor, MANAGE)
    flow, digest = load(bpmn), hashlib.sha256(bpmn).hexdigest()
    rows = ProcessDefinition.objects.filter(key=flow.key).defer("bpmn")
    used = rows.select_for_update(of=("self",)).filter(active=True).first()
    if used is None or used.sha256 != digest:
        if used is not None:
            used.active = False
            used.save(update_fields=["active"])
        used = ProcessDefinition.objects.create(
            key=flow.key,
            version=(rows.aggregate(last=Max("version"))["last"] or 0) + 1,
            title=flow.title,
            bpmn=bpmn,
            sha256=digest,
            deployed_at=clock.now(),
            deployed_by_name=str(actor)[:80],
        )
    record(used, after={"sha256": digest}, detail={"key": used.key, "version": used.version, "file": file_name})
    return used


@action("workflow.start")
def start(
    actor: Actor,
    kind: str,
    subject_id: str,
    *,
    title: str,
    organ: Organ,
    number: str = "",
    urgency: str = "normal",
    context: Mapping[str, Any] | None = None,
) -> ProcessInstance:
    """Begin the flow of a matter and open its first items.

    The calling module has checked that the actor may.  `context` holds what the flow's conditions ask
    for.  Raises AlreadyRunning, NoFlow, NoSigner, BadSigner, BadInput, and engine.RouteUnclear.
    """
    matter = subject(kind)
    if urgency not in Urgency.values or not title.strip():
        raise BadInput(what="请填写标题，并在平件、加急、特急中选择缓急程度。")
    definition = ProcessDefinition.objects.filter(key=matter.flow, active=True).defer("bpmn").first()
    if definition is None:
        raise NoFlow(module=matter.module_title, key=matter.flow)
    step = begin(flow_of(definition), dict(context or {}))
    officer = actor.kind == "officer"
    instance = _insert(
        definition=definition,
        kind=kind,
        subject_id=subject_id,
        module=matter.module,
        module_title=matter.module_title,
        title=title.strip()[:300],
        number=number,
        urgency=urgency,
        organ=organ,
        organ_name=organ.short_name,
        starter_id=int(actor.person_id) if officer else None,
        starter_post_id=int(actor.post_id) if officer and actor.post_id.isdigit() else None,
        starter_name=str(actor)[:80],
        starter_post_name=f"{actor.organ_name} {actor.post_name}".strip(),
        context=dict(context or {}),
        state=step.blob,
        opened_at=clock.now(),
    )
    instance.definition = definition
    log(actor, instance, Verb.START, text=definition.title, data={"version": definition.version})
    _open_first(actor, instance, step.ready, step.ended)
    detail = {"kind": kind, "subject": subject_id, "flow": matter.flow, "version": definition.version}
    record(instance, after={"state": bytes(step.blob).hex()}, detail=detail)
    return instance


def _insert(**fields: Any) -> ProcessInstance:
    """The new row, unless the matter is already on its way (the database knows, whoever was faster)."""
    instance = ProcessInstance(**fields)
    same = ProcessInstance.objects.filter(kind=instance.kind, subject_id=instance.subject_id, status__in=OPEN)
    if same.exists():
        raise AlreadyRunning(title=instance.title)
    try:
        with transaction.atomic():
            instance.save(force_insert=True)
    except IntegrityError as twice:
        raise AlreadyRunning(title=instance.title) from twice
    return instance


def _open_first(actor: Actor, instance: ProcessInstance, ready: tuple[Any, ...], ended: str | None) -> None:
    matter = subject(instance.kind)
    made: list[WorkItem] = []
    for one in ready:
        made += open_node(actor, instance, matter, one, origin=Origin.FLOW, parent=None)
    matter.started(actor, instance)
    if ended is not None:
        instance.status, instance.end = ProcessInstance.Status.FINISHED, ended
        instance.closed_at = clock.now()
        keep(instance, "status", "end", "closed_at")
        log(actor, instance, Verb.FINISH, data={"end": ended})
        matter.finished(actor, instance, ended)
