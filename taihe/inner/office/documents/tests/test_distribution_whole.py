"""Distribution in the real flow and the real county: the frozen list of 太政办, and a correction from end to end."""

from __future__ import annotations

import pytest

from taihe.ground.vault.keys import vault_at
from taihe.inner.office.documents.actions import collecting, correcting
from taihe.inner.office.documents.actions.distributing import distribute
from taihe.inner.office.documents.models import Document
from taihe.inner.office.documents.queries import distributing as queries
from taihe.inner.office.documents.queries.pages import page_total, shown
from taihe.inner.people.tests.factories import OrganFactory
from taihe.inner.workflow.models import ProcessInstance

from . import kit
from .issuing import STEPS, House
from .sending import FLOWS, copy_of, receiving_clerk

pytestmark = [pytest.mark.django_db, pytest.mark.db]


def test_the_countys_notice_goes_to_some_hundred_organs_and_never_to_its_sender():
    county = kit.county()
    document = kit.draft(county)
    found = queries.preview(document)
    assert 100 <= found.total <= 120
    organs = [one.organ for one in (*found.mains, *found.copies)]
    assert len({one.pk for one in organs}) == len(organs)
    assert document.organ_id not in {one.pk for one in organs}
    assert not {one.kind for one in organs} & {"leading_group", "leading_group_office", "internal_office", "superior"}


@pytest.fixture
def house(tmp_path, settings):
    settings.TAIHE_KEY_DIR, settings.TAIHE_FOLDER = tmp_path / "keys", tmp_path
    vault_at(settings.TAIHE_KEY_DIR).ensure()
    made = House()
    from taihe.inner.workflow.actions import deploy
    from taihe.inner.workflow.tests.kit import SYSTEM

    deploy(SYSTEM, (FLOWS / "documents_incoming.bpmn").read_bytes())
    return made


def sent(house: House, document: Document) -> Document:
    item = house.item(document, house.clerk)
    assert item.node == "distribute"
    return distribute(house.clerk.actor, item.pk, item.version)


def test_a_corrected_document_goes_the_whole_way_and_replaces_the_old_one(house: House):
    late = OrganFactory(parent=house.county, name="太和县演示应急局")
    lines = [{"role": "main", "text": one.name, "organ": one.pk} for one in (house.dept, late)]
    old = sent(house, house.document("sealed", addressees=lines))
    assert ProcessInstance.objects.get(pk=old.instance_id or 0).status == "finished"
    clerk = receiving_clerk(late)
    copy = copy_of(old, late)
    collecting.sign_for(clerk.actor, copy.pk, copy.version)
    made = correcting.begin_correction(house.drafter.actor, old.pk, "资金数额有误")
    house.write(made, house.drafter, "300万元", "330万元")
    for step in STEPS:
        if step != "cosigned":
            getattr(house, step)(made)
    made.refresh_from_db()
    old.refresh_from_db()
    assert (made.state, old.force) == ("sealed", "in_force"), "the old one stands until the new one is out"
    new = sent(house, made)
    old.refresh_from_db()
    assert (old.force, new.force) == ("corrected", "in_force") and new.number != old.number
    assert {one.state for one in old.deliveries.all()} == {"replaced"}
    assert {one.organ_id for one in new.deliveries.all()} == {house.dept.pk, late.pk}
    original = shown(new.pdf)
    assert original is not None and page_total(original) == new.pages > 0
    again = copy_of(new, late)
    collecting.sign_for(clerk.actor, again.pk, again.version)
    assert queries.newer(copy) is None and queries.newer(copy_of(old, late)) == copy_of(new, late)
