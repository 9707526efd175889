"""Demo: every organ that issues documents has a rehearsal seal."""

from __future__ import annotations

from collections.abc import Iterable

from taihe.ground.actor import Actor
from taihe.inner.people.models import Organ

from .actions import issuing
from .models import Seal

BASIS = "演示环境自动制发，不是真实印章"


def demo_seals(names: Iterable[tuple[Organ, str]]) -> int:
    """A 公章 for each organ, under the name it signs with, unless it ever had one; returns how many were made."""
    given = {organ.pk: name for organ, name in names}
    having = set(Seal.objects.filter(organ__in=given).values_list("organ_id", flat=True))
    wanting = {pk: name for pk, name in given.items() if pk not in having}
    for pk, name in wanting.items():
        issuing.issue(Actor.system("安装"), organ_pk=pk, title=name, basis=BASIS)
    return len(wanting)
