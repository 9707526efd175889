"""Every page of the office zone: who may open it, who may not, that it draws, and that it stays quick as rows grow.

A page without a row in `ROWS` fails the first test, so nobody can add one without saying who may open it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from taihe.gate.models import Alarm, OutLetter, ProbeRun, Quarantined
from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.actor import Actor
from taihe.ground.audit.actions import append_entry
from taihe.ground.audit.models import AuditEntry
from taihe.ground.files.models import SecretIncident
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.models import Status as Shelf
from taihe.ground.ui import nav
from taihe.ground.vault.keys import vault_at
from taihe.inner.office.documents.tests.rows import drafted_by
from taihe.inner.people.models import Appointment, Officer, Organ, SessionNote, SignInGuard, StandIn
from taihe.inner.people.tests import factories as make
from taihe.inner.portal.models import Release, ReleaseAlarm, RollbackRequest
from taihe.inner.seals.tests.rows import seal_row
from taihe.inner.workflow.registry import forget_subject
from taihe.inner.workflow.tests.stage import Office, StagePaper
from tests.contracts.drafts import Draft
from tests.contracts.issued import Issued
from tests.contracts.papers import RECEIVES, Papers
from tests.contracts.sent import Sent

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@dataclass
class World:
    """A small county with one person of every kind, and `grow` to make it large."""

    organ: Organ
    other: Organ
    people: Mapping[str, Officer]
    row: dict[str, int] = field(default_factory=dict)

    @cached_property
    def office(self) -> Office:
        """Work in every state, for the pages of flows; made only for those."""
        return Office(self.people["keeper"], self.people["clerk"], self.people["leader"])

    @cached_property
    def issued(self) -> Issued:
        """A document on its way out; made only for the pages of 发文."""
        return Issued.made(self.people["receiver"])

    @cached_property
    def draft(self) -> Draft:
        """A document being written; made only for the pages of drafting."""
        return Draft.made(self.people["drafter"])

    @cached_property
    def papers(self) -> Papers:
        """Papers that came in, for the pages of 收文; made only for those."""
        return Papers.made(self.people["receiver"])

    @cached_property
    def sent(self) -> Sent:
        """Documents sent to an organ, for the pages of 分发 and 签收; made only for those."""
        return Sent.made(self.people["receiver"])

    def client(self, role: str) -> Client:
        """A browser in which this person is signed in; `nobody` is not."""
        client = Client()
        if role != "nobody":
            client.force_login(self.people[role])
        return client

    def grow(self, count: int) -> None:
        """More of everything that lists show."""
        clerk = Appointment.objects.filter(officer=self.people["clerk"]).earliest("pk")
        for number in range(count):
            below = make.OrganFactory(parent=self.organ)
            post = make.PostFactory(organ=self.organ)
            held = make.AppointmentFactory(post=post, is_main=True)
            make.RoleGrantFactory(waiting=True, appointment=held, scope=below)
            make.RoleGrantFactory(appointment=clerk, scope=below)
            make.AdminDutyFactory(officer=held.officer, waiting=True)
            make.AdminDutyFactory(duty="audit")
            make.PasswordResetFactory(officer=held.officer)
            make.StandInFactory(principal=clerk, deputy=held.officer)
            _session(held.officer, number)
            _incident(held.officer)
            _pause(number)
            _at_the_gate(number)
            _released()
            seal_row(below)
        if "office" in vars(self):
            self.office.grow(count)
        if "issued" in vars(self):
            self.issued.grow(count)
        if "sent" in vars(self):
            self.sent.grow(count)
        if "draft" in vars(self):
            self.draft.grow(count)
        if "papers" in vars(self):
            self.papers.grow(count)
            for _ in range(count):
                drafted_by(self.people["receiver"])
        with unit_of_work("test.grow", Actor.system("测试")) as frame:
            for number in range(count):
                append_entry(frame, outcome="done", subject=("inner_people.organ", str(number), "测试"), detail={})


def _session(officer: Officer, number: int) -> SessionNote:
    return SessionNote.objects.create(
        officer=officer,
        session_key=f"{officer.pk}-{number}",
        began_at=clock.now(),
        seen_at=clock.now(),
        address="127.0.0.1",
        device="测试",
        method="password",
    )


def _incident(officer: Officer) -> SecretIncident:
    return SecretIncident.objects.create(
        sha256="0" * 64, at=clock.now(), person_id=str(officer.pk), person_name=officer.name, owner_type="people.import"
    )


def _at_the_gate(number: int) -> None:
    """Something in every list of the operator: stopped, alarmed, refused, shelved."""
    now = clock.now()
    Quarantined.objects.create(
        file="x", code="gate.not_a_letter", sentence="演示。", digest=uuid4().hex, consumed=False, at=now, last_at=now
    )
    Alarm.objects.create(kind=Alarm.Kind.GAP, subject=uuid4().hex, sentence="演示。", raised_at=now, last_at=now)
    OutLetter.objects.create(
        letter_id=uuid4().hex, lane="normal", epoch=1, sequence=OutLetter.objects.count() + 1, kind="gate.probe",
        version=1, envelope=b"", created_at=now, expires_at=now, status=OutLetter.Status.REFUSED,
    )  # fmt: skip
    OutboxMessage.objects.create(kind="gate.deliver", status=Shelf.SHELVED, not_before=now, created_at=now)
    ProbeRun.objects.create(outgoing=True, number=number, lane="normal", at=now)


def _released() -> None:
    """A release and an alarm of the public pages."""
    now, number = clock.now(), Release.objects.count() + 1
    made = Release.objects.create(
        number=number, cause="演示", digest=uuid4().hex * 2, previous="0" * 64, signature="x", made_at=now
    )
    ReleaseAlarm.objects.create(
        zone="outer", kind="tamper", subject=made.digest, sentence="演示。", since=now, until=now
    )


def _pause(number: int) -> SignInGuard:
    return SignInGuard.objects.create(
        kind="address",
        key=f"address-{SignInGuard.objects.count()}-{number}",
        failures=9,
        window_began_at=clock.now(),
        last_at=clock.now(),
        locked_at=clock.now(),
        locked_until=clock.now().replace(year=clock.now().year + 1),
    )


@pytest.fixture
def world(tmp_path: Path, settings: Any) -> Iterator[World]:
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    settings.TAIHE_FOLDER = tmp_path
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    organ, other = make.OrganFactory(), make.OrganFactory()
    keeper = [
        "people.import", "people.edit_organs", "people.edit_officers", "people.appoint", "people.stand_in",
        "workflow.manage", "workflow.record_for", "seals.use", "seals.manage",
    ]  # fmt: skip
    operator = ["gate.view", "gate.operate", "outbox.view", "outbox.operate", "calendar.confirm"]
    operator += ["portal.watch", "portal.release"]
    people = {
        "clerk": make.OfficerFactory(appointed=True, organ=organ, phone="19900000001", password="x"),
        "keeper": make.OfficerFactory(organ=organ, roles=["keeper"], permissions=keeper),
        "leader": make.OfficerFactory(appointed=make.PostFactory(organ=organ, rank="county_lead")),
        "operator": make.OfficerFactory(organ=organ, roles=["operator"], permissions=operator),
        "receiver": make.OfficerFactory(
            organ=organ, roles=["receiver"], permissions=list(RECEIVES), duties=["document_clerk"]
        ),
        "drafter": make.OfficerFactory(organ=organ, roles=["drafter"], permissions=["documents.draft"]),
        "system": make.AdminFactory(duty="system"),
        "security": make.AdminFactory(duty="security"),
        "audit": make.AdminFactory(duty="audit"),
    }
    built = World(organ, other, people)
    built.grow(2)
    fresh = make.OfficerFactory(must_change_password=True)
    locked = make.OfficerFactory(locked=True)
    grant = make.RoleGrantFactory(waiting=True, scope=organ)
    stand_in = StandIn.objects.filter(principal__officer=people["clerk"]).latest("pk")
    held = Appointment.objects.filter(post__organ=organ).latest("pk")
    asked = RollbackRequest.objects.create(
        target=Release.objects.latest("pk"), reason="演示", asked_by_id="0", asked_by_name="示某", asked_at=clock.now()
    )
    built.row = {
        "organ": organ.pk,
        "other": other.pk,
        "post": held.post_id,
        "appointment": make.AppointmentFactory(post=held.post, officer=people["clerk"]).pk,
        "clerk": people["clerk"].pk,
        "fresh": fresh.pk,
        "locked": locked.pk,
        "grant": grant.pk,
        "duty": make.AdminDutyFactory(waiting=True).pk,
        "open_duty": make.AdminDutyFactory(duty="system").pk,
        "reset": make.PasswordResetFactory().pk,
        "stand_in": stand_in.pk,
        "session": SessionNote.objects.latest("pk").pk,
        "pause": SignInGuard.objects.latest("pk").pk,
        "incident": SecretIncident.objects.latest("pk").pk,
        "entry": AuditEntry.objects.latest("pk").pk,
        "stopped": Quarantined.objects.latest("pk").pk,
        "alarm": Alarm.objects.latest("pk").pk,
        "released": Release.objects.latest("pk").number,
        "asked": asked.pk,
        "release_alarm": ReleaseAlarm.objects.latest("pk").pk,
        "seal": seal_row(organ).pk,
        "seal_asked": seal_row(organ, asked=True).pk,
        "shelved": OutboxMessage.objects.filter(status=Shelf.SHELVED).latest("pk").pk,
    }
    yield built
    forget_subject(StagePaper.kind)


@dataclass(frozen=True)
class Row:
    """One page: whom it answers and how, whom it refuses."""

    name: str
    allowed: str
    denied: str
    args: tuple[str | int, ...] = ()
    query: str = ""
    status: int = 200
    refused: int = 403

    def url(self, world: World) -> str:
        """The address in a world; words name its rows."""
        rows = world.office if self.name.startswith("workflow:") else world.row
        args = [self._arg(world, one) if isinstance(one, str) else one for one in self.args]
        query = self.query.format_map(rows)
        return reverse(self.name, args=args) + (f"?{query}" if query else "")

    def _arg(self, world: World, word: str) -> str | int:
        if self.name.startswith("workflow:"):
            return world.office[word] if hasattr(Office, word) else word
        if word in ("document", "series", "entry"):
            return world.issued.words[word]
        if word == "draft":
            return world.draft.row.pk
        if word == "paper":
            return world.papers.row.pk
        if word in ("sealed_document", "sent_document", "delivery"):
            return world.sent.words[word]
        return world.row.get(word, word)


def _everyone(name: str, *args: str | int, **more: Any) -> Row:
    """Every signed-in official, and nobody else: others are led to the door."""
    return Row(name, "clerk", "nobody", args, refused=302, **more)


def _kept(name: str, *args: str | int, **more: Any) -> Row:
    """Whoever keeps the organ, and no ordinary official."""
    return Row(name, "keeper", "clerk", args, **more)


def _mine(name: str, *args: str | int, **more: Any) -> Row:
    """Whoever has the work on the desk; to others it is not there."""
    return Row(name, "clerk", "audit", args, refused=404, **more)


def _open(name: str, *args: str | int, **more: Any) -> Row:
    """Everybody, signed in or not; there is nobody to refuse."""
    return Row(name, "nobody", "", args, **more)


ROWS = [
    _everyone("people:home"),
    _everyone("people:search", query="q=测试"),
    _everyone("people:organs"),
    _everyone("people:organ", "organ"),
    _everyone("people:contacts"),
    _everyone("people:officer", "clerk"),
    _everyone("people:phone", "clerk"),
    _everyone("people:stand_ins"),
    _everyone("people:stand_in_new"),
    Row("people:stand_in_revoke", "clerk", "audit", ("stand_in",)),
    _kept("people:organ_new"),
    _kept("people:organ_edit", "organ"),
    _kept("people:organ_rename", "organ"),
    _kept("people:organ_move", "organ"),
    _kept("people:organ_merge", "organ", query="into={other}"),
    _kept("people:organ_abolish", "organ"),
    _kept("people:post_new", "organ"),
    _kept("people:post_edit", "post"),
    _kept("people:post_close", "post"),
    _kept("people:appoint", "post"),
    _kept("people:appointment_end", "appointment"),
    _kept("people:appointment_main", "appointment"),
    _kept("people:officer_new"),
    _kept("people:officer_edit", "clerk"),
    _kept("people:officer_leave", "clerk"),
    _kept("people:officer_appoint", "clerk"),
    Row("people:import_start", "keeper", "nobody", status=302, refused=302),
    _kept("people:import", "organs"),
    _kept("people:import_load", "officers"),
    _kept("people:import_report", "officers", status=422),
    _kept("people:import_template", "organs"),
    Row("security:accounts", "system", "audit"),
    Row("security:account", "security", "keeper", ("clerk",)),
    Row("security:account_lock", "system", "security", ("clerk",)),
    Row("security:account_unlock", "security", "system", ("locked",)),
    Row("security:account_password", "system", "security", ("fresh",)),
    Row("security:account_reset", "system", "security", ("clerk",)),
    Row("security:account_factors", "security", "system", ("clerk",)),
    Row("security:approvals", "security", "system"),
    Row("security:reset_approve", "security", "system", ("reset",)),
    Row("security:reset_refuse", "security", "audit", ("reset",)),
    Row("security:roles", "system", "audit"),
    Row("security:grant_new", "system", "security"),
    Row("security:grant", "security", "audit", ("grant",)),
    Row("security:grant_approve", "security", "system", ("grant",)),
    Row("security:grant_refuse", "security", "system", ("grant",)),
    Row("security:grant_revoke", "system", "keeper", ("grant",)),
    Row("security:duties", "security", "audit"),
    Row("security:duty_new", "system", "audit"),
    Row("security:duty_approve", "security", "system", ("duty",)),
    Row("security:duty_refuse", "security", "system", ("duty",)),
    Row("security:duty_close", "security", "system", ("open_duty",)),
    Row("security:sessions", "security", "system"),
    Row("security:session_end", "security", "audit", ("session",)),
    Row("security:pause_lift", "security", "system", ("pause",)),
    Row("security:incidents", "security", "audit"),
    Row("security:incident", "security", "system", ("incident",)),
    Row("security:audit", "audit", "system"),
    Row("security:audit_entry", "audit", "security", ("entry",)),
    Row("security:audit_export", "audit", "security"),
    Row("security:verification", "audit", "security"),
    _open("signin:enter"),
    _open("signin:second", status=302),
    _open("signin:recovery", status=302),
    _open("signin:gone"),
    _everyone("signin:out", status=405),
    _everyone("signin:account"),
    _everyone("signin:password"),
    _everyone("signin:switch", status=405),
    _everyone("signin:sessions"),
    _everyone("signin:end_session", 1, status=405),
    _everyone("signin:end_others", status=405),
    _everyone("signin:factors"),
    _everyone("signin:totp"),
    _everyone("signin:totp_remove"),
    _everyone("signin:codes"),
    _everyone("signin:passkey_add"),
    _everyone("signin:passkey_remove", 1, status=404),
    _everyone("workdays:now"),
    _everyone("workdays:year", 2026),
    _everyone("workdays:table", 2026),
    Row("workdays:upload", "operator", "clerk", (2027,)),
    Row("workdays:confirm", "operator", "keeper", (2027,), status=302),
    Row("workdays:day", "operator", "security", (2026,)),
    Row("gate:overview", "operator", "clerk"),
    Row("gate:stopped_list", "operator", "keeper"),
    Row("gate:stopped", "operator", "clerk", ("stopped",)),
    Row("gate:stopped_close", "operator", "system", ("stopped",)),
    Row("gate:stopped_release", "operator", "security", ("stopped",)),
    Row("gate:alarms", "operator", "clerk"),
    Row("gate:alarm_close", "operator", "audit", ("alarm",)),
    Row("gate:trouble", "operator", "clerk"),
    Row("gate:resync", "operator", "system"),
    Row("gate:probe", "operator", "nobody", status=405, refused=302),
    Row("releases:overview", "operator", "clerk"),
    Row("releases:release", "operator", "keeper", ("released",)),
    Row("releases:rollback", "operator", "clerk", ("released",)),
    Row("releases:decide", "operator", "audit", ("asked",)),
    Row("releases:rebake", "operator", "system"),
    Row("releases:resume", "operator", "security"),
    Row("releases:alarms", "operator", "clerk"),
    Row("releases:alarm", "operator", "keeper", ("release_alarm",)),
    Row("releases:alarm_close", "operator", "clerk", ("release_alarm",)),
    Row("shelf:list", "operator", "clerk"),
    Row("shelf:message", "operator", "security", ("shelved",)),
    Row("shelf:retry", "operator", "system", ("shelved",)),
    Row("shelf:discard", "operator", "clerk", ("shelved",)),
    _everyone("workflow:todo"),
    _everyone("workflow:done"),
    _everyone("workflow:circulated"),
    _everyone("workflow:mine"),
    _everyone("workflow:delegated", query="tab=by_me"),
    _mine("workflow:item", "item"),
    _everyone("workflow:decide", "item", status=302),
    _everyone("workflow:remark", "copy", status=302),
    _mine("workflow:claim", "pool"),
    _mine("workflow:release", "claimed"),
    _mine("workflow:add", "item"),
    _mine("workflow:drop", "added"),
    _mine("workflow:transfer", "item"),
    Row("workflow:reassign", "keeper", "audit", ("item",), refused=404),
    _mine("workflow:back", "item"),
    _mine("workflow:urge", "urged"),
    _mine("workflow:withdraw", "sent"),
    Row("workflow:record", "keeper", "clerk", ("leaders",)),
    Row("workflow:confirm", "leader", "keeper", ("recorded",)),
    _mine("workflow:flow", "flow"),
    _mine("workflow:sheet", "flow"),
    _mine("workflow:flow_withdraw", "begun"),
    _mine("workflow:circulate", "flow"),
    Row("workflow:suspend", "keeper", "clerk", ("flow",)),
    Row("workflow:resume", "keeper", "clerk", ("paused",)),
    Row("workflow:cancel", "keeper", "clerk", ("flow",)),
    _everyone("workflow:batch", "approve", query="pick={picked}"),
    _everyone("workflow:people", query="field=signers&many=1&signers_find=测试"),
    _everyone("workflow:phrases"),
    _mine("workflow:phrase_drop", "phrase"),
    # seals
    _kept("seals:list"),
    _kept("seals:issue"),
    _kept("seals:uses"),
    _everyone("seals:verify"),
    _kept("seals:seal", "seal"),
    _kept("seals:picture", "seal"),
    _kept("seals:suspend", "seal"),
    _kept("seals:resume", "seal_asked"),
    _kept("seals:renew", "seal"),
    _kept("seals:ask_destroy", "seal"),
    _kept("seals:confirm_destroy", "seal_asked"),
    # 公文列表与检索
    Row("documents:list", "receiver", "nobody", query="tab=all", refused=302),
    Row("documents:export", "receiver", "nobody", query="tab=all", refused=302),
    Row("documents:search", "receiver", "nobody", query="q=演示", refused=302),
    # 收文
    Row("documents:incoming", "receiver", "clerk"),
    Row("documents:incoming_new", "receiver", "clerk"),
    Row("documents:incoming_item", "receiver", "clerk", ("paper",), refused=404),
    Row("documents:incoming_page", "receiver", "clerk", ("paper", 1), refused=404),
    # 发文
    Row("documents:document", "receiver", "clerk", ("document",), refused=404),
    Row("documents:pages", "receiver", "clerk", ("document",), refused=404),
    Row("documents:page", "receiver", "clerk", ("document", 1), refused=404),
    Row("documents:print", "receiver", "clerk", ("document",), refused=404),
    Row("documents:submit", "receiver", "clerk", ("document",), refused=404),
    Row("documents:cancel", "receiver", "clerk", ("document",), refused=404),
    Row("documents:resign", "receiver", "clerk", ("document",), refused=404),
    Row("documents:seal", "receiver", "clerk", ("document",), refused=404),
    Row("documents:sealing", "receiver", "clerk", ("document",), refused=404),
    Row("documents:numbers", "receiver", "clerk"),
    Row("documents:number_reserve", "receiver", "clerk", ("series",), refused=404),
    Row("documents:number_void", "receiver", "clerk", ("entry",), refused=404),
    # 分发与签收
    Row("documents:new", "drafter", "clerk"),
    Row("documents:edit", "drafter", "clerk", ("draft",)),
    _everyone("documents:edit_hold", 1, status=405),
    _everyone("documents:edit_save", 1, status=405),
    _everyone("documents:edit_look", 1, status=405),
    _everyone("documents:edit_mend", 1, status=405),
    _everyone("documents:edit_picture", 1, status=405),
    Row("documents:take_over", "drafter", "clerk", ("draft",)),
    Row("documents:versions", "drafter", "clerk", ("draft",), query="a=1&b=1"),
    Row("documents:version", "drafter", "clerk", ("draft", 1)),
    Row("documents:version_restore", "drafter", "clerk", ("draft", 1), status=302),
    Row("documents:word_import", "drafter", "clerk", ("draft",)),
    Row("documents:word_export", "drafter", "clerk", ("draft",)),
    Row("documents:distribute", "receiver", "clerk", ("sealed_document",), refused=404),
    Row("documents:receipts", "receiver", "clerk", ("sent_document",), refused=404),
    Row("documents:urge_receipt", "receiver", "clerk", ("sent_document",), refused=404),
    Row("documents:further", "receiver", "clerk", ("sent_document",), refused=404),
    Row("documents:recall", "receiver", "clerk", ("sent_document",), refused=404),
    Row("documents:correct", "receiver", "clerk", ("sent_document",), refused=404),
    Row("documents:received", "receiver", "clerk"),
    Row("documents:sign_many", "receiver", "clerk", status=302),
    Row("documents:received_one", "receiver", "clerk", ("delivery",), refused=404),
    Row("documents:refuse", "receiver", "clerk", ("delivery",), refused=404),
    Row("documents:received_print", "receiver", "clerk", ("delivery",), refused=404),
    Row("documents:received_page", "receiver", "clerk", ("delivery", 1), refused=404),
    _everyone("files:download", "absent", status=404),
    _everyone("formsafety:parked"),
    _everyone("formsafety:abandon", "00000000-0000-0000-0000-000000000000", status=405),
]
# Pages of the demo and of tests, which stand in no office; those of the editorial office are in test_pages_portal.
PASSED_OVER = ("ui_gallery", "portal:")
# The editors' desk is Wagtail behind a guard of its own (portal/desk/guard.py), tested there view by view.
DESK = "cms/"


def _names(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver) and str(one.pattern) != DESK:
            yield from _names(one, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name}"


def test_every_page_says_who_may_open_it():
    named = {name for name in _names(get_resolver()) if not name.startswith(PASSED_OVER)}
    listed = [row.name for row in ROWS]
    assert sorted(named - set(listed)) == []
    assert sorted(set(listed) - named) == []
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_one_may_and_the_other_may_not(world: World, row: Row):
    allowed = world.client(row.allowed).get(row.url(world))
    assert allowed.status_code == row.status, _told(allowed)
    if row.denied:
        denied = world.client(row.denied).get(row.url(world))
        assert denied.status_code == row.refused, _told(denied)
        if row.refused == 302:
            assert denied["Location"].startswith(settings.LOGIN_URL)
        else:
            assert denied["X-Error-Code"] == ("ground.missing" if row.refused == 404 else "ground.not_allowed")


def _told(answer: Any) -> str:
    return f"{answer.status_code} {answer.headers.get('X-Error-Code', '')} {answer.headers.get('Location', '')}"


def _queries(client: Client, url: str) -> int:
    client.get(url)  # whatever a process looks up once, such as choices by letter
    with CaptureQueriesContext(connection) as seen:
        client.get(url)
    return len(seen)


@pytest.mark.slow
def test_queries_do_not_grow_with_rows(world: World):
    assert world.office["item"] and world.papers.row and world.issued.words and world.sent.words
    assert world.draft.row
    world.grow(8)
    rows = [row for row in ROWS if row.status == 200]
    few = {row.name: _queries(world.client(row.allowed), row.url(world)) for row in rows}
    world.grow(50)
    many = {row.name: _queries(world.client(row.allowed), row.url(world)) for row in rows}
    assert {name: (few[name], count) for name, count in many.items() if count > few[name]} == {}
    assert {name: count for name, count in many.items() if count > MOST_QUERIES} == {}


def test_every_entry_of_the_menu_opens_for_whoever_sees_it(world: World):
    seen: set[str] = set()
    for role in world.people:
        client = world.client(role)
        page = client.get(reverse("people:home"))
        for _, entries in nav.menu(page.wsgi_request, nav.INNER):
            for entry in entries:
                assert client.get(entry.url, follow=True).status_code == 200, (role, entry.url)
                seen.add(entry.item.key)
    assert len(seen) > 8


# The public pages are drawn by the baker's own engine, and tested there.
OWN_ENGINE = "inner_portal/public/"


def test_every_template_compiles():
    folders = [Path(config) for config in _template_folders()]
    names = [str(file.relative_to(folder)) for folder in folders for file in folder.rglob("*.html")]
    assert len(names) > 60
    for name in names:
        if not name.startswith(OWN_ENGINE):
            get_template(name)


def _template_folders() -> Iterator[Path]:
    from django.apps import apps

    for config in apps.get_app_configs():
        folder = Path(config.path) / "templates"
        if config.name.startswith("taihe.") and folder.is_dir():
            yield folder
