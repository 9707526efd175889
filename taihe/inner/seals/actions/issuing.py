"""制发、停用、启用、换发、销毁: what the manager of seals does.  Destroying takes a second person."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, CountyError, Missing, StaleVersion
from taihe.ground.outbox.actions import enqueue
from taihe.ground.rules import rule
from taihe.inner.people.models import Organ, OrganStatus
from taihe.inner.people.permissions import require

from ..errors import BadSealName, SamePerson, SealExists, WrongState
from ..models import Seal, SealCertificate, SealKind, SealState
from ..provider import Issued, provider
from ..rights import MANAGE

SEND_TRUST = "seals.send_trust"
LONGEST_NAME = 30


@action("seals.issue")
def issue(
    actor: Actor,
    *,
    organ_pk: int,
    title: str,
    kind: str = SealKind.OFFICIAL,
    width_mm: Decimal | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    basis: str = "",
) -> Seal:
    """制发: a seal with its key and certificate.  Raises NotAllowed, BadSealName, SealExists or BadInput."""
    organ = Organ.objects.select_for_update(of=("self",)).filter(pk=organ_pk, status=OrganStatus.ACTIVE).first()
    if organ is None:
        raise Missing(what="这个单位")
    require(actor, MANAGE, organ)
    title = _fit_name(title)
    begins = valid_from or clock.today()
    if valid_to is not None and valid_to < begins:
        raise BadInput(what="截止日期早于起始日期。")
    if Seal.objects.filter(organ=organ, kind=kind, title=title).exclude(state=SealState.DESTROYED).exists():
        raise SealExists(organ=organ.name, title=title, kind=SealKind(kind).label)
    chosen = provider()
    made = chosen.issue(title, organ.name, timedelta(days=rule("seals.certificate_days")))
    seal = Seal(
        organ=organ,
        organ_name=organ.name,
        title=title,
        kind=kind,
        width_mm=width_mm or rule("seals.width_mm"),
        valid_from=begins,
        valid_to=valid_to,
        provider=chosen.name,
        certified=chosen.certified,
        serial=made.serial,
        made_at=clock.now(),
        made_by_id=actor.person_id,
        made_by_name=str(actor),
        basis=basis,
    )
    try:
        with transaction.atomic():
            seal.save(force_insert=True)
    except IntegrityError as twice:
        raise SealExists(organ=organ.name, title=title, kind=SealKind(kind).label) from twice
    _keep_certificate(actor, seal, made)
    record(seal, after=snapshot(seal), detail={"organ": organ.name, "serial": made.serial, "basis": basis})
    _trust_changed()
    return seal


@action("seals.renew")
def renew(actor: Actor, pk: int, version: int) -> Seal:
    """换发: a new key and certificate for the same seal; papers sealed before stay good."""
    seal = _held(actor, pk, version)
    if seal.state == SealState.DESTROYED:
        raise WrongState(title=seal.title, state=_state(seal), what="换发证书")
    before, old = snapshot(seal), seal.serial
    chosen = provider()
    made = chosen.issue(seal.title, seal.organ.name, timedelta(days=rule("seals.certificate_days")))
    seal.serial, seal.provider, seal.certified = made.serial, chosen.name, chosen.certified
    _keep_certificate(actor, seal, made)
    _save(seal, "serial", "provider", "certified")
    record(seal, before=before, after=snapshot(seal), detail={"serial": made.serial, "replaces": old})
    _keys_go(seal)
    _trust_changed()
    return seal


@action("seals.suspend")
def suspend(actor: Actor, pk: int, version: int, *, reason: str) -> Seal:
    """停用: the seal may not be used until it is resumed."""
    seal = _held(actor, pk, version)
    if seal.state != SealState.ACTIVE:
        raise WrongState(title=seal.title, state=_state(seal), what="停用")
    before = snapshot(seal)
    seal.state, seal.state_reason = SealState.SUSPENDED, reason
    _save(seal, "state", "state_reason")
    record(seal, before=before, after=snapshot(seal), detail={"reason": reason})
    return seal


def suspend_of_organ(actor: Actor, organ_pk: int, *, why: str) -> None:
    """Suspend every seal of an organ that is no more; whoever changed the organ was asked for his rights there."""
    for pk in Seal.objects.filter(organ_id=organ_pk, state=SealState.ACTIVE).values_list("pk", flat=True):
        _suspend_with_organ(actor, pk, why=why)


@action("seals.suspend_with_organ")
def _suspend_with_organ(actor: Actor, pk: int, *, why: str) -> None:
    seal = Seal.objects.select_for_update(of=("self",)).get(pk=pk)
    before = snapshot(seal)
    seal.state, seal.state_reason = SealState.SUSPENDED, why
    _save(seal, "state", "state_reason")
    record(seal, before=before, after=snapshot(seal), detail={"reason": why})


@action("seals.resume")
def resume(actor: Actor, pk: int, version: int, *, reason: str) -> Seal:
    """启用: a suspended seal may be used again; a request to destroy it is taken back with that."""
    seal = _held(actor, pk, version)
    if seal.state != SealState.SUSPENDED:
        raise WrongState(title=seal.title, state=_state(seal), what="启用")
    before = snapshot(seal)
    seal.state, seal.state_reason = SealState.ACTIVE, ""
    seal.destroy_asked_at, seal.destroy_asked_by_id, seal.destroy_asked_by_name = None, "", ""
    _save(seal, "state", "state_reason", "destroy_asked_at", "destroy_asked_by_id", "destroy_asked_by_name")
    record(seal, before=before, after=snapshot(seal), detail={"reason": reason})
    return seal


@action("seals.ask_destroy")
def ask_destroy(actor: Actor, pk: int, version: int, *, reason: str) -> Seal:
    """提出销毁: the seal is out of use at once and waits for another person's word."""
    seal = _held(actor, pk, version)
    if seal.state == SealState.DESTROYED or seal.destroy_asked_at:
        raise WrongState(title=seal.title, state=_state(seal), what="提出销毁")
    before = snapshot(seal)
    seal.state, seal.state_reason = SealState.SUSPENDED, reason
    seal.destroy_asked_at = clock.now()
    seal.destroy_asked_by_id, seal.destroy_asked_by_name = actor.person_id, str(actor)
    _save(seal, "state", "state_reason", "destroy_asked_at", "destroy_asked_by_id", "destroy_asked_by_name")
    record(seal, before=before, after=snapshot(seal), detail={"reason": reason})
    return seal


@action("seals.confirm_destroy")
def confirm_destroy(actor: Actor, pk: int, version: int) -> Seal:
    """确认销毁: certificates are revoked as of now and the keys destroyed once this stands.

    Raises SamePerson when the asker confirms himself, WrongState when nobody asked.
    """
    seal = _held(actor, pk, version)
    if not seal.destroy_asked_at or seal.state == SealState.DESTROYED:
        raise WrongState(title=seal.title, state=_state(seal), what="确认销毁")
    if seal.destroy_asked_by_id == actor.person_id:
        raise SamePerson()
    before, now = snapshot(seal), clock.now()
    seal.state, seal.destroyed_at, seal.destroyed_by_name = SealState.DESTROYED, now, str(actor)
    seal.valid_to = max(seal.valid_from, min(seal.valid_to or clock.today(), clock.today()))
    for one in seal.certificates.filter(revoked_at__isnull=True):
        one.revoked_at, one.revoked_reason = now, seal.state_reason
        one.save(update_fields=["revoked_at", "revoked_reason"])
    _save(seal, "state", "destroyed_at", "destroyed_by_name", "valid_to")
    record(seal, before=before, after=snapshot(seal), detail={"reason": seal.state_reason})
    _keys_go(seal)
    _trust_changed()
    return seal


def _held(actor: Actor, pk: int, version: int) -> Seal:
    """The seal under a lock, for its manager, in the version he saw."""
    seal = Seal.objects.select_for_update(of=("self",)).select_related("organ").filter(pk=pk).first()
    if seal is None:
        raise Missing(what="这枚印章")
    require(actor, MANAGE, seal.organ)
    if seal.version != version:
        raise StaleVersion(what=f"“{seal.title}”")
    return seal


def _save(seal: Seal, *fields: str) -> None:
    seal.version += 1
    seal.save(update_fields=[*fields, "version"])


def _state(seal: Seal) -> str:
    return "已提出销毁" if seal.destroy_asked_at and not seal.destroyed_at else f"现为“{seal.get_state_display()}”"


def _keep_certificate(actor: Actor, seal: Seal, made: Issued) -> None:
    SealCertificate.objects.create(
        seal=seal,
        provider=seal.provider,
        serial=made.serial,
        certificate=made.certificate,
        not_before=made.not_before,
        not_after=made.not_after,
        issued_at=clock.now(),
        issued_by_name=str(actor),
    )


def _fit_name(title: str) -> str:
    """The name as it will be drawn.  Raises BadSealName."""
    name = "".join(unicodedata.normalize("NFC", title).split())
    if not 2 <= len(name) <= LONGEST_NAME:
        raise BadSealName(title=title[:60], why=f"应为2至{LONGEST_NAME}个字")
    try:
        provider().picture(name, float(rule("seals.width_mm")))
    except CountyError as cannot:
        raise BadSealName(title=title[:60], why=cannot.sentences()[0].rstrip("。")) from cannot
    return name


def _keys_go(seal: Seal) -> None:
    """Keys the seal no longer signs with are destroyed once this stands."""
    enqueue("seals.destroy_keys", {"seal": seal.pk}, dedupe=f"seals.destroy_keys:{seal.pk}")


def _trust_changed() -> None:
    """The public side is told of certificates and what was revoked."""
    enqueue(SEND_TRUST, dedupe=SEND_TRUST)
