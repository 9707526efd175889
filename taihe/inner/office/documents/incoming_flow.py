"""收文办理 as the flow sees it: who registers, proposes, instructs, handles and closes, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.urls import reverse

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.ui.parts import Attached
from taihe.ground.workdays.queries import workdays_between
from taihe.inner.people.models import OrganEvent, OrganEventKind
from taihe.inner.people.permissions import require
from taihe.inner.people.registry import on_organ_changed
from taihe.inner.workflow.models import ProcessInstance, WorkItem
from taihe.inner.workflow.registry import Signer, SubjectKind, register_subject

from .actions import receiving
from .errors_incoming import MustBeAccounted
from .forms_incoming import FAULTS, CloseForm, ProposeForm, RegisterForm
from .models import Incoming
from .queries import assigning, incoming
from .rights import RECEIVE

FORMS: Mapping[str, type[forms.Form]] = {
    "incoming.register": RegisterForm,
    "incoming.propose": ProposeForm,
    "incoming.close": CloseForm,
}
CLERKS = ("register", "close")
ENDS = {"closed": receiving.close, "returned": receiving.give_back}


class IncomingPaper(SubjectKind):
    """One paper in one organ's hands."""

    kind = receiving.KIND
    module = "documents.incoming"
    module_title = "收文"
    flow = "documents_incoming"
    sheet_title = "收文处理单"
    by_rank: ClassVar[frozenset[str]] = frozenset({"instruct"})
    names_starter: ClassVar[bool] = False

    # -- who --------------------------------------------------------------------------------------

    def signers(self, instance: ProcessInstance, role: str, node: str) -> list[Signer]:
        row = Incoming.objects.select_related("organ__successor").get(pk=instance.subject_id)
        organ = assigning.current(row.organ)
        if node == "instruct":
            return [Signer(one["post"], one["officer"]) for one in row.leaders]
        if node == "handle":
            return assigning.desks(one["organ"] for one in row.handlers)
        found = assigning.proposers(organ) if node == "propose" else assigning.clerks(organ)
        # Nobody keeps the papers any more: it stays with the post that signed for it.
        return found or ([Signer(instance.starter_post_id)] if instance.starter_post_id else [])

    def limit_days(self, instance: ProcessInstance, node: str, given: int | None) -> int | None:
        """Working days until the deadline that was set; other steps keep the drawing's."""
        due = Incoming.objects.values_list("due_on", flat=True).get(pk=instance.subject_id)
        if node != "handle" or due is None:
            return given
        return max(workdays_between(clock.today(), due).days, 0)

    def skips(self, instance: ProcessInstance) -> frozenset[str]:
        """Once proposed it is known whether leaders and units are asked."""
        row = incoming.incoming_of(instance)
        if not row.proposal:
            return frozenset()
        unasked = {"instruct": not row.leaders, "handle": not row.handlers}
        return frozenset(node for node, missing in unasked.items() if missing)

    # -- checks -------------------------------------------------------------------------------------

    def guard(self, actor: Actor, item: WorkItem, outcome: str) -> None:
        """Only who receives the organ's papers registers and closes them."""
        if item.node in CLERKS:
            require(actor, RECEIVE, assigning.current(incoming.incoming_of(item.instance).organ))

    def guard_cancel(self, actor: Actor, instance: ProcessInstance) -> None:
        if actor.kind != "system":
            raise MustBeAccounted(title=instance.title)

    def recordable(self, instance: ProcessInstance, node: str) -> bool:
        return node == "instruct"

    # -- news -------------------------------------------------------------------------------------------

    def decided(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        """Each step keeps what it found; 拟办 also decides which steps come next."""
        pk, given = int(instance.subject_id), item.data or {}
        if item.outcome == "resubmit":
            return
        if item.node == "register" and item.outcome == "refuse":
            receiving.refuse(actor, pk, reason=refusal(given, item.opinion))
        elif item.node == "register":
            receiving.register(actor, pk)
        elif item.node == "propose":
            row = receiving.propose(actor, pk, proposal=item.opinion, fields=given)
            counted = {"leaders": len(row.leaders), "handlers": len(row.handlers)}
            instance.context = {**instance.context, **counted}
        elif item.node == "handle":
            unit = receiving.unit_of(incoming.incoming_of(instance), item)
            receiving.handled(actor, pk, unit=unit, result=item.opinion)
        elif item.node == "close":
            receiving.check_close(actor, pk, instance_id=instance.pk, result=given.get("result") or "")

    def withdrawn(self, actor: Actor, instance: ProcessInstance) -> None:
        raise MustBeAccounted(title=instance.title)

    def finished(self, actor: Actor, instance: ProcessInstance, end: str) -> None:
        ENDS[end](actor, int(instance.subject_id))

    # -- pages --------------------------------------------------------------------------------------------

    def url(self, instance: ProcessInstance) -> str:
        return reverse("documents:incoming_item", args=[instance.subject_id])

    def summary(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        return "office_documents/incoming/_cells.html", {"row": incoming.incoming_of(instance)}

    def body(self, instance: ProcessInstance, actor: Actor) -> tuple[str, Mapping[str, Any]] | None:
        from .views.incoming import paper_pages

        return "office_documents/incoming/_paper.html", paper_pages(incoming.incoming_of(instance))

    def files(self, instance: ProcessInstance, actor: Actor) -> Sequence[Attached]:
        from .views.incoming import files_of

        return files_of(incoming.incoming_of(instance))

    def form(self, form: str) -> type[forms.Form] | None:
        return FORMS.get(form)

    def may_view(self, actor: Actor, instance: ProcessInstance) -> bool:
        return incoming.in_scope(actor, incoming.incoming_of(instance))


def refusal(given: Mapping[str, Any], words: str) -> str:
    """The reason of a 退文: what was not met, then what the clerk wrote."""
    ticked = [title for key, title in FAULTS if key in (given.get("faults") or ())]
    return "；".join([*ticked, words.strip()])[:300]


@on_organ_changed("documents.incoming")
def organ_changed(actor: Actor, event: OrganEvent) -> None:
    """Papers of a merged organ are the successor's to finish and to keep (条例第三十五条)."""
    if event.kind == OrganEventKind.MERGED and event.into is not None:
        receiving.move_papers(actor, event.organ, event.into)


register_subject(IncomingPaper())
