"""Vault columns on a real table: what is stored, what shows, what does not open elsewhere."""

from __future__ import annotations

import copy
import json
import logging
import pickle

import pytest
from django import forms
from django.core import serializers
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.forms.models import model_to_dict
from django.template import Context, Engine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taihe.ground.action import snapshot
from taihe.ground.digests import digest
from taihe.ground.vault.errors import VaultKeyLost, VaultTampered
from taihe.ground.vault.fields import BlindIndex, VaultField, blind
from taihe.ground.vault.sealed import Sealed
from taihe.ground.vault.tests.models import Person, registry

PHONE, OTHER = "19900000001", "19900000002"
ID_CARD = "341222199001011234"

pytestmark = pytest.mark.django_db


def stored(person, column):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM vault_tests_person WHERE id = %s", [person.pk])  # noqa: S608
        return cursor.fetchone()[0]


def put(person, column, value):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE vault_tests_person SET {column} = %s WHERE id = %s", [value, person.pk])  # noqa: S608


def test_the_table_holds_ciphertext_and_the_object_dots(people):
    person = people.create(phone=PHONE, id_card=ID_CARD)
    assert stored(person, "phone").startswith("v1.")
    assert PHONE not in stored(person, "phone")
    for one in (person, people.get()):
        assert isinstance(one.phone, Sealed)
        assert str(one.phone) == "●●●●"
        assert one.phone.masked() == "199******01"
        assert one.id_card.masked() == "341*************34"
        assert one.phone._open() == PHONE


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_characters="●", exclude_categories=["Cs"]), max_size=50))
def test_any_text_comes_back_as_it_was(people, text):
    person = people.create(phone=text)
    assert people.get(pk=person.pk).phone._open() == text


def test_null_and_empty_stay_what_they_are(people):
    person = people.create(phone=None, id_card="")
    again = people.get()
    assert again.phone is None
    assert (str(again.id_card), again.id_card.masked(), bool(again.id_card)) == ("", "", False)
    assert (stored(person, "phone"), stored(person, "id_card")) == (None, "")
    assert (again.phone_index, again.id_card_index) == ("", "")


def test_plain_text_shows_nowhere(people, caplog):
    caplog.set_level(logging.DEBUG)
    unsaved = Person(phone=PHONE, id_card=ID_CARD)
    saved = people.create(phone=PHONE, id_card=ID_CARD)
    seen = []
    for person in (unsaved, saved, people.get()):
        logging.getLogger("taihe.test").warning("%s %r %s", person.phone, person.phone, f"{person.phone:>8}")
        page = Engine().from_string("{{ p.phone }}|{{ p.id_card }}|{{ d }}")
        seen += [
            repr(person.phone),
            repr(vars(person)),
            repr(model_to_dict(person)),
            repr(snapshot(person)),
            page.render(Context({"p": person, "d": model_to_dict(person)})),
            serializers.serialize("json", [person]),
        ]
    seen += [repr(list(people.values())), repr(list(people.values_list("phone", flat=True))), caplog.text]
    assert not [text for text in seen if PHONE in text or ID_CARD in text]
    for person in (unsaved, saved):
        with pytest.raises(TypeError):
            json.dumps({"phone": person.phone}, cls=DjangoJSONEncoder)


def test_a_saved_row_pickles_and_copies_without_plain_text(people):
    person = people.create(phone=PHONE)
    packed = pickle.dumps(person)
    assert PHONE.encode() not in packed
    assert pickle.loads(pickle.dumps(person.phone))._open() == PHONE  # noqa: S301
    unsaved = Person(phone=PHONE)
    assert copy.deepcopy(unsaved.phone)._open() == copy.copy(unsaved.phone)._open() == PHONE
    with pytest.raises(TypeError):
        pickle.dumps(Person(phone=PHONE))


def test_a_value_moved_to_another_row_does_not_open(people, caplog):
    one, two = people.create(phone=PHONE), people.create(phone=OTHER)
    put(two, "phone", stored(one, "phone"))
    moved = people.get(pk=two.pk)
    with pytest.raises(VaultTampered, match=r"vault_tests\.person\.phone"):
        moved.phone._open()
    assert moved.phone.masked() == "●●●●（无法打开）"
    assert "vault.tampered" in caplog.text


def test_a_value_moved_to_another_field_does_not_open(people):
    person = people.create(phone=PHONE)
    put(person, "id_card", stored(person, "phone"))
    with pytest.raises(VaultTampered):
        people.get().id_card._open()


def test_changed_ciphertext_does_not_open(people):
    person = people.create(phone=PHONE)
    token = stored(person, "phone")
    for bad in (token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:], token[:-4], "v1.x.y", "x", PHONE):
        put(person, "phone", bad)
        with pytest.raises(VaultTampered):
            people.get().phone._open()


def test_a_row_with_a_lost_key_can_still_be_listed_and_saved(people, vault):
    person = people.create(phone=PHONE)
    for file in vault.sealing.path.glob("*.key"):
        file.unlink()
    vault.sealing._secrets.clear()
    again = people.get()
    with pytest.raises(VaultKeyLost):
        again.phone._open()
    assert again.phone.masked() == "●●●●（无法打开）"
    token = stored(person, "phone")
    again.title = "科员"
    again.save()
    assert stored(person, "phone") == token


def test_saving_unchanged_values_leaves_ciphertext_and_index(people):
    person = people.create(phone=PHONE)
    before = stored(person, "phone"), stored(person, "phone_index")
    person.title = "科员"
    person.save()
    again = people.get()
    again.save()
    again.refresh_from_db()
    again.save()
    assert (stored(person, "phone"), stored(person, "phone_index")) == before


def test_only_and_defer_load_the_value_when_asked(people):
    people.create(phone=PHONE)
    assert people.only("title").get().phone._open() == PHONE
    assert people.defer("phone").get().phone._open() == PHONE
    assert people.only("phone").get().phone._open() == PHONE


def test_values_without_their_row_cannot_be_opened(people):
    people.create(phone=PHONE)
    with pytest.raises(TypeError, match="without its row"):
        people.values_list("phone", flat=True).get()._open()


def test_a_value_taken_from_another_row_or_field_is_sealed_anew(people):
    one = people.create(phone=PHONE)
    two = people.create(phone=one.phone, id_card=one.phone)
    assert stored(one, "phone") != stored(two, "phone")
    again = people.get(pk=two.pk)
    assert again.phone._open() == again.id_card._open() == PHONE
    assert again.phone_index == one.phone_index
    assert again.id_card_index == blind("id_card", PHONE)


def test_look_up_by_blind_index(people):
    one = people.create(phone="199 0000 0001")
    people.create(phone=OTHER)
    people.create(phone=None)
    assert people.get(phone_index=blind("phone", PHONE)) == one
    assert not people.filter(phone_index=blind("phone", "19900000003")).exists()
    assert not people.filter(phone_index=blind("phone", " ")).exists()
    assert people.exclude(phone_index=blind("phone", PHONE)).count() == 2


def test_the_index_follows_every_way_of_writing(people):
    person = people.create(phone=PHONE)
    person.phone = OTHER
    person.save(update_fields=["phone"])
    assert people.get(phone_index=blind("phone", OTHER)) == person

    person.phone = None
    person.save()
    assert stored(person, "phone_index") == ""

    people.bulk_create([Person(phone=PHONE), Person(phone=PHONE, id_card=ID_CARD)])
    assert people.filter(phone_index=blind("phone", PHONE)).count() == 2
    assert people.get(id_card_index=blind("id_card", ID_CARD)).phone._open() == PHONE


def test_the_index_follows_a_value_read_afresh(people):
    mine = people.create(phone=PHONE)
    other = people.get()
    other.phone = OTHER
    other.save()
    mine.refresh_from_db(fields=["phone"])
    mine.save()
    assert people.get(phone_index=blind("phone", OTHER)) == mine


@pytest.mark.parametrize(
    "write",
    [
        lambda people: people.update(phone=PHONE),
        lambda people: people.filter(phone=PHONE).count(),
        lambda people: people.filter(phone__in=[PHONE]).count(),
        lambda people: people.bulk_update([_changed(people.get())], ["phone"]),
    ],
)
def test_ways_around_the_vault_are_refused(people, write):
    people.create(phone=OTHER)
    with transaction.atomic(), pytest.raises(TypeError):
        write(people)
    assert people.get().phone._open() == OTHER


def _changed(person):
    person.phone = PHONE
    return person


@pytest.mark.parametrize("lookup", ["contains", "startswith", "gt", "iexact", "regex"])
def test_searching_ciphertext_is_refused(people, lookup):
    with pytest.raises(FieldError):
        people.filter(**{f"phone__{lookup}": "199"}).count()


def test_empty_and_null_may_be_asked_for(people):
    people.create(phone=None)
    people.create(phone="")
    people.create(phone=PHONE)
    assert people.filter(phone__isnull=True).count() == 1
    assert people.filter(phone="").count() == 1


def test_a_mask_is_never_stored_as_the_value(people):
    person = people.create(phone=PHONE)
    with pytest.raises(ValueError, match="masked"):
        person.phone = str(person.phone)
    with pytest.raises(TypeError):
        person.phone = 19900000001


def test_snapshot_digest_changes_with_the_value_only(people):
    person = people.create(phone=PHONE)
    before = digest(snapshot(person))
    assert digest(snapshot(people.get())) == before
    person.phone = OTHER
    person.save()
    assert digest(snapshot(person)) != before


class PersonForm(forms.ModelForm):
    class Meta:
        model = Person
        fields = ["title", "phone", "id_card"]


def test_a_form_never_shows_the_value_and_an_empty_box_keeps_it(people):
    person = people.create(phone=PHONE, id_card=ID_CARD)
    page = PersonForm(instance=person).as_p()
    assert PHONE not in page
    assert "●" not in page
    form = PersonForm({"title": "科员", "phone": "", "id_card": ""}, instance=person)
    assert form.changed_data == ["title"]
    form.save()
    again = people.get()
    assert (again.phone._open(), again.id_card._open(), again.title) == (PHONE, ID_CARD, "科员")

    PersonForm({"phone": OTHER}, instance=again).save()
    assert people.get().phone._open() == OTHER
    assert people.get(phone_index=blind("phone", OTHER))


def test_a_new_row_by_form(people):
    PersonForm({"phone": PHONE}).save()
    assert people.get().phone._open() == PHONE
    assert not people.get().id_card


def test_full_clean_checks_what_was_typed_and_requires_a_value(vault):
    field = VaultField(kind="phone", name="phone", validators=[RegexValidator(r"^\d+$")])
    field.clean(Sealed.pending("phone", "x", PHONE), None)
    field.clean(Sealed("phone", "x", "row", "v1.stored"), None)
    for bad in ("not a number", ""):
        with pytest.raises(ValidationError):
            field.clean(Sealed.pending("phone", "x", bad), None)


def test_migrations_write_the_columns_down():
    phone = Person._meta.get_field("phone")
    text, _ = MigrationWriter.serialize(phone)
    assert "kind='phone'" in text
    assert "phone" in MigrationWriter.serialize(Person._meta.get_field("phone_index"))[0]
    assert phone.clone().kind == "phone"
    assert VaultField(kind="text", context="old.name.field").clone().context == "old.name.field"


def test_checks_name_what_is_wrong():
    assert not [one for field in Person._meta.fields for one in field.check()]

    class Loose(models.Model):  # noqa: DJ008
        phone = VaultField(kind="phone", unique=True)
        index = BlindIndex("telephone")

        class Meta:
            apps = registry
            app_label = "vault_tests"

    found = {one.id for field in Loose._meta.fields for one in field.check()}
    assert {"ground_vault.E001", "ground_vault.E002", "ground_vault.E003"} <= found
    with pytest.raises(ValueError, match="unknown kind"):
        VaultField(kind="shoe_size")


@pytest.mark.db
def test_a_unique_index_refuses_the_same_person_twice(people):
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNIQUE INDEX vault_tests_once ON vault_tests_person (phone_index)")
    people.create(phone=PHONE)
    with pytest.raises(IntegrityError), transaction.atomic():
        people.create(phone="199-0000-0001")
