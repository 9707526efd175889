"""A paper that goes from draft to issue, and the people who sign it: what the tests of the flows stand on."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from taihe.ground.actor import Actor
from taihe.inner.people.models import Officer, Organ, Post
from taihe.inner.people.tests.factories import OfficerFactory, OrganFactory, PostFactory, acting
from taihe.inner.workflow.actions import deploy, start
from taihe.inner.workflow.engine.tests.drawings import END, HEAD, choice, line
from taihe.inner.workflow.models import ProcessInstance, Status, WorkItem
from taihe.inner.workflow.models.item import PENDING
from taihe.inner.workflow.registry import Signer, SubjectKind

SYSTEM = Actor.system("测试")
NUMBERS = itertools.count(1)
OUTCOMES = (
    '<gov:outcome key="agree" title="同意"/><gov:outcome key="against" title="不同意" explain="true"/>'
    '<gov:outcome key="stop" title="否决" veto="true" explain="true"/>'
)


def paper_flow(mode: str = "all", *, limit: int = 3, title: str = "测试文件") -> bytes:
    """draft (any) → sign (`mode`) → issue (any); a veto at sign ends the flow at `stopped`."""

    def node(name: str, title: str, how: str, outcomes: str) -> str:
        item = f'<gov:workItem role="paper.{name}" mode="{how}" limitDays="{limit}" opinion="optional">{outcomes}'
        inside = f"<bpmn:extensionElements>{item}</gov:workItem></bpmn:extensionElements>"
        return f'<bpmn:userTask id="{name}" name="{title}">{inside}</bpmn:userTask>'

    parts = [
        '<bpmn:startEvent id="begun" name="发起"/>',
        node("draft", "拟稿", "any", '<gov:outcome key="submit" title="送签"/>'),
        node("sign", "会签", mode, OUTCOMES),
        choice("signed", "on"),
        node("issue", "签发", "any", OUTCOMES),
        END,
        '<bpmn:endEvent id="stopped" name="未通过"/>',
        line("a", "begun", "draft"),
        line("b", "draft", "sign"),
        line("c", "sign", "signed"),
        line("on", "signed", "issue"),
        line("off", "signed", "stopped", 'outcome == "stop"'),
        line("d", "issue", "over"),
    ]
    process = f'<bpmn:process id="paper" name="{title}" isExecutable="true">{"".join(parts)}</bpmn:process>'
    return f"{HEAD}{process}</bpmn:definitions>".encode()


class PaperKind(SubjectKind):
    """The papers of the tests; `heard` is the news they got."""

    kind = "test.paper"
    module = "papers"
    module_title = "测试公文"
    flow = "paper"
    opener_may_drop = True

    def __init__(self) -> None:
        self.places: dict[str, list[Signer]] = {}
        self.heard: list[tuple[str, str]] = []
        self.refuse: Exception | None = None

    def signers(self, instance: ProcessInstance, role: str, node: str) -> list[Signer]:
        return self.places[node]

    def recordable(self, instance: ProcessInstance, node: str) -> bool:
        return node == "issue"

    def guard(self, actor: Actor, item: WorkItem, outcome: str) -> None:
        if self.refuse:
            raise self.refuse

    def decided(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        self.heard.append(("decided", item.outcome))

    def node_opened(self, actor: Actor, instance: ProcessInstance, node: str) -> None:
        self.heard.append(("opened", node))

    def returned(self, actor: Actor, instance: ProcessInstance, node: str, reason: str) -> None:
        self.heard.append(("returned", node))

    def withdrawn(self, actor: Actor, instance: ProcessInstance) -> None:
        self.heard.append(("withdrawn", ""))

    def cancelled(self, actor: Actor, instance: ProcessInstance, reason: str) -> None:
        self.heard.append(("cancelled", reason))

    def finished(self, actor: Actor, instance: ProcessInstance, end: str) -> None:
        self.heard.append(("finished", end))

    def disputed(self, actor: Actor, instance: ProcessInstance, item: WorkItem) -> None:
        self.heard.append(("disputed", item.opinion))


@dataclass
class Desk:
    """One person at one post."""

    officer: Officer
    post: Post
    actor: Actor

    @property
    def signer(self) -> Signer:
        return Signer(self.post.pk, self.officer.pk)

    @property
    def any_holder(self) -> Signer:
        return Signer(self.post.pk)


def desk(organ: Organ | None = None, **fields: Any) -> Desk:
    """An officer in a post of their own (or of `appointed=` post)."""
    post = fields.pop("post", None) or PostFactory(organ=organ or OrganFactory(), rank=fields.pop("rank", "clerk"))
    officer = OfficerFactory(appointed=post, **fields)
    return Desk(officer, post, acting(officer))


@dataclass
class House:
    """The drafter, the signers, the issuer, and the paper's kind."""

    kind: PaperKind
    organ: Organ
    drafter: Desk
    signers: list[Desk]
    issuer: Desk
    number: int = 0
    instances: list[ProcessInstance] = field(default_factory=list)

    def paper(self, *, drafted: bool = True, **fields: Any) -> ProcessInstance:
        """A new paper; unless told otherwise the drafter has sent it to the signers."""
        from taihe.inner.workflow.actions import complete

        self.number = next(NUMBERS)
        number = fields.pop("subject_id", str(self.number))
        wishes = {"title": f"关于测试的请示{self.number}", "organ": self.organ, **fields}
        instance = start(self.drafter.actor, PaperKind.kind, number, **wishes)
        if drafted:
            item = self.item(instance, self.drafter)
            complete(self.drafter.actor, item.pk, item.version, outcome="submit")
        self.instances.append(instance)
        instance.refresh_from_db()
        return instance

    def item(self, instance: ProcessInstance, at: Desk, *, pending: bool = True) -> WorkItem:
        """The desk's newest item of a paper: a pending one, or any."""
        rows = WorkItem.objects.filter(instance=instance, post=at.post, kind="do")
        if pending:
            rows = rows.filter(status__in=PENDING)
        return rows.order_by("-pk")[0]

    def sign(self, instance: ProcessInstance, at: Desk, outcome: str = "agree", opinion: str = "已阅") -> WorkItem:
        """The desk signs its item."""
        from taihe.inner.workflow.actions import complete

        item = self.item(instance, at)
        return complete(at.actor, item.pk, item.version, outcome=outcome, opinion=opinion)


def build(kind: PaperKind, *, signers: int = 3, mode: str = "all") -> House:
    """People, posts and the deployed flow."""
    deploy(SYSTEM, paper_flow(mode))
    organ = OrganFactory()
    house = House(kind, organ, desk(organ), [desk() for _ in range(signers)], desk(organ, rank="county_lead"))
    kind.places = {
        "draft": [house.drafter.signer],
        "sign": [one.signer for one in house.signers],
        "issue": [house.issuer.signer],
    }
    return house


def open_at(instance: ProcessInstance) -> list[tuple[str, str]]:
    """(node, holder) of the open items, in order."""
    rows = WorkItem.objects.filter(instance=instance, status=Status.OPEN, kind="do").order_by("order", "pk")
    return [(one.node, one.officer_name) for one in rows]


def statuses(instance: ProcessInstance, node: str) -> list[str]:
    """Statuses of a node's items, oldest first."""
    return list(WorkItem.objects.filter(instance=instance, node=node).order_by("pk").values_list("status", flat=True))


def names(desks: Sequence[Desk]) -> list[str]:
    return [one.officer.name for one in desks]
