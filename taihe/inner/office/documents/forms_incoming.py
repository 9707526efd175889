"""Forms of 收文: the fields of the flow's steps, a paper that came by post, and the list's filter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.ui.widgets import PickMany, PickOne
from taihe.inner.workflow.models import Urgency, WorkItem
from taihe.inner.workflow.picker import SignersField

from .proposal import faults, read
from .queries import assigning
from .queries.incoming import incoming_of

# 初审 (条例第二十四条第三项).
FAULTS = (
    ("not_ours", "不应由本机关办理"),
    ("rules", "不符合行文规则"),
    ("format", "文种、格式不符合要求"),
    ("consult", "涉及其他地区或者部门职权范围内的事项，没有协商、会签"),
    ("others", "不符合公文起草的其他要求"),
)
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RegisterForm(forms.Form):
    """登记: what the first look found wrong, if anything."""

    faults = forms.MultipleChoiceField(
        label="初审不符合项",
        required=False,
        choices=FAULTS,
        widget=forms.CheckboxSelectMultiple,
        help_text="都符合的不勾选，直接“准予登记”，系统编收文编号；有不符合的勾选后“退文”，并在意见中写明理由。",
    )

    def clean(self) -> dict[str, Any]:
        """What does not pass is not registered."""
        cleaned = super().clean() or self.cleaned_data
        if getattr(self, "outcome", "") == "accept" and cleaned.get("faults"):
            self.add_error("faults", "初审有不符合项的，应当退文并说明理由。")
        return cleaned


class ReadersField(SignersField):
    """Readers from the whole address book, kept as their picker sends them."""

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        """The values, each of somebody in office."""
        super().clean(value)
        return list(dict.fromkeys(value or []))


class ProposeForm(forms.Form):
    """拟办: to whom the paper goes."""

    handling = forms.ChoiceField(
        label="办件类型", choices=[("read", "阅件：阅知即可"), ("handle", "办件：需要办理并有结果")],
        initial="handle", widget=forms.RadioSelect,
    )  # fmt: skip
    leaders = forms.MultipleChoiceField(label="送批领导", required=False, widget=PickMany)
    main = forms.ChoiceField(label="主办单位", required=False, widget=PickOne)
    helpers = forms.MultipleChoiceField(label="协办单位", required=False, widget=PickMany)
    due_on = forms.DateField(label="办理时限", required=False, widget=DAY, help_text="紧急公文必须填写。")
    readers = ReadersField("传阅对象", required=False)
    serial = forms.ChoiceField(
        label="传阅方式", choices=[("", "同时传阅"), ("1", "依次传阅")], required=False, widget=forms.RadioSelect
    )
    mandatory = forms.BooleanField(label="必阅", required=False, help_text="必阅人员全部阅读后才能办结。")

    def fill(self, item: WorkItem) -> None:
        """Leaders, units and the address book of the paper's own organ; what was proposed before stands."""
        self.paper = incoming_of(item.instance)
        organ = assigning.current(self.paper.organ)
        leaders, units = assigning.choices(organ)
        self.fields["leaders"].choices = [  # type: ignore[attr-defined]
            (base.short_name, [(one.value, f"{one.name}（{one.title}）") for one in rows]) for base, rows in leaders
        ]
        self.fields["main"].choices = [("", "不指定"), *units]  # type: ignore[attr-defined]
        self.fields["helpers"].choices = units  # type: ignore[attr-defined]
        self.fields["readers"].widget.organ = organ.code
        if self.paper.proposal and not self.is_bound:
            self.initial = {**self.initial, **self._before()}

    def _before(self) -> dict[str, Any]:
        row = self.paper
        return {
            "handling": row.handling,
            "leaders": [f"{one['post']}-{one['officer']}" for one in row.leaders],
            "main": next((str(one["organ"]) for one in row.handlers if one["main"]), ""),
            "helpers": [str(one["organ"]) for one in row.handlers if not one["main"]],
            "due_on": row.due_on,
        }

    def clean_due_on(self) -> str:
        """The day as it is kept with the step."""
        given: date | None = self.cleaned_data.get("due_on")
        return given.isoformat() if given else ""

    def clean(self) -> dict[str, Any]:
        """R02, R03."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            for name, sentence in faults(self.paper, read(cleaned)):
                self.add_error(name, sentence)
        return cleaned


class CloseForm(forms.Form):
    """办结: what became of it, where no unit has said so."""

    result = forms.CharField(
        label="办理结果",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="承办单位已填写办理情况的可以不填；答复了来文单位的，写明答复情况。",
    )


class PaperForm(SafeFormMixin, forms.Form):
    """纸质来文登记."""

    form_name = "documents.receive_paper"
    form_title = "纸质来文登记"
    source_name = forms.CharField(label="来文机关", max_length=120)
    source_number = forms.CharField(label="来文字号", max_length=80, required=False)
    title = forms.CharField(label="标题", max_length=200)
    genre = forms.ChoiceField(label="文种", required=False)
    urgency = forms.ChoiceField(label="缓急", choices=Urgency.choices, initial=Urgency.NORMAL)
    dated = forms.DateField(label="成文日期", required=False, widget=DAY)
    pages = forms.IntegerField(label="页数", min_value=1, max_value=2000, required=False)
    scan = forms.FileField(
        label="扫描件",
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
        help_text="PDF、PNG 或 JPG。本系统为非涉密系统，涉密来文请走机要渠道，不得扫描上传。",
    )

    def __init__(self, *args: Any, genres: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["genre"].choices = [("", "未注明"), *genres]  # type: ignore[attr-defined]


class IncomingFilter(forms.Form):
    """What the list is searched by; all of it stands in the address."""

    q = forms.CharField(
        label="标题或字号", required=False, max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "标题、来文字号或收文编号"}),
    )  # fmt: skip
    source = forms.CharField(label="来文机关", required=False, max_length=60)
    since = forms.DateField(label="签收起", required=False, widget=DAY)
    until = forms.DateField(label="签收止", required=False, widget=DAY)
    of = forms.ChoiceField(label="收文单位", required=False, choices=[("", "本单位"), ("all", "全部可查看的单位")])

    def asked(self, name: str) -> Any:
        """One condition; None for what was not asked or makes no sense."""
        if not self.is_bound:
            return None
        self.is_valid()
        return self.cleaned_data.get(name) or None
