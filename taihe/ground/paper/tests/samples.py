"""Papers to test with: invented, marked 演示."""

from __future__ import annotations

from typing import Any

from taihe.ground.paper import Appendix, Paper, Paragraph, Run, Table


def para(text: str = "", level: int = 0, heading: str = "") -> Paragraph:
    return Paragraph(level=level, heading=heading, runs=(Run(text=text),) if text else ())


TEXT = "为进一步提升全县政务服务效能，根据上级有关要求，结合我县实际，现将有关事项通知如下。"


def body(parts: int) -> tuple[Paragraph, ...]:
    """An opening and `parts` sections of about eight lines each."""
    blocks = [para(TEXT * 2)]
    for mark in "一二三四五六七八九十"[:parts]:
        blocks += [
            para(level=1, heading=f"{mark}、加强组织领导"),
            para(TEXT * 2, level=2, heading="（一）压实工作责任。"),
            para(TEXT, level=3, heading="1.聚焦重点。"),
        ]
    return tuple(blocks)


def paper(parts: int = 5, **other: Any) -> Paper:
    """A notice of the county's government, going down, with two attachments listed and one bound in."""
    given: dict[str, Any] = {
        "mark": ("太和县人民政府文件",),
        "number": "太政演〔2026〕5号",
        "title_lines": ("太和县人民政府关于印发", "《政务服务效能提升行动方案》的通知"),
        "addressees": "各乡镇人民政府，县政府各部门、各直属机构",
        "blocks": body(parts),
        "attachments": ("任务分工表", "流程示意图"),
        "organs": ("太和县人民政府",),
        "date": "2026年11月22日",
        "note": "此件公开发布",
        "appendices": (Appendix(title="任务分工表", blocks=(Table(rows=(("序号", "任务"), ("1", "优化窗口服务"))),)),),
        "copies": "县委各部门，县人大常委会办公室，县政协办公室",
        "printed_by": "太和县人民政府办公室",
        "printed_on": "2026年11月22日印发",
        "copy_number": "000001",
        "urgency": "加急",
        "watermark": "演示",
    }
    return Paper(**(given | other))
