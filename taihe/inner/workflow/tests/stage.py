"""A county office at work: a kind of matter with a sheet, files and a preview, and people with full desks.

For the tests of the pages, and for whoever wants to look at them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from typing import Any, ClassVar

from django import forms
from django.template import Template

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.files.upload import made_here
from taihe.ground.ui.parts import Attached
from taihe.inner.people.models import Officer, Organ, Post
from taihe.inner.people.tests.factories import acting
from taihe.inner.workflow import actions
from taihe.inner.workflow.engine.tests.drawings import END, HEAD, choice, line
from taihe.inner.workflow.models import FlowLog, ProcessInstance, WorkItem
from taihe.inner.workflow.registry import Signer, SubjectKind, forget_subject, register_subject

SYSTEM = Actor.system("测试")
YES_NO = (
    '<gov:outcome key="approve" title="同意"/><gov:outcome key="return" title="退回修改" veto="true" explain="true"/>'
)
NODES = (
    ("draft", "拟稿", "any", '<gov:outcome key="submit" title="送核稿"/>', ""),
    ("check", "部门核稿", "any", YES_NO, ""),
    ("sign", "会签", "all", YES_NO, ""),
    ("office", "办公室审核", "any", YES_NO, "stage.office"),
    ("issue", "签发", "any", YES_NO.replace("同意", "同意签发"), ""),
)  # fmt: skip
TITLES = (
    "关于印发《太和县2026年度深化“高效办成一件事”改革重点任务分工方案》的通知",
    "关于报送第四季度重点工作完成情况的函",
    "关于征求《太和县城市更新项目联合审批实施细则（征求意见稿）》意见的函",
    "关于开展岁末年初安全生产大检查的紧急通知",
    "关于拨付2026年数字政府运维经费的请示",
    "关于召开小麦冬管现场会的通知",
    "关于调整县防汛抗旱指挥部组成人员的通知",
    "关于做好政务数据目录更新工作的通知",
)


def paper_flow() -> bytes:
    """拟稿 → 部门核稿 → 会签 → 办公室审核 → 签发; any veto leads back to the draft."""
    parts = ['<bpmn:startEvent id="begun" name="发起"/>']
    before = "begun"
    for key, title, mode, outcomes, form in NODES:
        item = f'role="stage.{key}" mode="{mode}" limitDays="3" opinion="optional" form="{form}"'
        inside = f"<bpmn:extensionElements><gov:workItem {item}>{outcomes}</gov:workItem></bpmn:extensionElements>"
        parts += [f'<bpmn:userTask id="{key}" name="{title}">{inside}</bpmn:userTask>', line(f"to_{key}", before, key)]
        before = key
        if key != "draft":
            parts += [
                choice(f"after_{key}", f"on_{key}"),
                line(f"from_{key}", key, f"after_{key}"),
                line(f"back_{key}", f"after_{key}", "draft", 'outcome == "return"'),
            ]
            before = f"after_{key}"
            parts[-1] = parts[-1].replace("<bpmn:sequenceFlow ", '<bpmn:sequenceFlow name="退回" ')
    body = "".join(parts) + END + line("on_issue", before, "over")
    for here, there in pairwise(NODES[1:]):
        body = body.replace(f'id="to_{there[0]}"', f'id="on_{here[0]}"')
    process = f'<bpmn:process id="stage_paper" name="演示发文" isExecutable="true">{body}</bpmn:process>'
    return f"{HEAD}{process}</bpmn:definitions>".encode()


class OfficeForm(forms.Form):
    """What the office adds at its node."""

    openness = forms.ChoiceField(
        label="公开属性", choices=[("open", "主动公开"), ("asked", "依申请公开"), ("no", "不予公开")]
    )


class StagePaper(SubjectKind):
    """A paper of the stage."""

    kind = "stage.paper"
    module = "stage"
    module_title = "发文"
    flow = "stage_paper"
    sheet_title = "发文稿纸"
    batch_outcomes: ClassVar[tuple[str, ...]] = ("approve",)
    opener_may_drop = True

    def __init__(self, places: Mapping[str, list[Signer]] | None = None) -> None:
        self.places = dict(places or {})

    def signers(self, instance: ProcessInstance, role: str, node: str) -> list[Signer]:
        return self.places[node]

    def recordable(self, instance: ProcessInstance, node: str) -> bool:
        return node == "issue"

    def summary(self, instance: ProcessInstance, actor: Actor) -> tuple[Any, Mapping[str, Any]]:
        return Template(CELLS), {"instance": instance}

    def body(self, instance: ProcessInstance, actor: Actor) -> tuple[Any, Mapping[str, Any]]:
        return Template(BODY), {"text": "各乡镇人民政府，县政府各部门、各直属机构："}

    def files(self, instance: ProcessInstance, actor: Actor) -> Sequence[Attached]:
        return [Attached("正文（清稿）.ofd", "#", 48_213), Attached("附件1 任务分工表.xlsx", "#", 18_004, "演示")]

    def form(self, form: str) -> type[forms.Form] | None:
        return OfficeForm if form == "stage.office" else None


class StageCase(StagePaper):
    """A second module, so that the tabs have something to tell apart."""

    kind = "stage.case"
    module = "stage_cases"
    module_title = "联合审批"
    sheet_title = "联合审批单"
    batch_outcomes: ClassVar[tuple[str, ...]] = ()


CELLS = """{% load gov %}
{% sheet_item "文号" instance.number|default:"待编号" %}{% sheet_item "缓急" instance.get_urgency_display %}
{% sheet_item "标题" instance.title wide=True %}
{% sheet_item "主送" "各乡镇人民政府，县政府各部门、各直属机构" wide=True %}"""
BODY = """{% load gov %}{% panel "正文" "file-text" %}<p>{{ data.text }}</p>
<p>现将有关事项通知如下，请认真贯彻执行。（演示稿）</p>{% endpanel %}"""


def send(actor: Actor, kind: str, number: int, organ: Organ, **more: Any) -> ProcessInstance:
    """Start one matter; its number gives title and 文号."""
    wishes = {"title": TITLES[number % len(TITLES)], "number": f"太政办〔2026〕{number + 80}号" if number % 3 else ""}
    return actions.start(actor, kind, str(number), organ=organ, **{**wishes, **more})


def handle(actor: Actor, instance: ProcessInstance, outcome: str, opinion: str = "", **more: Any) -> WorkItem:
    """The actor's open item of a matter, completed."""
    item = WorkItem.objects.filter(instance=instance, post=int(actor.post_id), kind="do", status="open").latest("pk")
    actions.mark_read(actor, item.pk)
    item.refresh_from_db()
    return actions.complete(actor, item.pk, item.version, outcome=outcome, opinion=opinion, **more)


def age(instance: ProcessInstance, hours: float, due_days: float | None) -> None:
    """Move the open items of a matter in time, as if they had come `hours` ago and were due in `due_days`."""
    now = clock.now()
    due = now + timedelta(days=due_days) if due_days is not None else None
    WorkItem.objects.filter(instance=instance, status="open").update(opened_at=now - timedelta(hours=hours), due_at=due)


class Office:
    """Every state of work that a page shows, each made when a test asks for it by name.

    `keeper` drafts, manages flows and records for the leader; `clerk` checks and has whatever the rows are about.
    """

    def __init__(self, keeper: Officer, clerk: Officer, leader: Officer) -> None:
        self.kind = StagePaper()
        forget_subject(self.kind.kind)
        register_subject(self.kind)
        self.keeper, self.clerk, self.leader = acting(keeper), acting(clerk), acting(leader)
        self.organ = Post.objects.get(pk=int(self.keeper.post_id)).organ
        signer = {one.person_id: Signer(int(one.post_id), int(one.person_id)) for one in self.people}
        keep, mine, lead = (signer[one.person_id] for one in self.people)
        self.kind.places = {
            "draft": [keep], "check": [mine], "sign": [keep, lead], "office": [Signer(mine.post_id)], "issue": [lead],
        }  # fmt: skip
        self.signer = signer
        self.number = 0
        self.made: dict[str, int] = {}
        actions.deploy(SYSTEM, paper_flow())

    @property
    def people(self) -> tuple[Actor, Actor, Actor]:
        """Keeper, clerk, leader."""
        return self.keeper, self.clerk, self.leader

    def __getitem__(self, key: str) -> int:
        """The row called so, made at the first asking."""
        if key not in self.made:
            self.made[key] = getattr(self, key)()
        return self.made[key]

    def paper(self, by: Actor | None = None) -> ProcessInstance:
        """A matter that waits for its draft."""
        self.number += 1
        return send(by or self.keeper, self.kind.kind, self.number, self.organ)

    def checked(self) -> ProcessInstance:
        """A matter that lies with the clerk."""
        made = self.paper()
        handle(self.keeper, made, "submit")
        return made

    def signed(self) -> ProcessInstance:
        """A matter that lies with the countersigners, unread."""
        made = self.checked()
        handle(self.clerk, made, "approve", "请会签。")
        return made

    def at_office(self) -> ProcessInstance:
        """A matter that lies with whoever holds the clerk's post."""
        made = self.signed()
        handle(self.keeper, made, "approve")
        handle(self.leader, made, "approve", "同意。")
        return made

    def at_leader(self) -> ProcessInstance:
        """A matter that waits to be issued."""
        made = self.at_office()
        handle(self.clerk, made, "approve", fields={"openness": "open"})
        return made

    def newest(self, instance: ProcessInstance, by: Actor) -> WorkItem:
        """The person's newest item of a matter."""
        return WorkItem.objects.filter(instance=instance, post=int(by.post_id)).latest("pk")

    # -- by name ------------------------------------------------------------------------------------------

    def item(self) -> int:
        return self.newest(self.checked(), self.clerk).pk

    def pool(self) -> int:
        return self.newest(self.at_office(), self.clerk).pk

    def claimed(self) -> int:
        found = self.newest(self.at_office(), self.clerk)
        return actions.claim(self.clerk, found.pk, found.version).pk

    def added(self) -> int:
        found = self.newest(self.checked(), self.clerk)
        lead = self.signer[self.leader.person_id]
        return actions.add_signers(self.clerk, found.pk, found.version, signers=[lead], where="with")[0].pk

    def urged(self) -> int:
        return self.newest(self.signed(), self.leader).pk

    def sent(self) -> int:
        return self.newest(self.signed(), self.clerk).pk

    def leaders(self) -> int:
        return self.newest(self.at_leader(), self.leader).pk

    def recorded(self) -> int:
        found = self.newest(self.at_leader(), self.leader)
        photo = made_here(BytesIO(b"photo"), name="原件.png", mime="image/png", looked_at="测试")
        return actions.record_for(
            self.keeper, found.pk, found.version, outcome="approve", opinion="同意印发。", photo=photo
        ).pk

    def copy(self) -> int:
        made = self.paper()
        actions.circulate(self.keeper, made.pk, signers=[self.signer[self.clerk.person_id]], note="请阅。")
        return self.newest(made, self.clerk).pk

    def flow(self) -> int:
        return self.checked().pk

    def begun(self) -> int:
        return self.paper(self.clerk).pk

    def paused(self) -> int:
        made = self.checked()
        return actions.suspend(
            self.keeper, made.pk, ProcessInstance.objects.get(pk=made.pk).version, reason="等待上级文件"
        ).pk

    def phrase(self) -> int:
        return actions.add_phrase(self.clerk, "拟同意，请领导审定。").pk

    def picked(self) -> str:
        """What a ticked box of the clerk's list sends."""
        found = WorkItem.objects.get(pk=self["item"])
        return f"{found.pk}:{found.version}"

    # -- many ---------------------------------------------------------------------------------------------

    def grow(self, count: int) -> None:
        """More of everything that the clerk's lists and the matters' own pages show."""
        one = WorkItem.objects.select_related("instance").get(pk=self["item"])
        self._more_flows(one.instance, count)
        now, me = clock.now(), one.officer_id
        rows = [
            copy_of(one, status="open", precedence=one.precedence, round=50 + self.number + at) for at in range(count)
        ]
        rows += [
            copy_of(one, status="done", done_at=now, done_by_id=me, done_by_name="测试", principal_id=other)
            for other in (None, me, int(self.leader.person_id)) for _ in range(count)
        ]  # fmt: skip
        rows += [copy_of(one, kind="cc", status="open", precedence=1) for _ in range(count)]
        rows += [copy_of(one, kind="cc", status="done", done_at=now, done_by_id=me, read_at=now) for _ in range(count)]
        made = WorkItem.objects.bulk_create(rows)
        FlowLog.objects.bulk_create(
            FlowLog(instance=one.instance, item=item, at=now, verb="complete", person_id="1", person_name="测试")
            for item in made[:count]
        )
        self.number += count

    def _more_flows(self, one: ProcessInstance, count: int) -> None:
        begun = ProcessInstance.objects.get(pk=self["begun"])
        for at in range(count):
            begun.pk, begun.subject_id = None, f"more{self.number + at}"
            begun.save(force_insert=True)


def copy_of(item: WorkItem, **fields: Any) -> WorkItem:
    """Another item like this one, not saved."""
    known = {field.attname: getattr(item, field.attname) for field in WorkItem._meta.concrete_fields}
    return WorkItem(**{**known, "id": None, "precedence": None, **fields})
