"""Seals on papers: sound ones, altered ones, strangers', revoked ones, overlays, several organs on one paper."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.stamp import TextStampStyle

from taihe.ground import clock
from taihe.ground.paper import render
from taihe.ground.paper.authority import Authority
from taihe.ground.paper.render import seal_picture
from taihe.ground.paper.signature import SealMark, check_seals, put_seals

from .samples import paper

ORGAN = "太和县人民政府"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "太和县（演示）")


@pytest.fixture(scope="module")
def seal(authority):
    return authority.issue(f"{ORGAN}（样章）", ORGAN)


@pytest.fixture(scope="module")
def drawn():
    return render(paper(2))


def mark_of(drawn, credential, x: float = 0.0, title: str = f"{ORGAN}（样章）") -> SealMark:
    name, date = drawn.of("name")[0], drawn.of("date")[0]
    middle = (name.y + date.y) / 2 - 8
    return SealMark(title, credential, seal_picture(ORGAN), date.page, x or date.centre, middle)


@pytest.fixture(scope="module")
def sealed(drawn, seal, authority):
    return put_seals(drawn.pdf, [mark_of(drawn, seal)], authority, reason="发文用印", revoked={})


def check(pdf: bytes, authority: Authority, revoked: dict | None = None):
    return check_seals(pdf, [authority.root.signing_certificate], [authority.revocations(revoked or {})])


def test_a_sealed_paper_is_sound_and_says_whose_and_when(sealed, drawn, authority):
    verdict = check(sealed, authority)
    assert verdict.sound and "均有效" in verdict.sentence
    (one,) = verdict.seals
    assert one.organ == ORGAN and abs(one.signed_at - clock.now()) < timedelta(minutes=5)
    assert sealed.startswith(drawn.pdf), "what was drawn stands under the seal byte for byte"


def test_a_changed_byte_is_told(sealed, authority):
    changed = sealed.replace(b"/Type/Page", b"/Type/Pagf", 1)
    assert changed != sealed
    verdict = check(changed, authority)
    assert not verdict.sound and "内容被改动" in verdict.sentence


def test_an_overlay_put_on_afterwards_is_told_though_the_signature_is_intact(sealed, authority):
    output = io.BytesIO(sealed)
    writer = IncrementalPdfFileWriter(output)
    TextStampStyle(stamp_text="3000 yuan").create_stamp(writer, None, {}).apply(0, 100, 400)
    writer.write_in_place()
    verdict = check(output.getvalue(), authority)
    assert not verdict.sound and "添加了内容" in verdict.sentence
    assert len(output.getvalue()) > len(sealed)


def test_a_seal_of_another_authority_is_a_stranger(drawn, authority, tmp_path):
    other = Authority(tmp_path, "别处（演示）")
    forged = put_seals(
        drawn.pdf, [mark_of(drawn, other.issue(f"{ORGAN}（样章）", ORGAN))], other, reason="仿冒", revoked={}
    )
    verdict = check(forged, authority)
    assert not verdict.sound and "不是本县签发" in verdict.sentence


def test_a_revoked_certificate_is_told(sealed, seal, authority):
    verdict = check(sealed, authority, {seal.serial: clock.now() - timedelta(days=1)})
    assert not verdict.sound and "吊销" in verdict.sentence


def test_two_organs_seal_one_paper(drawn, seal, authority):
    second = authority.issue("太和县演示局（样章）", "太和县演示局")
    marks = [mark_of(drawn, seal, 80), mark_of(drawn, second, 140, "太和县演示局（样章）")]
    verdict = check(put_seals(drawn.pdf, marks, authority, reason="联合行文", revoked={}), authority)
    assert verdict.sound and [one.organ for one in verdict.seals] == [ORGAN, "太和县演示局"]


@pytest.mark.parametrize("pdf, word", [(b"", "不是完整的 PDF"), (b"%PDF-1.7 nonsense", "不是完整的 PDF")])
def test_what_is_no_pdf_is_told_and_raises_nothing(pdf, word, authority):
    assert word in check(pdf, authority).sentence


def test_a_paper_without_a_seal_proves_nothing(drawn, authority):
    verdict = check(drawn.pdf, authority)
    assert not verdict.sound and "没有电子印章" in verdict.sentence


def test_the_authority_is_the_same_after_a_restart(authority, sealed):
    again = Authority(authority.folder, authority.title)
    assert again.root.certificate == authority.root.certificate and check(sealed, again).sound
    assert all(file.stat().st_mode & 0o077 == 0 for file in authority.folder.iterdir() if file.name != ".lock")
