"""Seals as their keepers and managers read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import Missing
from taihe.inner.people.models import Organ
from taihe.inner.people.models.dated import in_force
from taihe.inner.people.permissions import scopes_of, within

from ..models import Seal, SealCertificate, SealState
from ..rights import MANAGE, USE


def seals_of(organ: Organ, on: date | None = None) -> QuerySet[Seal]:
    """The seals an organ may put on papers on a day (today), its 公章 first; not those of organs below."""
    rows = Seal.objects.filter(in_force(on or clock.today()), organ=organ, state=SealState.ACTIVE)
    return rows.order_by("-kind", "pk")


def usable_seal(organ: Organ) -> Seal | None:
    """The organ's first usable 公章, else its first usable seal of another kind; None when there is none."""
    found = list(seals_of(organ).select_related("organ"))
    return next((one for one in found if one.kind == "official"), found[0] if found else None)


def visible_seals(actor: Actor) -> QuerySet[Seal]:
    """The seals of every organ over which the asker may use or manage seals."""
    covered = within((*scopes_of(actor, USE), *scopes_of(actor, MANAGE)), "organ__")
    return Seal.objects.filter(covered).select_related("organ")


def managed(actor: Actor) -> QuerySet[Seal]:
    """The seals the asker may issue, suspend and destroy."""
    return Seal.objects.filter(within(scopes_of(actor, MANAGE), "organ__")).select_related("organ")


def seal_for_reading(actor: Actor, pk: int) -> Seal:
    """One seal the asker may see.  Raises Missing."""
    found = visible_seals(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(what="这枚印章")
    return found


def by_numbers(pks: Iterable[int]) -> list[Seal]:
    """Seals by their numbers, whoever asks: for the worker that puts them on.  Raises Missing when one is not there."""
    wanted = set(pks)
    found = list(Seal.objects.filter(pk__in=wanted).select_related("organ"))
    if len(found) < len(wanted):
        raise Missing(what="这枚印章")
    return found


def certificate_of(seal: Seal) -> SealCertificate:
    """The certificate the seal now signs with."""
    return SealCertificate.objects.get(serial=seal.serial)


def revoked(provider: str) -> dict[str, datetime]:
    """What the provider's certificates have come to: serial to the moment of revocation."""
    rows = SealCertificate.objects.filter(provider=provider, revoked_at__isnull=False)
    return {serial: moment for serial, moment in rows.values_list("serial", "revoked_at") if moment}


def keys_out_of_use(pk: int) -> list[tuple[str, str]]:
    """Provider and serial of the certificates a seal no longer signs with: renewed ones, all of a destroyed seal."""
    rows = SealCertificate.objects.filter(seal_id=pk)
    rows = rows.exclude(Q(serial=F("seal__serial")) & ~Q(seal__state=SealState.DESTROYED))
    return list(rows.values_list("provider", "serial"))


def certificates_of(seal: Seal) -> list[SealCertificate]:
    """Every certificate the seal has had, the newest first."""
    return list(seal.certificates.defer("certificate"))


def by_state(actor: Actor) -> dict[str, int]:
    """How many of the seals the asker may see are in each state."""
    rows = visible_seals(actor).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def providers_used() -> list[str]:
    """Names of the providers that have ever made a certificate here."""
    return list(SealCertificate.objects.order_by("provider").values_list("provider", flat=True).distinct())
