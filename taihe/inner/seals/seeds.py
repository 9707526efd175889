"""Demo: every organ that issues documents has a rehearsal seal."""

from __future__ import annotations

from collections.abc import Iterable

from taihe.ground.actor import Actor
from taihe.inner.people.models import Organ

from .actions import issuing
from .models import Seal

BASIS = "演示环境自动制发，不是真实印章"


def demo_seals(organs: Iterable[Organ]) -> int:
    """A 公章 for each organ that has never had one, named as the organ signs; returns how many were made."""
    given = {one.pk: one for one in organs}
    having = set(Seal.objects.filter(organ__in=given).values_list("organ_id", flat=True))
    wanting = [one for pk, one in given.items() if pk not in having]
    for organ in wanting:
        issuing.issue(Actor.system("安装"), organ_pk=organ.pk, title=organ.name, basis=BASIS)
    return len(wanting)
