"""Series, recipients and direction over the county's own organs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from taihe.ground import clock
from taihe.ground.errors import BadSetup
from taihe.ground.registers.models import Register
from taihe.inner.people.models import Organ

from .. import recipients, seeds, series
from ..direction import direction_of
from ..models import Series
from . import kit

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return kit.county()


def test_series_stand_with_their_registers_and_are_loaded_once(county):
    chosen = county.series("太政办")
    assert (chosen.key, chosen.organ.code, chosen.office.code) == ("documents.ZF01.太政办", "ZF01", "ZF01")
    assert set(Register.objects.values_list("key", flat=True)) >= set(Series.objects.values_list("key", flat=True))
    Series.objects.filter(pk=chosen.pk).update(signature="县里改过的署名")
    assert seeds.load(kit.FOLDER) == 0
    assert county.series("太政办").signature == "县里改过的署名"


def test_signers_of_every_series_are_posts_that_there_are(county):
    for one in Series.objects.select_related("sign_organ"):
        titles = set(one.sign_organ.posts.values_list("title", flat=True))
        assert {*one.principal_titles, *one.signer_titles} <= titles, one


def test_a_series_of_no_organ_is_refused_in_chinese(county, tmp_path):
    (tmp_path / "series.yaml").write_text("series:\n  - {code: 某政, organ: XX99, principal: [主任]}\n", "utf-8")
    with pytest.raises(BadSetup, match="XX99"):
        seeds.load(tmp_path)
    (tmp_path / "series.yaml").write_text("series:\n  - {code: 'ABC', organ: ZF00, principal: []}\n", "utf-8")
    with pytest.raises(BadSetup, match="第1项"):
        seeds.load(tmp_path)


def test_an_ended_series_is_not_usable(county):
    organ = county.organ("ZF01")
    assert [one.code for one in series.usable(organ)] == ["太政办"]
    Series.objects.filter(code="太政办").update(active_to=clock.today() - timedelta(days=1))
    assert not series.usable(organ).exists()
    assert series.usable(organ, clock.today() - timedelta(days=1)).exists()


def test_townships_are_the_31_and_the_zone_is_named_by_itself(county):
    towns = recipients.expand("townships")
    assert len(towns) == 31 and {one.kind for one in towns} == {"township"}
    assert [one.code for one in recipients.expand("dev_zone")] == ["341222400"]
    assert towns == sorted(towns, key=lambda one: (one.order, one.code))


def test_every_group_means_somebody_and_nobody_silent(county):
    for group in recipients.groups():
        organs = recipients.expand(group.key)
        assert organs, group.key
        assert not {one.kind for one in organs} & set(recipients.SILENT), group.key
    assert {one.code for one in recipients.expand("departments")} >= {"ZF01", "ZF27", "SY01"}
    assert recipients.expand("no_such_group") == []


def test_a_group_is_dated_by_its_organs(county):
    before = Organ.objects.get(code="341222101")
    assert recipients.expand("townships", date(2023, 12, 31)) == []
    Organ.objects.filter(pk=before.pk).update(status="abolished", valid_to=clock.today() - timedelta(days=1))
    assert before not in recipients.expand("townships")
    assert before in recipients.expand("townships", clock.today() - timedelta(days=1))


def test_the_notice_reaches_about_110_organs_once_each_and_never_its_sender(county):
    paper = kit.draft(county)
    found = recipients.resolve(paper)
    codes = [one.organ.code for one in found]
    assert 105 <= len(found) <= 115 and len(codes) == len(set(codes))
    assert "ZF01" not in codes and [one.order for one in found] == list(range(1, len(found) + 1))
    assert [one.role for one in found] == sorted((one.role for one in found), key=lambda one: one != "main")


def test_main_wins_over_copy_and_silent_organs_are_received_by_those_who_carry_them(county):
    lines = (
        {"role": "cc", "text": "县财政局", "organ": county.organ("ZF09").pk},
        {"role": "cc", "text": "县防汛抗旱指挥部办公室", "organ": county.organ("LD02-BG").pk},
        {"role": "main", "text": "县政府各部门、各直属机构", "group": "departments"},
        {"role": "cc", "text": "县人大常委会办公室", "organ": county.organ("RD00-01").pk},
    )
    found = {one.organ.code: one.role for one in recipients.resolve(kit.draft(county, lines=lines))}
    assert found["ZF09"] == "main" and found["ZF21"] == "main" and found["RD00"] == "cc"
    assert not {"LD02-BG", "RD00-01"} & set(found)


def test_a_merged_organ_is_its_successor(county):
    gone, into = county.organ("ZF24"), county.organ("ZF02")
    paper = kit.draft(county, lines=({"role": "main", "text": gone.name, "organ": gone.pk},))
    Organ.objects.filter(pk=gone.pk).update(status="merged", successor=into, valid_to=clock.today() - timedelta(days=1))
    assert [one.organ.code for one in recipients.resolve(paper)] == ["ZF02"]


@pytest.mark.parametrize(
    ("sender", "mains", "expected"),
    [
        ("ZF00", ["341222100", "ZF09"], "down"),
        ("ZF01", ["341222100", "ZF09"], "down"),  # the office writes for the government (条例第十六条（二）)
        ("ZF01", ["ZF00"], "up"),
        ("ZF09", ["ZF00"], "up"),
        ("ZF09", ["ZF00", "ZF03"], "up"),
        ("ZF09", ["ZF19"], "flat"),
        ("ZF09", ["341222100"], "flat"),
        ("PC01", ["SJ05"], "up"),
        ("ZF00", ["DW00"], "flat"),
        ("DW01", ["341222100-DW"], "down"),
        ("341222100", ["ZF00"], "up"),
    ],
)
def test_direction_is_read_off_the_organs(county, sender, mains, expected):
    assert direction_of(county.organ(sender), [county.organ(one) for one in mains]) == expected


def test_superiors_beyond_the_county_are_known_by_name(county):
    assert direction_of(county.organ("ZF00"), [], ["阜阳市人民政府"]) == "up"
    assert direction_of(county.organ("ZF09"), [], ["阜阳市人民政府"]) == "flat"
