"""Invented people, papers and figures for the gallery of parts.  Nothing here is real or looks official."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from taihe.ground import clock

from . import nav
from .context import Bell, Link, Person, Post, Shell
from .parts import Attached, Branch, Confirm, Detail, Opinion, Record, Report, ReportRow, ReportTotal, Step, Tab, Tile

MENU = (
    ("个人办公", (("待办事项", "inbox", 42), ("已办事项", "clipboard-check", 0), ("传阅件", "eye", 6),
               ("催办提醒", "bell-ringing", 0), ("我的收藏", "star", 0))),
    ("公文管理", (("发文拟稿", "file-plus", 0), ("收文登记", "file-import", 0), ("公文查询", "file-search", 0),
               ("归档管理", "archive", 0))),
    ("会议与协同", (("会议管理", "calendar-event", 1), ("信息简报", "news", 0), ("督查督办", "flag", 3))),
    ("政务服务", (("联合审批", "certificate", 3), ("效能监督", "chart-bar", 0))),
    ("综合管理", (("通讯录", "users", 0), ("机构人员", "sitemap", 0), ("审计日志", "history", 0))),
)  # fmt: skip
CHANNELS = ("首页", "政务动态", "政府信息公开", "办事服务", "互动交流", "政策解读", "走进太和", "专题专栏")


class SampleShell(Shell):
    """A frame whose person, menu and bell are samples."""

    def __init__(self, request: HttpRequest, zone: str) -> None:
        super().__init__(request)
        self.zone = zone
        office = zone == nav.INNER
        self.__dict__["search_url"] = request.path
        self.__dict__["bell"] = Bell(8, request.path) if office else None
        self.__dict__["person"] = self._person() if office else None
        self.__dict__["help"] = ""

    @staticmethod
    def _person() -> Person:
        posts = (
            Post("1", "秘书股股长", "县政府办公室", current=True),
            Post("2", "联络员", "数字政府建设领导小组办公室"),
            Post("3", "副主任", "县政府办公室", on_behalf_of="方远（演示）"),
        )
        links = (Link("我的账户", "#gv-main", "user-circle"), Link("登录记录", "#gv-main", "history"))
        return Person("陈岚", posts, "#gv-main", "#gv-main", links)

    def menu(self, active: str = "") -> list[tuple[str, list[nav.NavEntry]]]:
        """Sample entries, all leading back to the gallery."""
        if self.zone == nav.OUTER:
            entries = ((title, "home", 0) for title in CHANNELS)
            return [("", [self._entry(title, icon, count, "首页") for title, icon, count in entries])]
        return [(group, [self._entry(*entry, active or "待办事项") for entry in entries]) for group, entries in MENU]

    def _entry(self, title: str, icon: str, count: int, active: str) -> nav.NavEntry:
        item = nav.NavItem(self.zone, "", title, title, icon, "")
        return nav.NavEntry(item, self.request.path, count, title == active)


def _ago(hours: float) -> datetime:
    return clock.now() - timedelta(hours=hours)


# Urgency, title, number, kind, node, organ, hours to the limit.
TITLES = """
特急|关于做好强降雨防范应对工作的紧急通知|演〔2026〕119号|发文|审核|县应急管理局|-30
加急|关于报送第四季度重点工作完成情况的函|演〔2026〕118号|收文|拟办|市政府办公室|3
平件|县住房和城乡建设局关于征求《城镇老旧小区改造实施细则（征求意见稿）》意见的函|演建函〔2026〕41号|收文|承办|县住房和城乡建设局|26
加急|关于开展岁末年初安全生产大检查的通知|演〔2026〕117号|发文|会签|县应急管理局|50
平件|关于召开全县秋冬季农业生产现场会的通知|演〔2026〕116号|发文|会签|县农业农村局|
特急|关于拨付乡村道路水毁修复资金的请示|演财请〔2026〕9号|收文|批办|县财政局|98
平件|关于调整数字政府建设领导小组组成人员的通知|演〔2026〕115号|发文|签发|县政府办公室|122
平件|城关镇关于集镇排水管网改造立项的请示|演城请〔2026〕22号|收文|承办|城关镇人民政府|170
加急|关于做好政务数据共享目录更新工作的通知|演数〔2026〕8号|收文|传阅|县数据资源局|-6
平件|关于桑营镇中心小学校车线路调整的函|演教函〔2026〕17号|收文|拟办|县教育局|240
平件|关于印发《县级领导包联重点项目工作制度》的通知|演〔2026〕114号|发文|核稿|县发展和改革委员会|196
平件|关于开展第三季度政府网站普查整改的通报|演〔2026〕113号|发文|复核|县政府办公室|
加急|关于核实群众反映旧县镇供水不稳问题的批示件|演批〔2026〕33号|收文|承办|县水利局|8
平件|关于组织收看全省营商环境电视电话会议的通知|演〔2026〕112号|收文|传阅|市政府办公室|60
平件|关于做好冬春季农田水利建设工作的意见|演〔2026〕111号|发文|签发|县水利局|300
""".split("\n")[1:-1]


def worklist() -> list[dict[str, Any]]:
    """Forty-two rows of a work list."""
    rows = []
    for number in range(42):
        urgency, title, document, kind, node, organ, due = TITLES[number % len(TITLES)].split("|")
        rows.append({
            "pk": number, "urgency": urgency, "title": f"{title}（演示）", "number": document, "kind": kind,
            "node": node, "organ": organ, "arrived_at": _ago(1 + number * 2.7), "unread": number % 3 == 0,
            "due_at": clock.now() + timedelta(hours=int(due) + number // len(TITLES) * 24) if due else None,
        })  # fmt: skip
    return rows


def tabs(path: str) -> list[Tab]:
    """Tabs of the work list."""
    named = (("全部", 42), ("发文", 18), ("收文", 17), ("联合审批", 4), ("督办", 3))
    return [Tab(title, f"{path}?tab={number}", count, number == 0) for number, (title, count) in enumerate(named)]


def steps() -> list[Step]:
    """The path of an outgoing document."""
    names = ("起草", "核稿", "会签", "审核", "签发", "复核", "登记编号", "用印", "分发")
    states = ["done"] * 3 + ["current"] + ["todo"] * 5
    notes = ("陈岚", "方远", "3 个单位", "办理中", "", "", "", "", "")
    return [Step(*one) for one in zip(names, states, notes, strict=True)]  # type: ignore[arg-type]


def countersigns() -> list[Opinion]:
    """Opinions of three organs."""
    return [
        Opinion("同意。建议将乡镇值班电话一并列入附件。", "马骁", "县应急管理局副局长", _ago(20)),
        Opinion("同意。", "苏禾", "县水利局局长", _ago(9)),
        Opinion("原则同意，第三部分第 2 条请补充经费渠道。", "梁珊", "县财政局副局长", _ago(3), "罗川"),
    ]


def records() -> list[Record]:
    """What was done so far, newest first."""
    return [
        Record(_ago(2), "林谦", "退回修改", "县政府办公室", "附件 2 的联系方式与正文不一致。", "warn"),
        Record(_ago(3), "梁珊", "会签", "县财政局", "原则同意，第三部分第 2 条请补充经费渠道。"),
        Record(_ago(9), "苏禾", "会签", "县水利局", "同意。", "ok"),
        Record(_ago(20), "马骁", "会签", "县应急管理局", "同意。建议将乡镇值班电话一并列入附件。"),
        Record(_ago(26), "方远", "核稿", "县政府办公室", "拟同意，请会签。"),
        Record(_ago(40), "陈岚", "起草并提交", "县政府办公室", "", "plain"),
    ]


def files(path: str) -> list[Attached]:
    """Text, redline and annexes."""
    return [
        Attached("正文（清稿）.ofd", path, 186_420),
        Attached("正文（花脸稿）.docx", path, 48_211),
        Attached("附件1 值班安排表（演示）.xlsx", path, 21_900, "待扫描", path),
        Attached("附件2 现场照片（演示）.zip", path, 8_421_900, "", path),
    ]


def report(path: str) -> Report:
    """An import with two bad rows, of which nothing was stored."""
    totals = (
        ReportTotal("读取", 72), ReportTotal("新增", 61, "ok"), ReportTotal("更新", 9, "info"),
        ReportTotal("有问题", 2, "danger"),
    )  # fmt: skip
    rows = (
        ReportRow(14, "县粮食和物资储备中心", "上级机构代码 D-999 不存在", "请先导入上级机构，或改正代码"),
        ReportRow(37, "双浮镇人民政府", "与第 36 行机构代码重复", "请删除其中一行"),
    )
    return Report("有 2 行不能导入，本次没有写入任何数据。", False, totals, rows, path)


def details() -> list[Detail]:
    """Facts of an organ."""
    return [
        Detail("机构名称", "县政府办公室（演示）"), Detail("机构代码", "DEMO-001"), Detail("机构类别", "政府工作部门"),
        Detail("设立日期", clock.today()), Detail("上级机构", "太和县人民政府（演示）"), Detail("负责人", None),
        Detail("主要职责", "负责县政府会议的准备和组织工作，组织会议决定事项的实施。（演示文字）", True),
    ]  # fmt: skip


def confirm(path: str) -> Confirm:
    """A question about withdrawing a document."""
    return Confirm(
        title="撤回公文",
        question="确认撤回《关于做好强降雨防范应对工作的紧急通知（演示）》？",
        consequence="撤回后，尚未签收的 3 个单位将不再看到这份公文；已签收的单位会收到撤回通知，原件保留在系统中。",
        button="确认撤回",
        cancel_url=path,
        details=[Detail("文号", "演〔2026〕119号"), Detail("已签收", "28 个单位"), Detail("未签收", "3 个单位")],
        danger=True,
    )


def page(request: HttpRequest) -> Page[Any]:
    """A middle page of many."""
    return Paginator(range(260), 20).page(max(1, min(13, int(request.GET.get("p", "5") or 5))))


def tiles(here: str) -> list[Tile]:
    """Ways in."""
    return [
        Tile("待办事项", here, "inbox", "当前岗位需要办理的公文和事项。", 42),
        Tile("通讯录", here, "phone", "按姓名、拼音、单位查找同事。"),
        Tile("机构", here, "sitemap", "全县机构树、岗位和沿革。"),
    ]


def branches(here: str) -> list[Branch]:
    """A small hierarchy."""
    stations = [
        Branch("财政所", here, "2 人", "站所", hit=True),
        Branch("司法所", here, "3 人", "派出机构"),
    ]
    town = Branch("城关镇（演示）", here, "3 个机构 · 14 人", "乡镇", below=stations)
    return [Branch("县政府（演示）", here, "4 个机构 · 16 人", "政府", open=True, below=[town])]
