"""Forms of writing: beginning a draft, the fields of 发文稿纸 beside the text, and the small ones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.inner.workflow.models import Urgency

from .models import Document
from .models.document import Audience, Genre, Publicity

GENRES = [(one, one) for one in Genre.values]


class BeginForm(SafeFormMixin, forms.Form):
    """拟稿: in which series, as which genre."""

    form_name = "documents.begin"
    form_title = "拟稿"
    begin = forms.ChoiceField(label="发文代字", widget=forms.RadioSelect)
    genre = forms.ChoiceField(label="文种", choices=GENRES, initial=Genre.NOTICE, widget=forms.RadioSelect)

    def __init__(self, *args: Any, beginnings: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["begin"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  a field of ours
        field.choices = beginnings
        if beginnings:
            field.initial = beginnings[0][0]


class EditForm(SafeFormMixin, forms.Form):
    """The fields beside the text.  Nothing is required while one writes: what is missing the checks say."""

    form_name = "documents.edit"
    form_title = "起草公文"
    title = forms.CharField(
        label="标题",
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="发文机关名称＋事由＋文种；在“的、和、于”等词后自动断行",
    )
    genre = forms.ChoiceField(label="文种", required=False, choices=GENRES)
    urgency = forms.ChoiceField(label="缓急", required=False, choices=Urgency.choices)
    publicity = forms.ChoiceField(label="公开属性", required=False, choices=Publicity.choices)
    publicity_reason = forms.CharField(
        label="不公开理由", required=False, max_length=200, help_text="“依申请公开”“不予公开”时填写"
    )
    audience = forms.ChoiceField(label="知悉范围", required=False, choices=Audience.choices)
    important = forms.BooleanField(label="重要公文（由主要负责人签发）", required=False)
    basis = forms.CharField(label="行文依据", required=False, max_length=300)
    phone = forms.CharField(label="联系电话", required=False, max_length=40)
    signature = forms.CharField(label="署名", required=False, max_length=120)
    note = forms.CharField(label="附注", required=False, max_length=300, help_text="如：此件公开发布（不必加括号）")
    listed = forms.CharField(
        label="附件说明",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="一行一个附件名称；留空时按下方附件的标题生成",
    )
    in_colophon = forms.BooleanField(label="主送机关移至版记（首页放不下时）", required=False)
    version_note = forms.CharField(label="稿次说明", required=False, max_length=200)

    def __init__(self, *args: Any, genres: list[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["genre"]
        if genres and isinstance(field, forms.ChoiceField):
            field.choices = [(one, one) for one in genres]


class TakeOverForm(SafeFormMixin, forms.Form):
    """接管."""

    form_name = "documents.take_over"
    form_title = "接管编辑"
    reason = forms.CharField(
        label="接管理由",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不少于4个字，写入稿次记录，对方下次保存时会看到",
    )


class WordForm(SafeFormMixin, forms.Form):
    """导入 Word."""

    form_name = "documents.word"
    form_title = "导入Word文稿"
    file = forms.FileField(
        label="Word文稿", widget=forms.FileInput(attrs={"accept": ".docx"}), help_text="WPS、Word 的 .docx 文件"
    )
    changes = forms.ChoiceField(
        label="修订痕迹",
        choices=[("accept", "全部接受：按修订后的文字导入"), ("show", "显示：删去的文字另行列出，便于核对")],
        initial="accept",
        widget=forms.RadioSelect,
    )


class ButtonForm(SafeFormMixin, forms.Form):
    """A button alone."""

    form_name = "documents.button"
    form_title = "公文稿次"


def edit_form(request: HttpRequest, document: Document, initial: dict[str, Any], *, posted: bool) -> EditForm:
    """The form of the editor page, bound to what was sent or filled from what is stored."""
    data = request.POST if posted else None
    return EditForm(data, request=request, row=document, initial=initial, genres=document.series.genres)
