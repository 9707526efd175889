"""Forms of the work pages: filters, an opinion, and whom a matter goes to next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.http import QueryDict

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.inner.people.forms.fields import reason

from .models import Urgency
from .picker import FIND, SignersField

PHRASE = "phrase"
CONFIRMED = "confirmed"
LONGEST_OPINION = 2000
DUE = (("", "不限期限"), ("over", "已超期"), ("today", "今日到期"), ("soon", "三日内到期"))
STATUSES = (
    ("", "全部状态"),
    ("running", "办理中"),
    ("suspended", "已暂停"),
    ("finished", "已办结"),
    ("cancelled", "已撤销"),
)
COMMON = ("同意。", "拟同意，请审定。", "已阅。", "请按规定办理。", "请补充完善后再报。")


class ListFilter(forms.Form):
    """What a list of work is searched by; all of it stands in the address."""

    q = forms.CharField(
        label="标题", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "标题、文号或编号", "data-wf-key": "/"}),
    )  # fmt: skip
    module = forms.ChoiceField(label="类型", required=False)
    urgency = forms.ChoiceField(label="缓急", required=False, choices=[("", "全部缓急"), *Urgency.choices[::-1]])
    due = forms.ChoiceField(label="到期", required=False, choices=DUE)
    status = forms.ChoiceField(label="状态", required=False, choices=STATUSES)

    def __init__(self, *args: Any, modules: Sequence[tuple[str, str]] = (), only: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["module"].choices = [("", "全部类型"), *modules]  # type: ignore[attr-defined]
        for name in set(self.fields) - set(only):
            del self.fields[name]

    def asked(self, name: str) -> str:
        """One condition; empty for what was not asked or makes no sense."""
        if not self.is_bound:
            return ""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class Unsent(forms.Form):
    """A form with side buttons (查找, a common phrase) that only bring the page back as it was."""

    side_buttons = (FIND, PHRASE)

    @property
    def aside(self) -> bool:
        """Whether a side button sent it."""
        return self.is_bound and any(name in self.data for name in self.side_buttons)

    def full_clean(self) -> None:
        """Nothing is found fault with while one is still choosing."""
        if not self.aside:
            super().full_clean()
            return
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}

    def is_valid(self) -> bool:
        """Never, when a side button sent it."""
        return not self.aside and super().is_valid()

    def put_phrase(self) -> None:
        """Without scripts a common phrase arrives as a button's value: append it to what was typed."""
        if isinstance(self.data, QueryDict) and PHRASE in self.data:
            data = self.data.copy()
            data["opinion"] = (str(data.get("opinion", "")) + str(data[PHRASE]))[:LONGEST_OPINION]
            self.data = data


class WorkForm(Unsent, SafeFormMixin, forms.Form):
    """What every form of the work pages is made of."""


def opinion_box(label: str = "办理意见", rows: int = 3) -> forms.CharField:
    """An opinion; empty is allowed here, the node says when it is not."""
    box = forms.Textarea(attrs={"rows": rows, "data-wf-key": "i"})
    return forms.CharField(label=label, required=False, max_length=LONGEST_OPINION, widget=box)


class DecideForm(WorkForm):
    """Outcome and opinion on one item; the fields of the node's own form are added by `decide_form`."""

    form_name = "workflow.decide"
    form_title = "办理意见"
    extra: tuple[str, ...] = ()
    opinion = opinion_box()

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], wordy: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.wordy = dict(offered), frozenset(wordy)

    @property
    def outcome(self) -> str:
        """The outcome whose button was pressed; empty for none of those offered."""
        asked = str(self.data.get("outcome", "")) if self.is_bound else ""
        return asked if asked in self.offered else ""

    def clean(self) -> dict[str, Any]:
        """An outcome that is offered, and words where it needs them."""
        cleaned = super().clean() or self.cleaned_data
        if not self.outcome:
            raise ValidationError("请选择办理结论。")
        if self.outcome in self.wordy and not cleaned.get("opinion", "").strip():
            self.add_error("opinion", f"结论为“{self.offered[self.outcome]}”的，请写明意见。")
        return cleaned

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        fields = {name: self.cleaned_data.get(name) for name in self.extra}
        return {"outcome": self.outcome, "opinion": self.cleaned_data["opinion"].strip(), "fields": fields or None}


def decide_form(extra: type[forms.Form] | None) -> type[DecideForm]:
    """The form of one node: ours, with the fields of the matter's own form for it."""
    if extra is None:
        return DecideForm
    names = tuple(extra.base_fields)
    return type("NodeDecideForm", (DecideForm, extra), {"extra": names})


class AddForm(WorkForm):
    """加签."""

    form_title = "加签"
    signers = SignersField("加签人员")
    where = forms.ChoiceField(
        label="加签方式",
        choices=[
            ("before", "前加签：他们先办，办完再由我办理"),
            ("after", "后加签：我办完后由他们办理"),
            ("with", "并加签：与我同时办理"),
        ],
        initial="before",
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = reason("加签说明", required=False, help_text="写给被加签人，可以不填。")


class SignerForm(WorkForm):
    """转办 and 改派: one other, and why."""

    form_title = "转办"
    signer = SignersField("承办人员", many=False)
    reason = reason("说明", help_text="写明原因，随流转记录保存。")

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return {"signer": self.cleaned_data["signer"][0], "reason": self.cleaned_data["reason"]}


class ReasonForm(WorkForm):
    """An act that must be explained."""

    form_title = "流程办理"
    reason = reason("原因", help_text="随流转记录保存。")


class NoteForm(WorkForm):
    """An act that may be explained."""

    form_title = "流程办理"
    note = reason("说明", required=False, help_text="可以不填。")


class EmptyForm(WorkForm):
    """A plain yes."""

    form_title = "流程办理"


class BackForm(WorkForm):
    """退回: where to, to whom, and how it comes back."""

    form_title = "退回"
    target = forms.ChoiceField(label="退回到", widget=forms.RadioSelect)
    resume = forms.ChoiceField(
        label="改后",
        choices=[
            ("direct", "改后直送我：对方改好后直接送回本环节"),
            ("again", "重走流程：对方改好后按流程重新逐环节办理"),
        ],
        initial="direct",
        widget=forms.RadioSelect,
    )  # fmt: skip
    reason = reason("退回原因", help_text="请写明需要修改的内容，随流转记录保存。")

    def __init__(self, *args: Any, targets: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = targets  # type: ignore[attr-defined]
        if targets and not self.is_bound:
            self.initial.setdefault("target", targets[-1][0])


class CirculateForm(WorkForm):
    """传阅."""

    form_title = "传阅"
    signers = SignersField("传阅给")
    serial = forms.ChoiceField(
        label="传阅方式",
        choices=[("", "同时传阅"), ("1", "依次传阅：按已选名单的次序，前一人阅后再送下一人")],
        required=False,
        widget=forms.RadioSelect,
    )
    mandatory = forms.BooleanField(
        label="必阅", required=False, help_text="必阅人员未阅读前，您不能提交自己的办理意见。"
    )
    note = reason("传阅说明", required=False, help_text="写给阅读人，可以不填。")

    def clean_serial(self) -> bool:
        """Whether one after another."""
        return bool(self.cleaned_data["serial"])


class RemarkForm(WorkForm):
    """阅知 of a 传阅 copy, with the reader's words if there are any."""

    form_title = "阅知"
    opinion = opinion_box("阅示意见（可以不填）", rows=2)


class RecordForm(WorkForm):
    """秘书代录."""

    form_title = "代录领导意见"
    outcome = forms.ChoiceField(label="结论", widget=forms.RadioSelect)
    opinion = forms.CharField(
        label="意见原文",
        max_length=LONGEST_OPINION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="照原话或原件逐字录入。",
    )
    photo = forms.FileField(
        label="凭证照片",
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,application/pdf"}),
        help_text="批示原件、短信或通话记录的照片，PNG、JPG 或 PDF。请勿上传涉密文件。",
    )
    officer = forms.TypedChoiceField(label="代录对象", coerce=int, required=False, empty_value=None)

    def __init__(
        self, *args: Any, offered: Sequence[tuple[str, str]], holders: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = list(offered)  # type: ignore[attr-defined]
        self.fields["officer"].choices = list(holders)  # type: ignore[attr-defined]
        if len(holders) < 2:
            del self.fields["officer"]


class ConfirmForm(WorkForm):
    """确认代录: was that what I said?"""

    form_title = "确认代录意见"
    agree = forms.TypedChoiceField(
        label="核对结果",
        choices=[("yes", "属实，确认"), ("no", "与本人意见不符，提出异议")],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )
    note = reason("说明", required=False, help_text="提出异议的，请写明本人的真实意见。")

    def clean(self) -> dict[str, Any]:
        """An objection says what is wrong."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("agree") is False and not cleaned.get("note"):
            self.add_error("note", "请写明与本人意见不符之处。")
        return cleaned


class PhraseForm(WorkForm):
    """A common phrase of one's own."""

    form_title = "常用语"
    text = forms.CharField(
        label="常用语", max_length=200, widget=forms.TextInput(attrs={"placeholder": "如：拟同意，请王局长审定。"})
    )


class BatchForm(WorkForm):
    """One decision on many items; which ones is carried along."""

    form_title = "批量办理"
    pick = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)
    opinion = opinion_box("办理意见", rows=2)
    note = reason("催办说明", required=False, help_text="可以不填。")

    def __init__(self, *args: Any, picks: Sequence[str], only: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pick"].choices = [(one, one) for one in picks]  # type: ignore[attr-defined]
        for name in {"opinion", "note"} - set(only):
            del self.fields[name]
