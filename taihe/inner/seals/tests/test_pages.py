"""Pages of seals through a browser: issuing, stopping, destroying by two, the register, checking a file."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from lxml import html as lxml_html
from openpyxl import load_workbook

from taihe.ground.files.models import Attachment, SecretIncident
from taihe.inner.people.models import Officer
from taihe.inner.people.tests.factories import OfficerFactory, OrganFactory
from taihe.inner.seals.models import Seal

from .papers import drawn, note, sealed, sha

pytestmark = pytest.mark.django_db


def browser(actor) -> Client:
    client = Client()
    client.force_login(Officer.objects.get(pk=int(actor.person_id)))
    return client


def send(client, name, *args, **values):
    """Open the form, fill it in, send it."""
    address = reverse(f"seals:{name}", args=args)
    page = lxml_html.document_fromstring(client.get(address).content)
    form = page.get_element_by_id("main-form")
    given = {key: value for key, value in form.fields.items() if value is not None and key != "file"}
    return client.post(address, given | values, follow=True)


def test_a_manager_issues_a_seal_and_sees_that_it_is_a_rehearsal_seal(keys, manager, organ):
    client = browser(manager)
    answer = send(client, "issue", organ=str(organ.pk), title=organ.name, basis="演示文件〔2026〕1号")
    made = Seal.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("seals:seal", args=[made.pk])
    assert "样章" in answer.text and "不是符合 GB/T 38540 的电子印章" in answer.text and "不具有法律效力" in answer.text
    picture = client.get(reverse("seals:picture", args=[made.pk]))
    assert picture["Content-Type"] == "image/svg+xml" and picture.content.startswith(b"<svg")
    again = send(client, "issue", organ=str(organ.pk), title=organ.name, basis="演示文件〔2026〕1号")
    assert "已有名为" in again.text and Seal.objects.count() == 1


@pytest.mark.parametrize("title", ["一", "太和县\U0003134a办公室"])
def test_a_name_that_cannot_be_drawn_makes_no_seal(keys, manager, organ, title):
    answer = send(browser(manager), "issue", organ=str(organ.pk), title=title, basis="演示文件〔2026〕1号")
    assert "不能制成印面" in answer.text and not Seal.objects.exists()


def test_a_seal_is_made_for_ones_own_organs_only(keys, manager):
    other = OrganFactory()
    answer = send(browser(manager), "issue", organ=str(other.pk), title=other.name, basis="演示文件〔2026〕1号")
    assert not Seal.objects.exists() and answer.status_code in (200, 422)


def test_destroying_takes_another_person(seal, manager, second):
    first, other = browser(manager), browser(second)
    send(first, "ask_destroy", seal.pk, reason="机构撤销演示")
    seal.refresh_from_db()
    assert seal.state == "suspended" and seal.destroy_asked_by_id == manager.person_id
    own = first.get(reverse("seals:confirm_destroy", args=[seal.pk]))
    assert "须由另一名印章备案人员确认" in own.text and 'type="submit"' not in own.text.split('id="main-form"')[1]
    send(other, "confirm_destroy", seal.pk)
    seal.refresh_from_db()
    assert seal.state == "destroyed" and seal.certificates.get().revoked_at is not None


def test_the_register_of_uses_is_searched_and_exported(seal, keeper):
    pdf = sealed(seal)
    note(keeper, seal, pdf)
    client = browser(keeper)
    found = client.get(reverse("seals:uses"), {"q": "演示事项", "organ": str(seal.organ_id)})
    assert "太演〔2026〕5号" in found.text
    assert "太演〔2026〕5号" not in client.get(reverse("seals:uses"), {"q": "没有的事"}).text
    assert "太演〔2026〕5号" not in client.get(reverse("seals:uses"), {"last": "2020-01-01"}).text
    book = load_workbook(BytesIO(client.get(reverse("seals:uses"), {"_export": "xlsx"}).content))
    cells = [cell.value for row in book.active.iter_rows() for cell in row]
    assert "太演〔2026〕5号" in cells and sha(pdf) in cells


def test_others_see_neither_seal_nor_use(seal, keeper):
    stranger = Client()
    stranger.force_login(OfficerFactory(organ=OrganFactory(), roles=["t_keeper"]))
    note(keeper, seal, sealed(seal))
    assert seal.title not in stranger.get(reverse("seals:list")).text
    assert "太演〔2026〕5号" not in stranger.get(reverse("seals:uses")).text
    assert stranger.get(reverse("seals:seal", args=[seal.pk])).status_code == 404


@pytest.fixture
def anybody(db):
    client = Client()
    client.force_login(OfficerFactory(appointed=True))
    return client


def check(client, data: bytes, name: str = "通知.pdf"):
    return send(client, "verify", file=SimpleUploadedFile(name, data, "application/pdf"))


def test_any_officer_checks_a_file_and_learns_which_original_it_is(seal, keeper, anybody):
    pdf = sealed(seal)
    note(keeper, seal, pdf)
    page = check(anybody, pdf).text
    assert "核验通过" in page and f"{seal.organ.name}（样章）" in page
    assert "是本县 太演〔2026〕5号《关于演示事项的通知》的正本" in page
    changed = pdf.replace(b"/Type/Page", b"/Type/Pagf", 1)
    page = check(anybody, changed)
    assert "核验未通过" in page.text and "内容被改动" in page.text and "正本</b>" not in page.text
    assert not Attachment.objects.exists(), "nothing is kept"


@pytest.mark.parametrize(
    "data, told",
    [
        (b"not a pdf", "不是 PDF 文件"),
        (b"%PDF-1.7\n" + b"0" * 21 * 1024 * 1024, "超过 20 MB"),
    ],
)
def test_what_cannot_be_checked_is_said_at_the_field(keys, anybody, data, told):
    answer = check(anybody, data)
    assert answer.status_code == 422 and told in answer.text


def test_a_paper_without_a_seal_proves_nothing(keys, anybody):
    assert "没有电子印章签名" in check(anybody, drawn().pdf).text


def test_a_file_that_bears_a_secret_mark_is_an_incident(keys, anybody):
    answer = check(anybody, drawn().pdf, name="机密★1年.pdf")
    assert SecretIncident.objects.get().owner_type == "seals.verify"
    assert "核验通过" not in answer.text
