"""用印: one original, one line in the seal's register, one completed step; or nothing of the three."""

from __future__ import annotations

import pytest
from django.test import Client

from taihe.ground.errors import NotAllowed
from taihe.ground.files.queries import attachments_of, zone_store
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.vault.keys import vault_at
from taihe.inner.office.documents.access import DOCUMENT
from taihe.inner.office.documents.actions import sealing
from taihe.inner.office.documents.errors_flow import SealingUnderWay
from taihe.inner.office.documents.sealing_work import carry_out
from taihe.inner.office.documents.states import State
from taihe.inner.seals import api
from taihe.inner.seals.actions import issuing
from taihe.inner.seals.models import Seal, SealUse
from taihe.inner.workflow import actions as workflow
from taihe.inner.workflow.errors import NotYourItem
from taihe.inner.workflow.models import WorkItem

from .issuing import House

pytestmark = [pytest.mark.db, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house(tmp_path, settings):
    settings.TAIHE_KEY_DIR = tmp_path / "keys"
    settings.TAIHE_FOLDER = tmp_path
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    return House()


def originals(made):
    from taihe.ground.files.owners import Owner

    return list(attachments_of(Owner(DOCUMENT, str(made.pk)), "正本"))


def test_a_sealed_original_is_sound_and_its_use_is_on_record(house):
    made = house.document("sealed")
    (original,) = originals(made)
    with zone_store().open(original.sha256) as stream:
        verdict = api.check(stream.read())
    assert verdict.sound, verdict.sentence
    use = SealUse.objects.get()
    assert (use.sha256_after, use.approved_by, use.title) == (made.pdf_sha256, made.signer_name, made.title)
    item = WorkItem.objects.get(instance=made.instance_id, node="seal")
    assert (item.status, item.done_by_id) == ("done", house.keeper.officer.pk)


def test_carried_out_twice_is_sealed_once(house):
    made = house.document("numbered")
    job = house.asked(made)
    assert OutboxMessage.objects.filter(kind="documents.seal", payload={"job": job.pk}).count() == 1
    with pytest.raises(SealingUnderWay):
        house.asked(made)
    carry_out(job.pk)
    carry_out(job.pk)
    assert len(originals(made)) == SealUse.objects.count() == 1


def test_finished_by_two_workers_at_once_is_sealed_once(house):
    """The lease of a slow worker ran out and another did the same work."""
    from taihe.inner.office.documents.sealing_work import ACTOR, _sealed

    made = house.document("numbered")
    job = house.asked(made)
    one, two = _sealed(job), _sealed(job)
    sealing.finish(ACTOR, job.pk, one)
    sealing.finish(ACTOR, job.pk, two)
    assert len(originals(made)) == SealUse.objects.count() == 1


def test_who_keeps_no_seal_puts_none_on(house):
    made = house.document("numbered")
    item = house.item(made, house.keeper)
    with pytest.raises(NotYourItem):
        sealing.ask(house.clerk.actor, item.pk, item.version)
    house.keeper.officer.appointments.get().grants.all().delete()
    with pytest.raises(NotAllowed):
        sealing.ask(house.keeper.actor, item.pk, item.version)


def test_a_seal_suspended_meanwhile_leaves_nothing_half_done(house):
    made = house.document("numbered")
    job = house.asked(made)
    seal = Seal.objects.get()
    issuing.suspend(house.keeper.actor, seal.pk, seal.version, reason="印章丢失，先行停用")
    carry_out(job.pk)
    job.refresh_from_db()
    made.refresh_from_db()
    assert job.state == "failed" and job.fault
    assert (made.state, made.pdf, originals(made)) == (State.NUMBERED, "", [])
    assert not SealUse.objects.exists() and house.item(made, house.keeper).status == "open"


def test_sent_back_while_the_worker_draws(house):
    made = house.document("numbered")
    job = house.asked(made)
    item = house.item(made, house.keeper)
    workflow.send_back(house.keeper.actor, item.pk, item.version, node="recheck", reason="清样有误")
    carry_out(job.pk)
    job.refresh_from_db()
    made.refresh_from_db()
    assert job.state == "failed" and "退回" in job.fault
    assert made.state == State.NUMBERED and not SealUse.objects.exists()
    house.rechecked(made)
    house.decide(made, house.clerk, "done", fields={"number": "keep"})
    house.sealed(made)
    made.refresh_from_db()
    assert made.state == State.SEALED and SealUse.objects.count() == 1


def test_given_up_after_too_many_tries(house):
    from taihe.inner.office.documents.models import SealJob

    made = house.document("numbered")
    job = house.asked(made)
    SealJob.objects.filter(pk=job.pk).update(attempts=5)
    carry_out(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and "多次" in job.fault
    assert house.asked(made).state == "asked", "the keeper may ask again"


def test_the_keepers_page_asks_and_then_shows_it_done(house):
    made = house.document("numbered")
    client = Client()
    client.force_login(house.keeper.officer)
    url = f"/documents/{made.pk}/seal/"
    page = client.get(url).content.decode()
    assert "用印" in page and made.number in page
    assert client.get(f"/work/items/{house.item(made, house.keeper).pk}/").content.decode().count(url) >= 1
    fields = dict(__import__("re").findall(r'name="([^"]+)" value="([^"]*)"', page.split('action="' + url)[1]))
    assert client.post(url, fields).status_code in (302, 303)
    assert "正在用印" in client.get(f"/documents/{made.pk}/sealing/").content.decode()
    carry_out(made.seal_jobs.get().pk)
    assert "已用印" in client.get(f"/documents/{made.pk}/sealing/").content.decode()
    assert client.get(f"/documents/{made.pk}/pages/1/")["Content-Type"] == "image/png"
    printed = client.get(f"/documents/{made.pk}/print/")
    assert printed.content.startswith(b"%PDF") and printed["Content-Type"] == "application/pdf"
    assert client.get(f"/documents/{made.pk}/print/?stock=redhead").content != printed.content
