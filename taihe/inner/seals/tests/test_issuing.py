"""What the manager of seals does, who may not, and what the public side is told."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography import x509

from taihe.gate.letters.seals import SealsTrust, SealsWanted
from taihe.ground import clock
from taihe.ground.action import unit_of_work
from taihe.ground.errors import Missing, NotAllowed, StaleVersion
from taihe.ground.outbox.models import OutboxMessage
from taihe.ground.outbox.worker import drain
from taihe.ground.paper.authority import Authority
from taihe.inner.people.models import OrganEvent
from taihe.inner.people.registry import tell_organ_changed
from taihe.inner.people.tests.factories import OrganFactory
from taihe.inner.seals import api, jobs, letters, seeds
from taihe.inner.seals.actions import issuing
from taihe.inner.seals.errors import NoUsableSeal, SamePerson, SealExists, SealNotUsable, WrongState
from taihe.inner.seals.internal import InternalProvider
from taihe.inner.seals.models import Seal
from taihe.inner.seals.provider import forget_provider, provider, register_provider

from .papers import note, sealed

pytestmark = pytest.mark.django_db


@pytest.fixture
def posted(monkeypatch):
    """The letters that leave; the gate itself is tested elsewhere."""
    sent: list[SealsTrust] = []
    monkeypatch.setattr(jobs, "post", sent.append)
    return sent


def revoked_in(letter: SealsTrust) -> set[str]:
    (listed,) = letter.revocation_lists
    return {f"{one.serial_number:x}" for one in x509.load_der_x509_crl(base64.b64decode(listed))}


def destroy(seal, manager, second):
    asked = issuing.ask_destroy(manager, seal.pk, seal.version, reason="演示销毁")
    return issuing.confirm_destroy(second, seal.pk, asked.version)


def test_a_destroyed_seal_is_revoked_its_key_gone_and_its_papers_good(seal, keeper, manager, second, keys, posted):
    old = sealed(seal)
    note(keeper, seal, old)
    with clock.moved(timedelta(minutes=5)):
        destroy(seal, manager, second)
        drain("main")
        assert api.check(old).sound, "sealed before it was destroyed"
        assert seal.serial in revoked_in(posted[-1])
    assert not (keys / "seals" / f"seal-{seal.serial}.key").exists()
    seal.refresh_from_db()
    with pytest.raises(WrongState):
        issuing.resume(manager, seal.pk, seal.version, reason="演示")
    with pytest.raises(WrongState):
        issuing.renew(manager, seal.pk, seal.version)


def test_one_person_cannot_destroy_a_seal_alone(seal, manager):
    asked = issuing.ask_destroy(manager, seal.pk, seal.version, reason="演示销毁")
    with pytest.raises(SamePerson):
        issuing.confirm_destroy(manager, seal.pk, asked.version)
    resumed = issuing.resume(manager, seal.pk, asked.version, reason="不再销毁")
    assert resumed.state == "active" and resumed.destroy_asked_at is None


def test_the_seals_of_an_abolished_organ_are_out_of_use(seal, keeper, organ):
    event = OrganEvent.objects.create(organ=organ, kind="abolished", on=clock.today(), recorded_at=clock.now())
    with unit_of_work("test.abolish", keeper):
        tell_organ_changed(keeper, event)
    seal.refresh_from_db()
    assert seal.state == "suspended" and seal.state_reason == "机构撤销"
    with pytest.raises(NoUsableSeal):
        api.require_seal(keeper, organ)


def test_nobody_destroys_what_nobody_asked_for(seal, second):
    with pytest.raises(WrongState):
        issuing.confirm_destroy(second, seal.pk, seal.version)


def test_a_renewed_certificate_leaves_older_papers_good(seal, manager, keys, posted):
    old = sealed(seal)
    renewed = issuing.renew(manager, seal.pk, seal.version)
    assert renewed.serial != seal.serial and renewed.certificates.count() == 2
    drain("main")
    assert {one.name for one in (keys / "seals").glob("seal-*.key")} == {f"seal-{renewed.serial}.key"}
    assert api.check(old).sound and api.check(sealed(renewed)).sound


def test_who_saw_an_older_state_changes_nothing(seal, manager, second):
    issuing.suspend(manager, seal.pk, seal.version, reason="演示停用")
    with pytest.raises(StaleVersion):
        issuing.suspend(second, seal.pk, seal.version, reason="演示停用")


def test_only_the_manager_of_the_organ_makes_and_stops_seals(seal, keeper, manager, organ):
    with pytest.raises(NotAllowed):
        issuing.issue(keeper, organ_pk=organ.pk, title="演示专用章", kind="special")
    with pytest.raises(NotAllowed):
        issuing.suspend(keeper, seal.pk, seal.version, reason="演示")
    with pytest.raises(NotAllowed):
        issuing.issue(manager, organ_pk=OrganFactory().pk, title="演示别处的章")
    with pytest.raises(Missing):
        issuing.suspend(manager, 0, 1, reason="演示")
    with pytest.raises(SealExists):
        issuing.issue(manager, organ_pk=organ.pk, title=seal.title)
    assert Seal.objects.count() == 1


def test_the_public_side_is_told_when_seals_change_daily_and_when_it_asks(seal, posted):
    assert OutboxMessage.objects.filter(kind="seals.send_trust").count() == 1, "several changes, one letter"
    drain("main")
    told = len(posted)
    letters.wanted(SealsWanted(held_issued_at=None))
    jobs.send_trust_daily()
    assert len(posted) == told + 2 and not posted[-1].certified
    root = x509.load_der_x509_certificate(base64.b64decode(posted[-1].roots[0]))
    certificate = x509.load_der_x509_certificate(bytes(seal.certificates.get().certificate))
    certificate.verify_directly_issued_by(root)
    assert seal.title not in posted[-1].model_dump_json(), "which seals and papers there are is nobody's business"


def test_demo_seals_are_made_once_and_never_again_for_a_destroyed_one(keys, manager, second, organ, posted):
    other = OrganFactory()
    names = [(organ, organ.name), (other, "演示署名"), (organ, organ.name)]
    assert seeds.demo_seals(names) == 2 and seeds.demo_seals(names) == 0
    assert Seal.objects.get(organ=other).title == "演示署名"
    destroy(Seal.objects.get(organ=organ), manager, second)
    assert seeds.demo_seals(names) == 0


def test_another_provider_leaves_older_papers_good_and_asks_for_renewal(seal, keeper, manager, organ, settings):
    """The certified service of a later day is played by a second authority."""

    class Later(InternalProvider):
        name, title, certified = "later", "演示签章服务", True

        def authority(self):
            return Authority(settings.TAIHE_KEY_DIR / "later", "演示签章服务")

    old = sealed(seal)
    register_provider(Later())
    try:
        settings.TAIHE_SEAL_PROVIDER, settings.TAIHE_DEMO = "later", False
        with pytest.raises(SealNotUsable, match="换发"):
            api.require_seal(keeper, organ)
        renewed = issuing.renew(manager, seal.pk, seal.version)
        new = sealed(renewed)
        assert api.require_seal(keeper, organ) == seal and renewed.certified
        assert api.check(old).sound and api.check(new).sound
    finally:
        forget_provider("later")


def test_a_provider_registers_once(keys):
    with pytest.raises(RuntimeError):
        register_provider(provider())
