"""Opening a value: only for a registered purpose, always on the record; and keys changed under a full table."""

from __future__ import annotations

import pytest

from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import NotAllowed
from taihe.ground.vault import purposes as purposes_module
from taihe.ground.vault.actions import reseal, reseal_batch, reveal, reveal_all
from taihe.ground.vault.errors import PurposeUnfit, UnknownPurpose, VaultTampered
from taihe.ground.vault.fields import blind
from taihe.ground.vault.purposes import purposes, register_purpose
from taihe.ground.vault.tests.models import Person

PHONE, OTHER = "19900000001", "19900000002"
ID_CARD = "341222199001011234"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(purposes_module, "_purposes", {})
    register_purpose("people.contact", title="联系本人", kinds=["phone"])
    register_purpose("people.verify", title="核验身份", allowed=lambda actor, value: actor.organ == "demo")


def test_reveal_gives_the_text_and_leaves_an_entry(people, clerk):
    person = people.create(phone=PHONE)
    assert reveal(clerk, person.phone, purpose="people.contact", note="电话通知补正") == PHONE
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.outcome, entry.person_id) == ("vault.reveal", "done", "7")
    assert (entry.subject_type, entry.subject_id, entry.subject_title) == (
        "vault_tests.person",
        str(person.pk),
        "电话号码",
    )
    assert entry.detail == {
        "purpose": "people.contact",
        "title": "联系本人",
        "field": "vault_tests.person.phone",
        "rows": [str(person.pk)],
        "note": "电话通知补正",
    }


def test_many_values_are_revealed_in_order_and_every_row_is_named(people, clerk):
    rows = [people.create(phone=f"1990000{number:04}") for number in range(3)]
    values = [row.phone for row in people.order_by("-pk")]
    assert reveal_all(clerk, values, purpose="people.contact") == ["19900000002", "19900000001", "19900000000"]
    assert AuditEntry.objects.get().detail["rows"] == [str(row.pk) for row in reversed(rows)]


def test_a_long_list_is_named_in_several_entries(people, clerk, monkeypatch):
    monkeypatch.setattr("taihe.ground.vault.actions._ROWS_PER_ENTRY", 2)
    people.bulk_create([Person(phone=PHONE, id_card=ID_CARD) for _ in range(3)])
    values = [value for row in people.all() for value in (row.phone, row.id_card)]
    reveal_all(clerk, values, purpose="people.verify")
    assert sorted((one.detail["field"][-5:], len(one.detail["rows"])) for one in AuditEntry.objects.all()) == [
        ("_card", 1), ("_card", 2), ("phone", 1), ("phone", 2),
    ]  # fmt: skip


def test_revealing_nothing_is_recorded_too(people, clerk):
    assert reveal_all(clerk, [], purpose="people.contact") == []
    assert AuditEntry.objects.get().detail["count"] == 0


@pytest.mark.parametrize(
    "purpose, field, refusal",
    [
        ("people.curious", "phone", UnknownPurpose),
        ("people.contact", "id_card", PurposeUnfit),
        ("people.verify", "phone", NotAllowed),
    ],
)
def test_refusals_are_recorded_and_tell_nothing(people, clerk, purpose, field, refusal):
    stranger = clerk.__class__(kind="officer", person_id="8", person_name="演示乙", organ="elsewhere")
    person = people.create(phone=PHONE, id_card=ID_CARD)
    with pytest.raises(refusal) as refused:
        reveal(stranger, getattr(person, field), purpose=purpose)
    entry = AuditEntry.objects.get()
    assert (entry.outcome, entry.subject_id, entry.person_id) == ("refused", refusal.code, "8")
    if refusal is not UnknownPurpose:
        assert f"vault_tests.person.{field} {person.pk}" in entry.detail["sentence"]
    assert PHONE not in refused.value.sentence()
    assert ID_CARD not in refused.value.sentence()


def test_one_refused_value_keeps_all_closed(people, clerk):
    person = people.create(phone=PHONE, id_card=ID_CARD)
    with pytest.raises(PurposeUnfit):
        reveal_all(clerk, [person.phone, person.id_card], purpose="people.contact")
    assert AuditEntry.objects.get().outcome == "refused"


def test_a_tampered_value_is_refused_on_the_record(people, clerk):
    one, two = people.create(phone=PHONE), people.create(phone=OTHER)
    people.filter(pk=two.pk).update(phone=one.phone)
    with pytest.raises(VaultTampered):
        reveal(clerk, people.get(pk=two.pk).phone, purpose="people.contact")
    assert "vault.tampered" in AuditEntry.objects.get().detail["sentence"]


def test_purposes_are_registered_once_and_listed():
    assert [one.title for one in purposes()] == ["联系本人", "核验身份"]
    with pytest.raises(ValueError, match="twice"):
        register_purpose("people.contact", title="再登记一次")
    with pytest.raises(ValueError, match="shoe"):
        register_purpose("people.shoes", title="无此类别", kinds=["shoe"])


@pytest.mark.db
@pytest.mark.parametrize("rotated", ["sealing", "indexing"])
def test_after_a_rotation_the_table_is_brought_under_the_new_keys(people, vault, clerk, rotated):
    people.bulk_create([Person(phone=f"1990000{number:04}", id_card=ID_CARD) for number in range(5)])
    people.create(phone=None)
    getattr(vault, rotated).rotate()

    assert people.filter(phone_index=blind("phone", "19900000003")).count() == 1  # found while keys change
    assert reseal(clerk, Person, limit=2) == 4
    for row in people.exclude(phone=None):
        assert vault.is_current(row.phone.token) and vault.is_current(row.id_card.token)
        assert vault.is_current_blind(row.phone_index) and vault.is_current_blind(row.id_card_index)
    assert people.get(phone_index=blind("phone", "19900000003")).phone.masked() == "199******03"
    assert people.exclude(phone=None).count() == 5

    for folder in (vault.sealing, vault.indexing):  # the old keys are no longer needed
        for file in folder.path.glob("*.key"):
            if file.stem != folder.active_id():
                file.unlink()
        folder._secrets.clear()
    assert people.get(phone_index=blind("phone", "19900000004")).phone.masked() == "199******04"


def test_resealing_twice_changes_nothing(people, vault, clerk):
    people.create(phone=PHONE)
    vault.sealing.rotate()
    reseal_batch(clerk, Person)
    token = people.get().phone.token
    assert reseal_batch(clerk, Person) is None
    assert people.get().phone.token == token
    assert [one.detail for one in AuditEntry.objects.order_by("pk")] == [
        {"rows": 1, "changed": 1},
        {"rows": 1, "changed": 0},
    ]
