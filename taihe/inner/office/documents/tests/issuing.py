"""A county office that issues documents, with everybody at the desk: what the tests of 发文 stand on.

Documents are walked through their flow by the real actions; `to(state)` stops where a test begins.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from taihe.ground.actor import Actor
from taihe.ground.registers.actions import open_register
from taihe.inner.office.documents.actions import drafting, flowing, sealing
from taihe.inner.office.documents.content import Content
from taihe.inner.office.documents.models import Document, SealJob, Series
from taihe.inner.office.documents.sealing_work import carry_out
from taihe.inner.people.models import Organ
from taihe.inner.people.tests.factories import LONG_AGO, OfficerFactory, OrganFactory, PostFactory, acting
from taihe.inner.seals.actions import issuing
from taihe.inner.workflow.actions import complete, deploy
from taihe.inner.workflow.models import ProcessInstance, WorkItem
from taihe.inner.workflow.tests.kit import Desk

COUNT = itertools.count(1)
FLOW = Path(__file__).parents[5] / "config" / "taihe" / "flows" / "documents_issue.bpmn"
SYSTEM = Actor.system("测试")
TEXT = "一、高度重视\n请各单位认真做好防汛准备工作，安排资金300万元。\n二、加强值守\n落实值班制度，及时报告情况。"
STEPS = ("submitted", "verified", "cosigned", "reviewed", "signed", "rechecked", "numbered", "sealed")


def sit(organ: Organ, title: str, rank: str, duties: list[str], *permissions: str, scope: Organ | None = None) -> Desk:
    """Somebody in a post of this title."""
    post = PostFactory(organ=organ, title=title, rank=rank, duties=duties, max_holders=1)
    officer = OfficerFactory(appointed=post, name=f"演{title[:2]}{next(COUNT)}")
    if permissions:
        from taihe.inner.people.tests.factories import RoleFactory, RoleGrantFactory

        held = officer.appointments.get()
        RoleGrantFactory(appointment=held, role=RoleFactory(permissions=list(permissions)), scope=scope or organ)
    return Desk(officer, post, acting(officer))


class House:
    """县政府, its office, and a department that drafts; one series under the office's head."""

    def __init__(self) -> None:
        deploy(SYSTEM, FLOW.read_bytes(), file_name=FLOW.name)
        self.county = OrganFactory(name="太和县演示人民政府", short_name="演示县政府", kind="government")
        self.office = OrganFactory(name="太和县演示人民政府办公室", short_name="演示政府办", parent=self.county)
        self.dept = OrganFactory(name="太和县演示水利局", short_name="演示水利局", parent=self.county)
        self.other = OrganFactory(name="太和县演示财政局", short_name="演示财政局", parent=self.county)
        self.section = OrganFactory(
            name="演示防汛股", short_name="演示防汛股", kind="internal_office", parent=self.dept
        )
        self.mayor = sit(self.county, "县长", "county_lead", ["signer"])
        self.deputy = sit(self.county, "副县长", "county_lead", ["signer"])
        self.head = sit(self.office, "主任", "dept_lead", ["signer"])
        self.reviewer = sit(self.office, "副主任", "deputy", ["signer", "reviewer"])
        clerk = ("documents.draft", "documents.read", "documents.register", "documents.receive", "documents.numbers")
        self.clerk = sit(self.office, "文书", "clerk", ["document_clerk"], *clerk)
        self.keeper = sit(self.county, "印章管理员", "clerk", ["seal_keeper"], "seals.use", "seals.manage")
        self.bureau = sit(self.dept, "局长", "dept_lead", ["signer"])
        self.chief = sit(self.section, "股长", "section_head", ["reviewer"])
        self.drafter = sit(self.section, "科员", "clerk", [], "documents.draft")
        self.finance = sit(self.other, "局长", "dept_lead", ["signer"])
        issuing.issue(self.keeper.actor, organ_pk=self.county.pk, title=self.county.name)
        self.series = self.make_series("演政", self.county)

    def make_series(self, code: str, organ: Organ, **fields: Any) -> Series:
        """A series with its register."""
        key = f"documents.{organ.code}.{code}"
        open_register(SYSTEM, key, title=f"{code}发文登记簿", series=code)
        told: dict[str, Any] = {
            "organ": organ, "sign_organ": organ, "office": self.office, "seal_organ": organ, "code": code,
            "title": f"{organ.short_name}文件", "mark": [f"{organ.name}文件"], "signature": organ.name,
            "signer_titles": ["副县长"], "principal_titles": ["县长"], "printed_by": self.office.name,
            "active_from": LONG_AGO,
        }  # fmt: skip
        return Series.objects.create(key=key, **(told | fields))

    def document(self, to: str = "drafted", **fields: Any) -> Document:
        """A document drafted by the section, walked on to a state of `STEPS`; fields are those of the 稿纸."""
        text = fields.pop("text", TEXT)
        title = fields.pop("title", f"太和县演示人民政府关于做好第{next(COUNT)}号防汛工作的通知")
        made = drafting.create(
            self.drafter.actor, series_pk=self.series.pk, genre="通知", drafting_organ_pk=self.section.pk
        )
        parts = {"title": title, "blocks": [{"kind": "text", "text": text}], "signature": self.county.name}
        content = Content.model_validate(parts)
        lines = [{"role": "main", "text": self.dept.name, "organ": self.dept.pk}]
        given = {"addressees": lines, "phone": "0558-8600000", **fields}
        drafting.autosave(self.drafter.actor, made.pk, made.version, content, given)
        made.refresh_from_db()
        for step in STEPS[: STEPS.index(to) + 1] if to in STEPS else ():
            if step != "cosigned" or made.cosigners:
                getattr(self, step)(made)
            made.refresh_from_db()
        return made

    # -- one step each -------------------------------------------------------------------------------

    def submitted(self, made: Document) -> None:
        made.refresh_from_db()
        flowing.submit(self.drafter.actor, made.pk, made.version)

    def verified(self, made: Document) -> WorkItem:
        return self.decide(made, self.chief, "agree")

    def cosigned(self, made: Document) -> WorkItem:
        return self.decide(made, self.finance, "agree")

    def reviewed(self, made: Document, *, by: Desk | None = None) -> WorkItem:
        signer = by or (self.mayor if made.direction == "up" or made.important else self.deputy)
        return self.decide(made, self.reviewer, "agree", fields={"signer": f"{signer.post.pk}:{signer.officer.pk}"})

    def signed(self, made: Document, outcome: str = "sign", opinion: str = "同意印发。") -> WorkItem:
        signer = self.mayor if made.direction == "up" or made.important else self.deputy
        return self.decide(made, signer, outcome, opinion)

    def rechecked(self, made: Document) -> WorkItem:
        return self.decide(made, self.clerk, "pass")

    def numbered(self, made: Document, **fields: Any) -> WorkItem:
        return self.decide(made, self.clerk, "done", fields={"number": "next", **fields})

    def sealed(self, made: Document) -> SealJob:
        job = self.asked(made)
        carry_out(job.pk)
        job.refresh_from_db()
        assert job.state == "done", job.fault
        return job

    def asked(self, made: Document) -> SealJob:
        item = self.item(made, self.keeper)
        return sealing.ask(self.keeper.actor, item.pk, item.version)

    def item(self, made: Document, at: Desk) -> WorkItem:
        """The open step on somebody's desk."""
        made.refresh_from_db()
        return WorkItem.objects.get(instance=made.instance_id, post=at.post, status="open", kind="do")

    def decide(
        self, made: Document, at: Desk, outcome: str, opinion: str = "", fields: dict[str, Any] | None = None
    ) -> WorkItem:
        item = self.item(made, at)
        return complete(at.actor, item.pk, item.version, outcome=outcome, opinion=opinion, fields=fields)

    def write(self, made: Document, at: Desk, old: str, new: str) -> None:
        """Somebody changes words of the text and closes the version."""
        made.refresh_from_db()
        version = made.versions.get(number=made.head)
        content = Content.model_validate_json(
            Content.model_validate(version.content).model_dump_json().replace(old, new)
        )
        drafting.autosave(at.actor, made.pk, made.version, content, {})
        drafting.check_in(at.actor, made.pk)
        made.refresh_from_db()


def open_steps(made: Document) -> list[tuple[str, str]]:
    """(step, holder) of what is open."""
    made.refresh_from_db()
    rows = WorkItem.objects.filter(instance=made.instance_id, status="open", kind="do").order_by("pk")
    return [(one.node, one.officer_name) for one in rows]


def flow_of(made: Document) -> ProcessInstance:
    assert made.instance_id is not None
    return ProcessInstance.objects.get(pk=made.instance_id)
