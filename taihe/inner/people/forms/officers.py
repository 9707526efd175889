"""Forms of people: opening a number, registering, correcting, leaving, appointing."""

from __future__ import annotations

from typing import Any

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin

from ..models import Officer, Post
from ..purposes import ACCOUNT, CONTACT
from ..queries import pages
from . import fields


class PhoneForm(SafeFormMixin, forms.Form):
    """Why a number is to be seen."""

    form_title = "查看手机号"
    purpose = forms.ChoiceField(label="查看目的", widget=forms.RadioSelect)
    note = forms.CharField(label="说明", required=False, max_length=100, help_text="可填写联系事由，随查看记录保存。")

    def __init__(self, *args: Any, oneself: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(ACCOUNT, "核对本人资料")] if oneself else []
        self.fields["purpose"].choices = [*own, (CONTACT, "工作联系")]  # type: ignore[attr-defined]
        self.fields["purpose"].initial = ACCOUNT if oneself else CONTACT


class NewOfficerForm(SafeFormMixin, forms.Form):
    """Registering a person."""

    form_title = "登记人员"
    name = forms.CharField(label="姓名", max_length=80)
    sign_in_name = forms.CharField(
        label="登录名",
        max_length=40,
        help_text="小写字母开头，3 至 40 个小写字母、数字、点、横线或下划线，以后不能改。",
    )
    phone = forms.CharField(
        label="手机号", max_length=20, required=False, help_text="加密保存，列表中只显示前三后四位。"
    )
    email = forms.EmailField(label="电子邮箱", required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)


class EditOfficerForm(SafeFormMixin, forms.Form):
    """Correcting a person's data; the stored number is never shown here."""

    form_title = "修改人员登记"
    name = forms.CharField(label="姓名", max_length=80)
    phone = forms.CharField(label="新手机号", max_length=20, required=False, help_text="不填则保留原号码。")
    clear_phone = forms.BooleanField(label="清除手机号", required=False)
    email = forms.EmailField(label="电子邮箱", required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, person: Officer, **kwargs: Any) -> None:
        start = {"name": person.name, "email": person.email, "note": person.note}
        super().__init__(*args, initial=start, row=person, **kwargs)

    def wanted(self) -> dict[str, Any]:
        """The values for the action: phone None keeps the stored number."""
        given = dict(self.cleaned_data)
        cleared = given.pop("clear_phone")
        given["phone"] = "" if cleared else given["phone"] or None
        return given


class LeaveForm(SafeFormMixin, forms.Form):
    """A person leaves for good."""

    form_title = "办理离岗"
    last_day = fields.day("最后在岗日", help_text="不填为今天，不能晚于今天。")
    reason = fields.reason("离岗原因")


class AppointForm(SafeFormMixin, forms.Form):
    """A post for a person."""

    form_title = "任职"
    officer = fields.PickField("人员")
    post = fields.PickField("岗位")
    is_main = forms.TypedChoiceField(
        label="主岗或兼任",
        choices=[("1", "主岗"), ("0", "兼任")],
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
        help_text="一人同时只有一个主岗。",
    )
    valid_from = fields.day("任职起始", help_text="不填为今天。")
    valid_to = fields.day("任职截止", help_text="当日仍有效；不填为未定。")
    basis = fields.basis("任免依据")

    def __init__(
        self, *args: Any, officer: Officer | None, post: Post | None, paths: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people, posts = self.fields["officer"], self.fields["post"]
        assert isinstance(people, fields.PickField) and isinstance(posts, fields.PickField)  # noqa: S101  our own
        if officer:
            people.offer([("", [(str(officer.pk), officer.name)])])
            people.initial = officer.pk
        else:
            people.offer(pages.appointable())
        if post:
            posts.offer([(post.organ.short_name, [(str(post.pk), post.title)])])
            posts.initial = post.pk
        else:
            posts.offer(pages.post_choices(paths))


class EndAppointmentForm(SafeFormMixin, forms.Form):
    """The last day of an appointment."""

    form_title = "免职"
    last_day = fields.day("最后任职日", help_text="当日仍有效；不填为今天。")
    basis = fields.basis("免职依据")


class PlainForm(SafeFormMixin, forms.Form):
    """A decision without anything to fill in."""

    form_title = "确认"
