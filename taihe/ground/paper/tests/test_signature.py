"""Seals on papers: sound ones, altered ones, strangers', revoked ones, overlays, several organs on one paper."""

from __future__ import annotations

import io
import os
import time
from datetime import timedelta

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import fields
from pyhanko.sign.general import SigningError
from pyhanko.stamp import TextStampStyle
from pyhanko_certvalidator.errors import InvalidCertificateError

from taihe.ground import clock
from taihe.ground.paper import render
from taihe.ground.paper.apart import check_apart
from taihe.ground.paper.authority import Authority, Credential
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


def test_a_seal_put_on_after_its_certificate_was_revoked_is_told(sealed, seal, authority):
    verdict = check(sealed, authority, {seal.serial: clock.now() - timedelta(days=1)})
    assert not verdict.sound and "吊销" in verdict.sentence


def test_a_seal_destroyed_later_does_not_spoil_what_it_sealed_before(sealed, seal, authority):
    """PAdES-B-LT: the moment that counts is the time stamp's."""
    with clock.moved(timedelta(days=200)):
        verdict = check(sealed, authority, {seal.serial: clock.now() - timedelta(days=1)})
        assert verdict.sound and verdict.seals[0].signed_at < clock.now() - timedelta(days=199)


def test_a_certificate_that_ran_out_later_does_not_spoil_the_paper(sealed, authority):
    with clock.moved(timedelta(days=4 * 365)):
        assert check(sealed, authority).sound


def test_a_seal_put_on_after_its_certificate_ran_out_is_told(drawn, authority, monkeypatch):
    """The signer's own check is switched off, as a forger would who has the key."""
    from taihe.ground.paper import signature

    short = authority.issue(f"{ORGAN}（样章）", ORGAN, life=timedelta(days=1))
    sign = signature._sign_one

    def unchecked(output, field, mark, authority, _context, reason):
        with clock.moved(timedelta(0)):
            context = signature._context(authority, {})
        sign(output, field, mark, authority, context, reason)

    monkeypatch.setattr(signature, "_sign_one", unchecked)
    with clock.moved(timedelta(days=30)):
        late = put_seals(drawn.pdf, [mark_of(drawn, short)], authority, reason="发文用印", revoked={})
        verdict = check(late, authority)
    assert not verdict.sound and "有效期之外" in verdict.sentence


def test_a_revoked_seal_cannot_sign(drawn, seal, authority):
    with pytest.raises(SigningError, match="could not be validated"):
        put_seals(
            drawn.pdf, [mark_of(drawn, seal)], authority, reason="", revoked={seal.serial: clock.now() - timedelta(1)}
        )


def test_a_time_stamp_of_the_future_is_told(drawn, seal, authority):
    with clock.moved(timedelta(hours=2)):
        ahead = put_seals(drawn.pdf, [mark_of(drawn, seal)], authority, reason="发文用印", revoked={})
    verdict = check(ahead, authority)
    assert not verdict.sound


def test_the_clock_certificate_signs_no_paper(drawn, authority):
    fake = Credential(authority.clock_certificate.key, authority.clock_certificate.certificate)
    with pytest.raises(InvalidCertificateError, match="non repudiation"):
        put_seals(drawn.pdf, [mark_of(drawn, fake)], authority, reason="仿冒", revoked={})


def test_without_a_list_of_today_the_verdict_is_not_known(sealed, authority):
    listed = authority.revocations({})
    for lists in ([], [listed]):
        with clock.moved(timedelta(days=8 if lists else 0)):
            verdict = check_seals(sealed, [authority.root.signing_certificate], lists)
        assert verdict.unknown and not verdict.sound and "有效期" in verdict.sentence


def test_a_list_of_somebody_else_is_no_list(sealed, seal, authority, tmp_path):
    other = Authority(tmp_path, authority.title)
    forged = other.revocations({seal.serial: clock.now() - timedelta(days=1)})
    roots = [authority.root.signing_certificate]
    assert check_seals(sealed, roots, [authority.revocations({}), forged]).sound
    assert check_seals(sealed, roots, [forged]).unknown


def test_two_organs_seal_one_paper(drawn, seal, authority):
    second = authority.issue("太和县演示局（样章）", "太和县演示局")
    marks = [mark_of(drawn, seal, 80), mark_of(drawn, second, 140, "太和县演示局（样章）")]
    verdict = check(put_seals(drawn.pdf, marks, authority, reason="联合行文", revoked={}), authority)
    assert verdict.sound and [one.organ for one in verdict.seals] == [ORGAN, "太和县演示局"]


def test_a_joint_paper_without_its_second_seal_is_told(drawn, seal, authority):
    """Cut back to the first seal: every field stood before the first was signed."""
    second = authority.issue("太和县演示局（样章）", "太和县演示局")
    marks = [mark_of(drawn, seal, 80), mark_of(drawn, second, 140, "太和县演示局（样章）")]
    both = put_seals(drawn.pdf, marks, authority, reason="联合行文", revoked={})
    reader = PdfFileReader(io.BytesIO(both))
    first = next(iter(reader.embedded_regular_signatures))
    end = reader.xrefs.get_startxref_for_revision(first.signed_revision)
    cut = both[: both.index(b"%%EOF", end) + 6]
    verdict = check(cut, authority)
    assert not verdict.sound and "1 处没有签章" in verdict.sentence


def test_an_empty_seal_painted_on_afterwards_is_told(sealed, authority):
    """An unsigned field may carry a picture over the text, which many readers show without a word."""
    output = io.BytesIO(sealed)
    writer = IncrementalPdfFileWriter(output)
    fields.append_signature_field(writer, fields.SigFieldSpec("Forged", on_page=0, box=(100, 400, 300, 500)))
    writer.write_in_place()
    assert not check(output.getvalue(), authority).sound


def test_a_locked_pdf_is_told(sealed, authority):
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(sealed)))
    writer.encrypt("owner", "user")
    output = io.BytesIO()
    writer.write(output)
    verdict = check(output.getvalue(), authority)
    assert not verdict.sound and "打开密码" in verdict.sentence


def test_a_huge_paper_is_checked_within_a_second(drawn, seal, authority):
    big = io.BytesIO(drawn.pdf)
    writer = IncrementalPdfFileWriter(big)
    writer.add_object(generic.StreamObject(stream_data=os.urandom(40 * 1024 * 1024)))
    writer.write_in_place()
    pdf = put_seals(big.getvalue(), [mark_of(drawn, seal)], authority, reason="发文用印", revoked={})
    began = time.monotonic()
    assert check(pdf, authority).sound
    assert time.monotonic() - began < 3, "40 MB; a second on a quiet machine"


def test_in_a_process_of_its_own_the_answer_is_the_same(sealed, authority):
    roots, lists = [authority.root.certificate], [authority.revocations({}).dump()]
    assert check_apart(sealed, roots, lists, seconds=30) == check(sealed, authority)
    assert check_apart(b"%PDF-1.7", roots, lists, seconds=30) == check(b"%PDF-1.7", authority)
    assert "没有在规定时间内完成" in check_apart(sealed, roots, lists, seconds=0.05).sentence


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
