"""A county notice of four pages, invented (演示): headings, a table, the plan it issues, one attachment."""

from __future__ import annotations

from taihe.inner.office.documents.content import Attachment, Content, PictureBlock, TableBlock, TextBlock

OPENING = (
    "《太和县数字化办公试点实施方案（演示）》已经县政府同意，现印发给你们，请认真组织实施。"
    "本通知所列单位、数字和日期均为演示，不具有任何效力。\n"
    "一、重点任务\n"
    "（一）规范公文起草。行文依据、主送范围和公开属性在起草时一并确定，涉及其他部门职责的，应当事先协商一致。\n"
    "（二）按时签收办理。各单位文书应当在收到公文当日签收，按照以下要求办理：\n"
    "1.阅知性公文，由办公室提出分送范围后传阅；\n"
    "2.批办性公文，由办公室提出拟办意见，报负责人批示后交有关股室承办。\n"
    "二、进度安排\n"
    "试点分三个阶段进行，各阶段参加单位和完成时间见下表。"
)
STAGES = (
    ("阶段", "参加单位", "主要内容", "完成时间"),
    ("准备", "县政府办公室", "整理基础信息", "2026年7月"),
    ("试行", "城关镇、县财政局", "纸质与线上并行", "2026年9月"),
    ("推开", "其他各单位", "以线上办理为主", "2026年12月"),
)
CLOSING = (
    "三、工作要求\n"
    "（一）明确责任。各单位确定一名分管负责人和一名联络员，名单于2026年7月15日前报县政府办公室。\n"
    "（二）守住底线。线上系统为非涉密系统，不得录入、上传、传输国家秘密；个人信息只在办理需要的范围内使用。"
)
PLAN = (
    "为稳妥推进全县公文线上办理，制定本方案。\n"
    "一、工作目标\n"
    "到2026年年底，县政府各部门和各乡镇公文线上签收率达到100%，平均签收时间不超过4小时，公文退回率低于3%。\n"
    "二、组织实施\n"
    "（一）县政府办公室负责统筹协调、制度制定和督促落实，每季度通报一次进展情况，不对单位和个人进行排名。\n"
    "（二）县数据资源管理局负责系统运行、用户支持和安全保障，设立咨询电话，工作日8时至18时有人值守。\n"
    "（三）各乡镇人民政府负责本乡镇及所属站所的组织实施。\n"
    "三、实施步骤\n"
    "（一）整理基础信息\n"
    "1.核对机构名称、岗位设置和人员任职，确保与机构编制管理部门的登记一致。\n"
    "2.核对发文代字，按照一个机关一套代字的原则登记启用。\n"
    "（二）开展操作培训\n"
    "培训以单位文书和负责人为主，时间不超过1天。\n"
    "（三）组织双轨运行\n"
    "双轨运行期间，以纸质公文为准；差错率连续1个月低于1%的单位，经县政府办公室同意后转入线上办理。"
)
DIAGRAM = "diagram"
"""Key of the picture in NOTICE; `kit.with_picture` puts a file's key in its place."""
NOTICE = Content(
    title="太和县人民政府办公室关于印发《太和县数字化办公试点实施方案（演示）》的通知",
    addressees=("各乡镇人民政府", "县经济开发区管委会", "县政府各部门、各直属机构"),
    blocks=(TextBlock(text=OPENING), TableBlock(rows=STAGES), TextBlock(text=CLOSING)),
    signature="太和县人民政府办公室",
    note="此件公开发布",
    copies=(
        "县委各部门", "县人大常委会办公室", "县政协办公室", "县纪委监委", "县人武部", "县法院", "县检察院",
        "各人民团体", "市驻太和各单位", "县直各事业单位", "县委直属事业单位",
    ),
    issued=Attachment(title="太和县数字化办公试点实施方案（演示）", blocks=(TextBlock(text=PLAN),)),
    attachments=(
        Attachment(
            title="公文线上办理流程图（演示）",
            blocks=(
                TextBlock(text="公文自起草至归档的各个环节如下图所示，虚线为退回修改的去向。"),
                PictureBlock(key=DIAGRAM, caption="图1　公文线上办理流程（演示）", width_mm=120),
            ),
        ),
    ),
)  # fmt: skip
TEXT = Content(
    title="太和县人民政府办公室关于做好防汛值守工作的通知",
    addressees=("各乡镇人民政府",),
    blocks=(TextBlock(text="现将做好防汛值守工作的有关事项通知如下（演示）。\n一、落实责任。\n二、加强值守。"),),
    signature="太和县人民政府办公室",
)
"""A short text that every check lets pass."""
