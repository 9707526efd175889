"""Forms of stand-ins (代理)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.rules import rule

from ..models import Appointment
from ..queries import pages
from . import fields


class StandInForm(SafeFormMixin, forms.Form):
    """Who acts for a holder of a post, in what, and until when."""

    form_title = "登记代理"
    principal = forms.TypedChoiceField(label="代理岗位", coerce=int)
    deputy = fields.PickField("代理人")
    valid_from = fields.day("代理起始", help_text="不填为今天。")
    valid_to = fields.day("代理截止", required=True)
    only = forms.MultipleChoiceField(
        label="代理的事项",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选为代理该岗位的全部事项。",
    )
    reason = fields.reason("代理原因", help_text="如：出差、休假、培训。")

    def __init__(
        self, *args: Any, appointments: Sequence[Appointment], matters: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        own = [(str(one.pk), f"{one.post.organ.short_name} {one.post.title}") for one in appointments]
        self.fields["principal"].choices = own  # type: ignore[attr-defined]
        deputy = self.fields["deputy"]
        assert isinstance(deputy, fields.PickField)  # noqa: S101  our own
        deputy.offer(pages.officer_choices())
        self.fields["only"].choices = matters  # type: ignore[attr-defined]
        if not matters:
            del self.fields["only"]
        self.fields["valid_to"].help_text = f"当日仍有效；一次最长 {rule('people.stand_in_max_days')} 天。"

    def wanted(self) -> dict[str, Any]:
        """The values for the action; nothing chosen is everything."""
        given = dict(self.cleaned_data)
        given["only"] = given.get("only") or None
        return given


class RevokeStandInForm(SafeFormMixin, forms.Form):
    """Ending a stand-in early."""

    form_title = "撤销代理"
    reason = fields.reason("撤销原因", required=False, help_text="可以不填。")
