"""Files with a secret mark reach the security administrator, who alone sees and closes them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import BadInput, Missing, NotAllowed
from taihe.ground.files import incidents as registered
from taihe.ground.files.actions import keep_incident
from taihe.ground.files.errors import IncidentClosed
from taihe.ground.files.models import IncidentClosing, SecretIncident
from taihe.ground.files.owners import Owner
from taihe.ground.files.queries import incidents, is_intact
from taihe.ground.outbox.models import OutboxMessage, Status
from taihe.ground.outbox.worker import drain
from taihe.ground.scanning import scan
from taihe.ground.testkit.forms import hidden_fields, post_form
from taihe.inner.people.tests.conftest import vault_keys  # noqa: F401  a fixture
from taihe.inner.people.tests.factories import AdminFactory, OfficerFactory, acting
from taihe.inner.security.actions import close_incident
from taihe.inner.security.errors import OwnIncident

WORDS = "已到场核实并清除（演示）"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vault_keys")]


@pytest.fixture
def brought(tmp_path):
    """Makes an incident: somebody brought a marked file in."""

    def bring(person=None, name: str = "某个标题【机密】.txt") -> SecretIncident:
        file = tmp_path / "upload"
        file.write_text("某段内容\n", encoding="utf-8")
        who = acting(person or OfficerFactory(appointed=True))
        return keep_incident(who, scan(file, filename=name), Owner("people.import", "1"))

    return bring


@pytest.fixture
def officer():
    return AdminFactory(duty="security")


@pytest.fixture
def desk(officer):
    return visit(officer)


def visit(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def text(answer) -> str:
    return answer.content.decode()


def test_the_security_administrator_is_told_once_somebody_is_in_office(brought):
    assert "security" in registered._tellers
    brought()
    drain("main")
    message = OutboxMessage.objects.get(kind="files.secret_mark")
    assert message.status == Status.WAITING and "没有在任的安全管理员" in message.last_error
    AdminFactory(duty="security")
    OutboxMessage.objects.update(not_before=message.created_at)
    drain("main")
    assert not OutboxMessage.objects.filter(kind="files.secret_mark", status=Status.WAITING).exists()


def test_the_menu_and_the_first_page_count_what_waits(brought, desk, officer):
    brought()
    one = brought()
    first = text(desk.get("/"))
    assert first.count('<span class="gv-badge">2<') == 2  # in the menu and under 等我办理
    close_incident(acting(officer), one.pk, words=WORDS)
    page = desk.get("/security/incidents/")
    assert text(page).count('<span class="gv-badge">1<') == 1 and f"/security/incidents/{one.pk}/" not in text(page)
    assert f"/security/incidents/{one.pk}/" in text(desk.get("/security/incidents/?state=done"))


def test_pages_tell_who_when_where_and_never_what(brought, desk):
    one = brought()
    listed, shown = text(desk.get("/security/incidents/")), text(desk.get(f"/security/incidents/{one.pk}/"))
    for page in (listed, shown):
        assert one.person_name in page and one.organ_name in page and "文件名标有“机密”" in page
        assert "某个标题" not in page and "某段内容" not in page
    assert one.sha256 in shown and one.address in shown and "13 B" in listed
    assert "与审计记录一致" in shown
    SecretIncident.objects.update(person_name="别人")
    assert "与审计记录不一致" in text(desk.get(f"/security/incidents/{one.pk}/"))


@pytest.mark.parametrize("duty", ["system", "audit", ""])
def test_nobody_else_sees_them(brought, duty):
    one = brought()
    other = visit(AdminFactory(duty=duty) if duty else OfficerFactory(appointed=True))
    assert "涉密标志事件" not in text(other.get("/"))
    for url in ("/security/incidents/", f"/security/incidents/{one.pk}/"):
        for ask in (other.get, other.post):
            assert ask(url)["X-Error-Code"] == "ground.not_allowed"


def test_an_incident_is_closed_once_with_words(brought, desk):
    one = brought()
    url = f"/security/incidents/{one.pk}/"
    short = post_form(desk, url, {"words": "好 "})
    assert "不少于4个字" in text(short) and ">\n好" in text(short) and not IncidentClosing.objects.exists()
    sent = hidden_fields(short) | {"words": WORDS}
    assert desk.post(url, sent)["Location"] == "/security/incidents/"
    assert desk.post(url, sent)["Location"] == "/security/incidents/"
    entry = AuditEntry.objects.get(action="security.close_incident", outcome="done")
    assert (entry.detail["words"], entry.subject_id) == (WORDS, str(one.pk))
    page = text(desk.get(url))
    assert WORDS in page and "完成处置" not in page
    assert is_intact(incidents().get())


def test_a_second_officer_finds_it_closed(brought, desk, officer):
    one = brought()
    url = f"/security/incidents/{one.pk}/"
    hidden = hidden_fields(desk.get(url))
    close_incident(acting(AdminFactory(duty="security")), one.pk, words=WORDS)
    answer = desk.post(url, hidden | {"words": "另一种说法（演示）"})
    assert answer["X-Error-Code"] == "files.incident_closed"
    assert IncidentClosing.objects.get().words == WORDS


def test_refusals(brought, officer):
    one = brought()
    actor = acting(officer)
    for words, refusal in (("", BadInput), ("好 了", BadInput)):
        with pytest.raises(refusal):
            close_incident(actor, one.pk, words=words)
    with pytest.raises(Missing):
        close_incident(actor, one.pk + 1, words=WORDS)
    for other in (AdminFactory(duty="audit"), OfficerFactory(appointed=True)):
        with pytest.raises(NotAllowed):
            close_incident(acting(other), one.pk, words=WORDS)
    close_incident(actor, one.pk, words=WORDS)
    with pytest.raises(IncidentClosed):
        close_incident(actor, one.pk, words=WORDS)


def test_nobody_closes_his_own(brought, officer, desk):
    one = brought(officer)
    with pytest.raises(OwnIncident):
        close_incident(acting(officer), one.pk, words=WORDS)
    assert not IncidentClosing.objects.exists()
    page = text(desk.get(f"/security/incidents/{one.pk}/"))
    assert "由您本人上传" in page and "完成处置" not in page


def test_the_list_asks_as_little_for_many_as_for_few(brought, desk):
    for _ in range(2):
        brought()
    counts = []
    for url in ("/security/incidents/", f"/security/incidents/{brought().pk}/"):
        desk.get(url)
        with CaptureQueriesContext(connection) as seen:
            desk.get(url)
        counts.append(len(seen))
    for _ in range(15):
        brought()
    with CaptureQueriesContext(connection) as seen:
        desk.get("/security/incidents/")
    assert max(counts) <= 15 and len(seen) == counts[0]
