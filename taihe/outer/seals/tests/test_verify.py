"""The public check: real papers, sound and otherwise, and whom the public side believes."""

from __future__ import annotations

import base64
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.stamp import TextStampStyle

from taihe.gate.letters.seals import SealsTrust
from taihe.ground import clock
from taihe.ground.audit.models import AuditEntry
from taihe.ground.files.models import Attachment
from taihe.ground.paper import Paper, Paragraph, Run, render
from taihe.ground.paper.authority import Authority
from taihe.ground.paper.render import seal_picture
from taihe.ground.paper.signature import SealMark, put_seals
from taihe.outer.seals import actions, queries, views
from taihe.outer.seals.actions import VERIFIER
from taihe.outer.seals.models import TrustData

pytestmark = pytest.mark.django_db
ORGAN = "太和县演示办公室"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "太和县（演示）")


@pytest.fixture(scope="module")
def credential(authority):
    return authority.issue(f"{ORGAN}（样章）", ORGAN)


@pytest.fixture(scope="module")
def drawn():
    text = "现将有关事项通知如下：补助300万元（演示）。"
    return render(
        Paper(
            mark=(f"{ORGAN}文件",), title_lines=(ORGAN, "关于演示事项的通知"),
            blocks=(Paragraph(runs=(Run(text=text),)),), organs=(ORGAN,), date="2026年11月22日", watermark="演示",
        )
    )  # fmt: skip


def sealed_by(authority, credential, drawn) -> bytes:
    date = drawn.of("date")[0]
    mark = SealMark(f"{ORGAN}（样章）", credential, seal_picture(ORGAN), date.page, date.centre, date.y - 10)
    return put_seals(drawn.pdf, [mark], authority, reason="发文用印", revoked={})


@pytest.fixture(scope="module")
def paper(authority, credential, drawn):
    return sealed_by(authority, credential, drawn)


def letter(authority, revoked=None, *, at=None, certified=False) -> SealsTrust:
    listed = authority.revocations(revoked or {}).dump()
    return SealsTrust(
        issued_at=at or clock.now(),
        provider="内置签章（样章）",
        certified=certified,
        roots=(base64.b64encode(authority.root.certificate).decode(),),
        revocation_lists=(base64.b64encode(listed).decode(),),
    )


@pytest.fixture
def trusted(authority):
    assert actions.keep_trust(VERIFIER, letter(authority))


@pytest.fixture
def visitor(monkeypatch):
    monkeypatch.setattr(views, "pace", views.Pace("seals.verifications_per_minute", views.VerifyTooFast))
    return Client()


def check(visitor, data: bytes, name: str = "通知.pdf"):
    return visitor.post("/verify/", {"file": SimpleUploadedFile(name, data, "application/pdf")})


def test_a_sound_paper_passes_and_nothing_is_kept(trusted, visitor, paper):
    answer = check(visitor, paper)
    assert answer.status_code == 200 and "核验通过" in answer.text and f"{ORGAN}（样章）" in answer.text
    assert "印章状态截至" in answer.text and "不是符合 GB/T 38540 的电子印章" in answer.text
    assert not Attachment.objects.exists() and answer["Cache-Control"].count("no-store")


def overlay(pdf: bytes) -> bytes:
    output = io.BytesIO(pdf)
    writer = IncrementalPdfFileWriter(output)
    TextStampStyle(stamp_text="3000").create_stamp(writer, BoxConstraints(), {}).apply(0, 100, 400)
    writer.write_in_place()
    return output.getvalue()


def one_byte(pdf: bytes) -> bytes:
    """A byte of the text's own stream, which is compressed."""
    start = pdf.index(b"stream\n") + 60
    return pdf[:start] + bytes([pdf[start] ^ 1]) + pdf[start + 1 :]


@pytest.mark.parametrize("change, told", [(one_byte, "内容被改动"), (overlay, "又被添加了内容")])
def test_a_changed_paper_does_not_pass(trusted, visitor, paper, change, told):
    answer = check(visitor, change(paper))
    assert "核验未通过" in answer.text and told in answer.text and "请不要依据这份文件办事" in answer.text


def test_a_strangers_seal_of_the_same_name_does_not_pass(trusted, visitor, drawn, tmp_path):
    other = Authority(tmp_path, "太和县（演示）")
    forged = sealed_by(other, other.issue(f"{ORGAN}（样章）", ORGAN), drawn)
    answer = check(visitor, forged)
    assert "核验未通过" in answer.text and "不是本县签发" in answer.text


def test_a_seal_destroyed_later_still_vouches_for_what_it_sealed_before(authority, credential, visitor, paper):
    destroyed = clock.now() + timedelta(seconds=30)
    with clock.moved(timedelta(minutes=5)):
        actions.keep_trust(VERIFIER, letter(authority, {credential.serial: destroyed}))
    assert "核验通过" in check(visitor, paper).text


def test_what_was_sealed_after_the_seal_was_destroyed_does_not_pass(authority, credential, visitor, paper):
    actions.keep_trust(VERIFIER, letter(authority, {credential.serial: clock.now() - timedelta(days=1)}))
    answer = check(visitor, paper)
    assert "核验未通过" in answer.text and "吊销" in answer.text


def test_with_an_old_list_nothing_is_certain(authority, visitor, paper):
    with clock.moved(timedelta(days=-9)):
        actions.keep_trust(VERIFIER, letter(authority))
    answer = check(visitor, paper)
    assert "不能确认" in answer.text and "核验通过" not in answer.text and "之后的变动还没有送达" in answer.text


def test_a_paper_without_a_seal_and_what_is_no_pdf(trusted, visitor, drawn):
    assert "没有电子印章签名" in check(visitor, drawn.pdf).text
    answer = check(visitor, b"GIF89a")
    assert answer.status_code == 422 and "这不是 PDF 文件" in answer.text
    assert visitor.post("/verify/").status_code == 422


def test_a_form_without_scripts_and_without_a_session(visitor):
    page = visitor.get("/verify/")
    assert page.status_code == 200 and "<script" not in page.text.split('class="ov-form"')[1].split("</form>")[0]
    assert "outer_session" not in visitor.cookies


def test_without_trust_data_nothing_is_checked(visitor, paper):
    answer = check(visitor, paper)
    assert answer.status_code == 503 and answer["X-Error-Code"] == "seals.no_trust_yet"
    assert "核验资料正在从办公区送来" in visitor.get("/verify/").text


def test_one_address_cannot_keep_the_checker_busy(trusted, visitor):
    codes = [check(visitor, b"GIF89a").status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]


def test_when_all_places_are_taken_the_next_is_asked_to_wait(trusted, visitor, paper, monkeypatch):
    monkeypatch.setattr(views, "PATIENCE", 0.01)
    with views._place(), views._place():
        answer = check(visitor, paper)
        assert answer.status_code == 503 and answer["X-Error-Code"] == "seals.busy"
    assert check(visitor, paper).status_code == 200


def test_only_newer_trust_data_are_taken_and_each_refusal_is_on_record(trusted, authority, credential):
    held = TrustData.objects.get().issued_at
    older = letter(authority, {credential.serial: clock.now()}, at=held - timedelta(hours=1))
    unreadable = letter(authority).model_copy(update={"issued_at": clock.now(), "roots": ("AAAA",)})
    for one in (older, letter(authority, at=clock.now() + timedelta(days=1)), unreadable):
        assert not actions.keep_trust(VERIFIER, one)
    assert TrustData.objects.get().issued_at == held
    assert AuditEntry.objects.filter(action="seals.keep_trust", outcome="refused").count() == 3


def test_the_public_side_asks_while_it_holds_nothing_or_only_old_data(authority, settings):
    from taihe.ground.outbox.registry import registration

    look = registration("seals.look_after_trust")

    def asked() -> int:
        return AuditEntry.objects.filter(action="seals.ask_trust").count()

    look.run({})
    assert asked() == 1
    actions.keep_trust(VERIFIER, letter(authority))
    look.run({})
    assert asked() == 1
    with clock.moved(timedelta(days=3)):
        assert queries.held().old
        look.run({})
    assert asked() == 2
