"""A seal on a paper: who may put it on, what is noted, and what happens when it is taken away meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import NotAllowed
from taihe.inner.people.tests.factories import OrganFactory
from taihe.inner.seals import api
from taihe.inner.seals.actions import issuing
from taihe.inner.seals.errors import NoCertifiedProvider, NoUsableSeal, SealKeyMissing, SealNotUsable
from taihe.inner.seals.models import SealUse

from .papers import drawn, note, place_for, sealed, sha

pytestmark = pytest.mark.django_db


def test_a_keeper_seals_a_paper_and_the_check_knows_the_seal_and_the_paper(keeper, seal, organ):
    assert api.require_seal(keeper, organ) == seal
    pdf = sealed(seal)
    assert pdf.startswith(drawn().pdf)
    note(keeper, seal, pdf)
    verdict = api.check(pdf)
    assert verdict.sound and [one.organ for one in verdict.seals] == [organ.name]
    assert verdict.seals[0].title == f"{organ.name}（样章）" and verdict.seals[0].serial == seal.serial
    known = api.known_original(sha(pdf))
    assert known is not None and known.number == "太演〔2026〕5号" and known.organs == (organ.name,)
    assert api.known_original(sha(pdf + b"\n")) is None


def test_two_organs_seal_one_paper(keys, manager, keeper, seal):
    below = OrganFactory(name="太和县演示二局", parent=seal.organ)
    other = issuing.issue(manager, organ_pk=below.pk, title=below.name)
    pdf = sealed(seal, other)
    verdict = api.check(pdf)
    assert verdict.sound and [one.organ for one in verdict.seals] == [seal.organ.name, below.name]


def test_each_use_is_noted_with_copies_and_nobody_can_change_it(keeper, seal):
    pdf = sealed(seal)
    row = note(keeper, seal, pdf, copies=30)
    row.refresh_from_db()
    assert (row.seal_title, row.copies, row.approved_by) == (seal.title, 30, "示主签")
    assert row.used_by_name == keeper.person_name and row.sha256_before == sha(drawn().pdf)
    assert AuditEntry.objects.filter(action="seals.note_use", subject_id=str(seal.pk)).count() == 1
    for change in (lambda: SealUse.objects.update(copies=1), lambda: SealUse.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert SealUse.objects.get().copies == 30


def test_the_same_paper_is_noted_once(keeper, seal):
    pdf = sealed(seal)
    note(keeper, seal, pdf)
    with pytest.raises(DatabaseError):
        note(keeper, seal, pdf)
    assert SealUse.objects.count() == 1


def test_whoever_does_not_keep_the_seal_cannot_use_it(manager, seal, organ):
    with pytest.raises(NotAllowed):
        api.require_seal(manager, organ)
    with pytest.raises(NotAllowed):
        note(manager, seal, b"x")
    assert not SealUse.objects.exists()


def test_an_organ_without_a_usable_seal_is_told_so(keeper, seal, manager, organ):
    issuing.suspend(manager, seal.pk, seal.version, reason="演示停用")
    assert not api.seals_of(organ).exists()
    with pytest.raises(NoUsableSeal):
        api.require_seal(keeper, organ)
    with pytest.raises(SealNotUsable):
        sealed(seal)


def test_a_seal_suspended_between_signing_and_noting_leaves_nothing(keeper, seal, manager):
    pdf = sealed(seal)
    issuing.suspend(manager, seal.pk, seal.version, reason="演示停用")
    with pytest.raises(SealNotUsable):
        note(keeper, seal, pdf)
    assert not SealUse.objects.exists()


def test_a_certificate_that_ran_out_must_be_renewed(keeper, seal, organ, manager):
    with clock.moved(timedelta(days=1100)):
        with pytest.raises(SealNotUsable) as told:
            api.require_seal(keeper, organ)
        assert "换发" in told.value.sentence()
        issuing.renew(manager, seal.pk, seal.version)
        assert api.require_seal(keeper, organ) == seal


def test_in_production_nothing_is_sealed_without_a_certified_provider(keeper, seal, organ, settings):
    pdf = drawn().pdf
    settings.TAIHE_DEMO = False
    for attempt in (
        lambda: api.require_provider(),
        lambda: api.require_seal(keeper, organ),
        lambda: api.sign_paper(pdf, [place_for(seal)], reason="发文用印"),
    ):
        with pytest.raises(NoCertifiedProvider) as told:
            attempt()
        assert "经认证的电子印章服务" in told.value.sentence()


def test_keys_are_private_encrypted_and_missed_when_gone(seal, keys):
    folder = keys / "seals"
    files = [one for one in folder.iterdir() if one.suffix == ".key"]
    assert {one.name for one in files} == {"root.key", f"seal-{seal.serial}.key"}
    assert all(one.stat().st_mode & 0o077 == 0 for one in files)
    assert all(one.read_bytes().startswith(b"v1.") for one in files), "sealed by the vault, not plain"
    (folder / f"seal-{seal.serial}.key").unlink()
    with pytest.raises(SealKeyMissing):
        sealed(seal)
