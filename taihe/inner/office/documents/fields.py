"""What is filled in beside the text of a document (the upper part of 发文稿纸), as it comes from the editor."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from taihe.ground.errors import BadInput

TITLES = {
    "genre": "文种",
    "urgency": "缓急",
    "publicity": "公开属性",
    "publicity_reason": "不公开理由",
    "audience": "知悉范围",
    "basis": "行文依据",
    "phone": "联系电话",
    "important": "重要公文",
    "reasons": "检查说明",
    "cosigners": "会签单位",
    "addressees": "主送、抄送",
    "text": "主送、抄送的名称",
    "title": "标题",
    "rows": "表格",
    "caption": "图片说明",
    "width_mm": "图片宽度",
    "note": "附注",
    "signature": "署名",
    "attachments": "附件",
    "blocks": "正文",
}
PLAIN = ("urgency", "publicity", "publicity_reason", "audience", "basis", "phone", "important", "genre")


class Line(BaseModel):
    """One 主送 or 抄送: the words as printed, and the group or the organ they stand for."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    role: Literal["main", "cc"]
    text: str = Field(min_length=1, max_length=120)
    group: str = Field(default="", max_length=40)
    organ: int | None = None


class Fields(BaseModel):
    """The fields; what is None stays as it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    genre: str | None = None
    urgency: Literal["normal", "urgent", "critical"] | None = None
    publicity: Literal["open", "on_request", "closed"] | None = None
    publicity_reason: str | None = Field(default=None, max_length=200)
    audience: Literal["public", "internal", "named"] | None = None
    basis: str | None = Field(default=None, max_length=300)
    phone: str | None = Field(default=None, max_length=40)
    important: bool | None = None
    reasons: dict[Annotated[str, Field(max_length=8)], Annotated[str, Field(max_length=300)]] | None = None
    cosigners: Annotated[tuple[int, ...], Field(max_length=60)] | None = None
    addressees: Annotated[tuple[Line, ...], Field(max_length=400)] | None = None

    def texts(self, role: str) -> tuple[str, ...]:
        """The names as printed, of one role."""
        return tuple(one.text for one in self.addressees or () if one.role == role)


def fields_of(raw: Fields | dict[str, Any] | None) -> Fields:
    """The fields from plain data.  Raises BadInput naming the first that is wrong."""
    if isinstance(raw, Fields):
        return raw
    try:
        return Fields.model_validate(raw or {})
    except ValidationError as bad:
        raise BadInput(what=first_fault(bad)) from bad


def first_fault(bad: ValidationError) -> str:
    """The first fault of data from the editor as a Chinese sentence."""
    fault = bad.errors()[0]
    named = next((TITLES[part] for part in reversed(fault["loc"]) if isinstance(part, str) and part in TITLES), "内容")
    context = fault.get("ctx", {})
    if fault["type"] in ("string_too_long", "too_long"):
        return f"{named}太长，最多 {context.get('max_length', '')} 个字（项）。"
    if fault["type"] in ("string_too_short", "missing"):
        return f"{named}没有填写。"
    if fault["type"] in ("greater_than_equal", "less_than_equal"):
        return f"{named}超出允许的范围（{context.get('ge', '')}{context.get('le', '')}）。"
    return f"{named}的值不合规定。"
