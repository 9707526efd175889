"""A file through the import pages: every fault named in its cell, all rows or none."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from taihe.ground.audit.models import AuditEntry
from taihe.ground.files.models import SecretIncident
from taihe.ground.testkit.forms import hidden_fields
from taihe.inner.people.models import Organ
from taihe.inner.people.tests import factories as make

pytestmark = pytest.mark.django_db
GOOD = "code,name,kind,parent\nYS1,太和县演示一中心,institution,ZF\nYS1-1,综合股,internal_office,YS1\n"
BAD = (
    "code,name,kind,parent\nYS1,太和县演示一中心,institution,ZF\nYS1,重复中心,institution,ZF\n"
    "YS3,,没有的类别,无此机构\n"
)


@pytest.fixture
def keeper(vault_keys):
    top = make.OrganFactory(code="ZF", system="government")
    client = Client()
    client.force_login(make.OfficerFactory(organ=top, roles=["keeper"], permissions=["people.import"]))
    return client


def upload(client: Client, content: str | bytes, name: str = "机构.csv", what: str = "organs"):
    url = reverse("people:import", args=[what])
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post(url, hidden_fields(client.get(url)) | {"file": file})


def packed(page, form: int = 0) -> dict[str, str]:
    """The hidden values of the form that carries the checked table."""
    return next(one for one in (hidden_fields(page, 0), hidden_fields(page, 1)) if "packed" in one)


def test_every_bad_cell_is_marked_and_nothing_is_loaded(keeper):
    page = upload(keeper, BAD).content.decode()
    assert "有 2 行不合要求，没有导入任何一行" in page
    assert page.count('class="gv-bad-cell"') == 4
    for said in ("与第 2 行的代码重复", "不能为空", "应为下列之一", "没有代码为该值的机构"):
        assert said in page
    assert "确认导入" not in page and "下载逐行报告" in page
    assert Organ.objects.count() == 1


def test_a_good_file_waits_for_the_go_ahead_and_is_loaded_whole(keeper):
    checked = upload(keeper, GOOD)
    assert "全部合格，尚未导入" in checked.content.decode() and Organ.objects.count() == 1
    done = keeper.post(reverse("people:import_load", args=["organs"]), hidden_fields(checked))
    assert done.status_code in (302, 303)
    assert "已导入 2 个机构" in keeper.get(done["Location"]).content.decode()
    assert Organ.objects.get(code="YS1-1").parent.code == "YS1"
    assert AuditEntry.objects.filter(action="people.import_organs", outcome="done").count() == 1
    again = keeper.post(reverse("people:import_load", args=["organs"]), hidden_fields(checked))
    assert again["Location"] == done["Location"] and Organ.objects.count() == 3


def test_what_was_checked_cannot_be_changed_on_the_way(keeper):
    sent = hidden_fields(upload(keeper, GOOD))
    sent["packed"] = sent["packed"][:-3] + "abc"
    refused = keeper.post(reverse("people:import_load", args=["organs"]), sent)
    assert refused.status_code == 422 and "请重新上传" in refused.content.decode()
    assert Organ.objects.count() == 1


def test_a_file_that_became_wrong_meanwhile_is_refused_with_a_new_report(keeper):
    sent = hidden_fields(upload(keeper, GOOD))
    make.OrganFactory(code="YS1")
    refused = keeper.post(reverse("people:import_load", args=["organs"]), sent)
    assert refused.status_code == 422 and "该代码已有机构使用" in refused.content.decode()
    assert not Organ.objects.filter(code="YS1-1").exists()


def test_the_report_is_a_spreadsheet_with_bad_cells_coloured_to_correct_and_upload_again(keeper):
    sent = packed(upload(keeper, BAD))
    answer = keeper.post(reverse("people:import_report", args=["organs"]), sent)
    sheet = load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][:2] == ["原行号", "机构代码"] and rows[0][-1] == "问题"
    assert [row[-2] for row in rows[1:]] == ["合格", "有问题", "有问题"]
    coloured = [cell.coordinate for row in sheet.iter_rows(min_row=2) for cell in row if cell.fill.fill_type]
    assert coloured == ["B3", "C4", "D4", "E4"]
    sheet["B3"], sheet["C4"], sheet["D4"], sheet["E4"] = "YS2", "太和县演示三中心", "institution", "ZF"
    out = io.BytesIO()
    sheet.parent.save(out)
    assert "共 3 行，全部合格" in upload(keeper, out.getvalue(), "改正.xlsx").content.decode()


def test_the_report_as_csv_names_the_bad_cells_and_is_read_back(keeper):
    sent = packed(upload(keeper, BAD)) | {"as": "csv"}
    answer = keeper.post(reverse("people:import_report", args=["organs"]), sent)
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("原行号,机构代码") and "机构代码：与第 2 行的代码重复。" in lines[2]
    assert "有 2 行不合要求" in upload(keeper, answer.content).content.decode()


@pytest.mark.parametrize("what", ["organs", "officers"])
def test_the_template_is_read_back_as_an_empty_file_with_the_right_columns(keeper, what):
    answer = keeper.get(reverse("people:import_template", args=[what]))
    page = upload(keeper, answer.content, "模板.xlsx", what).content.decode()
    assert "除标题行外没有内容" in page


def test_a_file_that_is_no_table_is_told_in_words(keeper):
    page = upload(keeper, b"\x00\x01\x02", "图片.xlsx").content.decode()
    assert "文件没有通过安全检查" in page


def test_officers_are_loaded_with_their_numbers_sealed(keeper):
    post = make.PostFactory(organ=Organ.objects.get(code="ZF"), title="文书")
    file = f"登录名,姓名,机构代码,岗位,主岗,手机号\nshi.jia,示甲,ZF,{post.title},是,19900007777\n"
    checked = upload(keeper, file, "人员.csv", "officers")
    assert "全部合格" in checked.content.decode()
    done = keeper.post(reverse("people:import_load", args=["officers"]), hidden_fields(checked))
    assert "已导入 1 项任职" in keeper.get(done["Location"]).content.decode()
    assert "19900007777" not in str([one.__dict__ for one in AuditEntry.objects.all()])


def test_a_file_with_a_secret_mark_is_an_incident_and_is_not_read(keeper):
    marked = "code,name\n" + "机密" + "★" + "10年,甲\n"
    page = upload(keeper, marked).content.decode()
    assert "带有国家秘密标志" in page
    assert SecretIncident.objects.get().owner_type == "people.import"
    assert Organ.objects.count() == 1
