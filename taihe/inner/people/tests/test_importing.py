"""Files of organs and officers: read whatever the office saves, reported row by row, loaded whole or not at all."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from openpyxl import Workbook

from taihe.ground.audit.models import AuditEntry
from taihe.ground.errors import CountyError, NotAllowed
from taihe.inner.people import actions
from taihe.inner.people.errors import ImportRefused, UnreadableFile
from taihe.inner.people.importing import OFFICER_COLUMNS, ORGAN_COLUMNS, check_officers, check_organs, read_table
from taihe.inner.people.importing.report import Line
from taihe.inner.people.models import Officer, Organ, OrganEvent

from .factories import (
    SYSTEM,
    AdminFactory,
    AppointmentFactory,
    OfficerFactory,
    OrganFactory,
    PostFactory,
    acting,
    days,
)

DEMO = Path(settings.COUNTY_DIR) / "demo"
HEAD = "机构代码,机构全称,机构类别,上级机构代码,所属系统,起用日期\n"
PEOPLE = "登录名,姓名,机构代码,岗位,主岗,手机号,任职起始,任职截止\n"
SOME_TEXT = st.text(max_size=200).map(lambda text: ("code,name,kind\n" + text).encode("utf-8", "replace"))
ANY_BYTES = st.one_of(st.binary(max_size=400), SOME_TEXT)


def organs(text: str, encoding: str = "utf-8"):
    return read_table(text.encode(encoding), "机构.csv", ORGAN_COLUMNS)


def officers(text: str):
    return read_table(
        ("登录名,姓名,机构代码,岗位,主岗,手机号,任职起始,任职截止\n" + text).encode(), "人员.csv", OFFICER_COLUMNS
    )


def faults(report) -> list[tuple[int, str]]:
    return [(issue.row, issue.column) for issue in report.issues]


def workbook(*rows) -> bytes:
    book = Workbook()
    sheet = book.create_sheet(index=0)
    for row in rows:
        sheet.append(row)
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


class TestReading:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
    def test_encodings(self, encoding) -> None:
        table = organs(HEAD + "A1,太和县甲局,政府部门,,,\n", encoding)
        assert table.rows[0][1]["name"] == "太和县甲局"

    @pytest.mark.parametrize("mark", ["\t", ";", ","])
    def test_delimiters_quotes_and_blank_lines(self, mark) -> None:
        lines = [
            mark.join(["code", "全称", "类别", "用不到的列"]),
            "",
            mark.join(["A1", '"太和县\n甲局"', "gov_dept", "x"]),
        ]
        table = organs("\r\n".join(lines))
        assert table.rows == ((3, {"code": "A1", "name": "太和县 甲局", "kind": "gov_dept"}),)

    def test_workbook(self) -> None:
        titles = ["机构代码", "机构全称", "机构类别", "起用日期", "排序"]
        data = workbook(titles, ["A1", "太和县甲局", "政府部门", date(2026, 1, 2), 7.0])
        ((number, row),) = read_table(data, "机构.xlsx", ORGAN_COLUMNS).rows
        assert (number, row["valid_from"], row["order"]) == (2, "2026-01-02", "7")

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"", "空"),
            (HEAD.encode(), "没有内容"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "编码"),
            (b"PK\x03\x04rest", "完好"),
            ("名称,类别\nA,B\n".encode(), "机构代码"),
            (b"code,code,name,kind\nA,B,C,D\n", "两次"),
            (b"code,name,kind\n" + b"x" * 200_000 + b",a,b\n", "表格"),
            (("code,name,kind" + "," * 70 + "x\n").encode(), "列"),
            (b"code,name,kind\n" + b"a,b,c\n" * 5001, "行"),
            (b"x" * 5242881, "KB"),
        ],
    )
    def test_no_table(self, data, why) -> None:
        with pytest.raises(UnreadableFile) as refused:
            read_table(data, "坏.csv", ORGAN_COLUMNS)
        assert why in str(refused.value.params["why"])

    def test_a_bomb_is_not_opened(self) -> None:
        import zipfile

        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as bomb:
            bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 150_000_000)
        with pytest.raises(UnreadableFile, match="展开"):
            read_table(whole.getvalue(), "炸弹.xlsx", ORGAN_COLUMNS)

    @hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(ANY_BYTES)
    def test_any_bytes_are_read_or_refused_in_words(self, data) -> None:
        try:
            table = read_table(data, "任意", ORGAN_COLUMNS)
        except CountyError as refusal:
            assert refusal.code == "people.unreadable_file"
        else:
            assert all(set(row) == set(table.columns) for _, row in table.rows)

    @given(
        st.lists(
            st.tuples(*[st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=9)] * 3),
            min_size=1,
            max_size=5,
        ),
        st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    )
    def test_what_is_written_is_read(self, rows, encoding) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([["code", "name", "kind"], *rows])
        table = organs(text.getvalue(), encoding)
        wanted = [[" ".join(cell.split()) for cell in row] for row in rows]
        wanted = [row for row in wanted if any(row)]
        got = [[row["code"], row["name"], row["kind"]] for _, row in table.rows]
        assert [["\x00formula" if cell.startswith("=") else cell for cell in row] for row in wanted] == got

    @pytest.mark.parametrize("text", ["2026-01-02", "2026/1/2", "2026.1.2", "2026年1月2日", "20260102"])
    def test_dates(self, text) -> None:
        assert Line(2, {"day": text}, {}).day("day") == date(2026, 1, 2)

    @pytest.mark.parametrize("text", ["2026-13-01", "2026-02-30", "明天", "2026", "20261301", "1/2/2026"])
    def test_no_dates(self, text) -> None:
        line = Line(2, {"day": text}, {})
        assert line.day("day") is None
        assert not line.ok


@pytest.mark.django_db
class TestOrgans:
    def test_the_good_sample(self) -> None:
        for code in ("ZF26", "341222129"):
            OrganFactory(code=code)
        table = read_table((DEMO / "import_good.csv").read_bytes(), "import_good.csv", ORGAN_COLUMNS)
        actions.import_organs(SYSTEM, table)
        organ = Organ.objects.get(code="SY91-01")
        assert (organ.path, organ.name) == ("ZF26/SY91/SY91-01/", "综合股")
        assert Organ.objects.get(guide_parent__code="ZF26").code == "341222129-YS"
        assert OrganEvent.objects.filter(kind="established").count() == 5
        entry = AuditEntry.objects.get()
        assert entry.action == "people.import_organs"
        assert (entry.detail["count"], entry.detail["digest"]) == (5, table.digest)

    @pytest.mark.db
    def test_the_bad_sample_loads_nothing(self) -> None:
        for code in ("ZF26", "341222129"):
            OrganFactory(code=code)
        table = read_table((DEMO / "import_bad.csv").read_bytes(), "import_bad.csv", ORGAN_COLUMNS)
        with pytest.raises(ImportRefused) as refused:
            actions.import_organs(SYSTEM, table)
        report = refused.value.report
        assert report.bad_rows == [5, 7]
        assert faults(report) == [(5, "机构代码"), (7, "上级机构代码")]
        assert "第 3 行" in report.issues[0].sentence
        assert report.issues[1].value == "ZF99"
        assert Organ.objects.count() == 2
        assert AuditEntry.objects.get().outcome == "refused"

    @pytest.mark.parametrize(
        ("rows", "wanted"),
        [
            ("OLD,太和县甲局,政府部门,,政府系统,\n", [(2, "机构代码")]),
            ("old,太和县甲局,政府部门,,政府系统,\n", [(2, "机构代码")]),
            ("A/B,太和县甲局,政府部门,,政府系统,\n", [(2, "机构代码")]),
            ("A1,,政府部门,,政府系统,\n", [(2, "机构全称")]),
            (f"A1,{'长' * 121},政府部门,,政府系统,\n", [(2, "机构全称")]),
            ("A1,太和县甲局,城堡,,政府系统,\n", [(2, "机构类别")]),
            ("A1,太和县甲局,gov_dept,,government,2026-02-30\n", [(2, "起用日期")]),
            ("A1,太和县甲局,政府部门,,,\n", [(2, "所属系统")]),
            ("A1,太和县甲局,政府部门,GONE,政府系统,\n", [(2, "上级机构代码")]),
            ("A1,=1+1,政府部门,,政府系统,\n", [(2, "机构全称")]),
            ("A1,甲,政府部门,A2,政府系统,\nA2,乙,政府部门,A1,政府系统,\n", [(2, "上级机构代码"), (3, "上级机构代码")]),
            ("A1,甲,政府部门,A1,政府系统,\n", [(2, "上级机构代码")]),
        ],
    )
    def test_each_fault_names_row_and_column(self, rows, wanted) -> None:
        OrganFactory(code="OLD")
        OrganFactory(code="GONE", status="abolished", valid_to=days(-1))
        assert faults(check_organs(organs(HEAD + rows))) == wanted

    def test_children_before_parents_and_an_inherited_system(self) -> None:
        OrganFactory(code="TOP", system="party")
        text = HEAD + "A2,下级,内设机构,A1,,\nA1,上级,党委部门,TOP,,\n"
        actions.import_organs(SYSTEM, organs(text))
        assert Organ.objects.get(code="A2").path == "TOP/A1/A2/"
        assert Organ.objects.get(code="A2").system == "party"

    def test_a_keeper_imports_only_below_their_own(self) -> None:
        own, other = OrganFactory(code="OWN"), OrganFactory(code="OTHER")
        keeper = acting(OfficerFactory(appointed=True, organ=own, permissions=["people.import"]))
        actions.import_organs(keeper, organs(HEAD + "A1,甲,内设机构,OWN,,\nA2,乙,内设机构,A1,,\n"))
        for parent in (other.code, ""):
            with pytest.raises(ImportRefused) as refused:
                actions.import_organs(keeper, organs(HEAD + f"A3,丙,内设机构,{parent},政府系统,\n"))
            assert faults(refused.value.report) == [(2, "上级机构代码")]
        with pytest.raises(NotAllowed):
            actions.import_organs(acting(AdminFactory(duty="security")), organs(HEAD + "A4,丁,内设机构,OWN,,\n"))

    def test_checking_asks_one_query_for_any_number_of_rows(self, django_assert_num_queries) -> None:
        OrganFactory(code="TOP")
        table = organs(HEAD + "".join(f"N{n},局{n},政府部门,TOP,,\n" for n in range(400)))
        with django_assert_num_queries(1):
            assert check_organs(table).ok


@pytest.mark.django_db
class TestOfficers:
    @pytest.fixture(autouse=True)
    def posts(self, vault_keys):
        organ = OrganFactory(code="JA")
        PostFactory(organ=organ, title="局长", max_holders=1)
        PostFactory(organ=organ, title="科员", max_holders=3)
        return organ

    def test_people_with_several_posts(self) -> None:
        text = "yan.yi,演一,JA,局长,是,19900000001,2026-01-01,\nyan.yi,演一,JA,科员,否,,2026-01-01,2026-12-31\n"
        actions.import_officers(SYSTEM, officers(text))
        person = Officer.objects.get()
        assert (person.name, person.phone.masked(), person.must_change_password) == ("演一", "199******01", True)
        assert not person.has_usable_password()
        assert person.appointments.count() == 2
        assert person.appointments.get(is_main=True).post.title == "局长"

    @pytest.mark.parametrize(
        ("rows", "wanted"),
        [
            ("used.name,演一,JA,科员,1,,,\n", [(2, "登录名")]),
            ("9a,演一,JA,科员,1,,,\n", [(2, "登录名")]),
            ("yan.yi,,JA,科员,1,,,\n", [(2, "姓名")]),
            ("yan.yi,演一,NO,科员,1,,,\n", [(2, "机构代码")]),
            ("yan.yi,演一,JA,国王,1,,,\n", [(2, "岗位")]),
            ("yan.yi,演一,JA,科员,也许,,,\n", [(2, "主岗")]),
            ("yan.yi,演一,JA,科员,1,电话,,\n", [(2, "手机号")]),
            ("yan.yi,演一,JA,科员,1,,2026-02-01,2026-01-01\n", [(2, "任职截止")]),
            ("yan.yi,演一,JA,科员,1,,2020-01-01,\n", [(2, "任职起始")]),
            ("yan.yi,演一,JA,科员,1,,,\nyan.yi,演二,JA,局长,0,,,\n", [(3, "姓名")]),
            ("yan.yi,演一,JA,科员,1,,,\nyan.yi,演一,JA,科员,0,,,\n", [(3, "岗位")]),
            ("yan.yi,演一,JA,科员,1,,,\nyan.yi,演一,JA,局长,1,,,\n", [(3, "主岗")]),
            ("yan.yi,演一,JA,局长,1,,,\nyan.er,演二,JA,局长,1,,,\n", [(3, "岗位")]),
        ],
    )
    def test_each_fault_names_row_and_column(self, rows, wanted) -> None:
        OfficerFactory(sign_in_name="used.name")
        assert faults(check_officers(officers(rows))) == wanted
        with pytest.raises(ImportRefused):
            actions.import_officers(SYSTEM, officers(rows))
        assert Officer.objects.count() == 1

    def test_those_who_hold_a_post_count(self, posts) -> None:
        AppointmentFactory(post=posts.posts.get(title="局长"), valid_to=date(2026, 6, 30))
        assert faults(check_officers(officers("yan.yi,演一,JA,局长,1,,2026-06-30,\n"))) == [(2, "岗位")]
        assert check_officers(officers("yan.yi,演一,JA,局长,1,,2026-07-01,\n")).ok

    def test_a_keeper_imports_only_their_own_people(self, posts) -> None:
        PostFactory(organ=OrganFactory(code="JB"), title="科员")
        keeper = acting(OfficerFactory(appointed=True, organ=posts, permissions=["people.import"]))
        with pytest.raises(ImportRefused) as refused:
            actions.import_officers(keeper, officers("yan.yi,演一,JB,科员,1,,,\n"))
        assert faults(refused.value.report) == [(2, "机构代码")]

    def test_checking_asks_four_queries_for_any_number_of_rows(self, posts, django_assert_num_queries) -> None:
        PostFactory(organ=posts, title="观众", max_holders=500)
        table = officers("".join(f"yan.{n},演{n},JA,观众,1,,,\n" for n in range(300)))
        with django_assert_num_queries(4):
            assert check_officers(table).ok
