"""An officer's own common phrases (常用语)."""

from __future__ import annotations

from taihe.ground.action import action, record
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing
from taihe.ground.rules import rule

from ..models import CommonPhrase
from .rows import words


@action("workflow.add_phrase")
def add_phrase(actor: Actor, text: str) -> CommonPhrase:
    """Keep a phrase for the actor's opinions.  Raises BadInput for an empty or a further one than the rule allows."""
    said = words(" ".join(text.split()), "常用语", least=1, most=200)
    if actor.kind != "officer":
        raise Missing(what="常用语")
    own = CommonPhrase.objects.filter(officer_id=int(actor.person_id))
    limit = rule("workflow.phrases_per_person")
    if own.count() >= limit:
        raise BadInput(what=f"常用语最多 {limit} 条，请先删去不用的。")
    phrase, _ = CommonPhrase.objects.get_or_create(
        officer_id=int(actor.person_id), text=said, defaults={"order": own.count()}
    )
    record(("inner_workflow.commonphrase", str(phrase.pk), "常用语"))
    return phrase


@action("workflow.drop_phrase")
def drop_phrase(actor: Actor, pk: int) -> None:
    """Forget one of the actor's phrases.  Raises Missing."""
    phrase = CommonPhrase.objects.filter(pk=pk, officer_id=int(actor.person_id)).first()
    if phrase is None:
        raise Missing(what="该常用语")
    phrase.delete()
    record(("inner_workflow.commonphrase", str(pk), "常用语"))
