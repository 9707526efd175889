"""Forms of organs and their posts."""

from __future__ import annotations

from typing import Any

from django import forms

from taihe.ground.formsafety.forms import SafeFormMixin

from ..models import Organ, OrganKind, OrganSystem, Post
from . import fields


class NewOrganForm(SafeFormMixin, forms.Form):
    """Establishing an organ."""

    form_title = "设立机构"
    name = forms.CharField(label="全称", max_length=120)
    short_name = forms.CharField(label="简称", max_length=40, required=False, help_text="不填则同全称。")
    code = forms.CharField(label="机构代码", max_length=40, help_text="设立后不再改动，可用字母、数字和横线。")
    kind = forms.ChoiceField(label="类别", choices=[("", "请选择"), *OrganKind.choices])
    system = forms.ChoiceField(label="所属系统", choices=[("", "请选择"), *OrganSystem.choices])
    parent = fields.PickField("上级机构", required=False, empty="没有上级（顶层）")
    guide_parent = fields.PickField("业务指导单位", required=False, empty="没有")
    host = fields.PickField("设置单位", required=False, empty="没有", help_text="领导小组办公室等设在其他机构的填写。")
    order = forms.IntegerField(label="排序", min_value=0, max_value=1_000_000, initial=0, required=False)
    valid_from = fields.day("起用日期", help_text="不填为今天。")
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    basis = fields.basis()
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer_organs(self, "parent", paths=paths)
        fields.offer_organs(self, "guide_parent", "host")


class EditOrganForm(SafeFormMixin, forms.Form):
    """Correcting what carries no history."""

    form_title = "修改机构信息"
    order = forms.IntegerField(label="排序", min_value=0, max_value=1_000_000)
    guide_parent = fields.PickField("业务指导单位", required=False, empty="没有")
    host = fields.PickField("设置单位", required=False, empty="没有")
    credit_code = forms.CharField(label="统一社会信用代码", max_length=18, required=False)
    note = forms.CharField(label="备注", max_length=200, required=False)

    def __init__(self, *args: Any, organ: Organ, **kwargs: Any) -> None:
        start = {name: getattr(organ, name) for name in ("order", "credit_code", "note")}
        start |= {"guide_parent": organ.guide_parent_id, "host": organ.host_id}
        super().__init__(*args, initial=start, row=organ, **kwargs)
        fields.offer_organs(self, "guide_parent", "host")


class RenameOrganForm(SafeFormMixin, forms.Form):
    """Another name from a day on."""

    form_title = "机构更名"
    name = forms.CharField(label="新全称", max_length=120)
    short_name = forms.CharField(label="新简称", max_length=40, required=False, help_text="不填则同新全称。")
    on = fields.day("生效日期", help_text="不填为今天，不能晚于今天。")
    basis = fields.basis()

    def __init__(self, *args: Any, organ: Organ, **kwargs: Any) -> None:
        start = {"name": organ.name, "short_name": organ.short_name}
        super().__init__(*args, initial=start, row=organ, **kwargs)


class MoveOrganForm(SafeFormMixin, forms.Form):
    """Another parent."""

    form_title = "调整隶属"
    parent = fields.PickField("新上级机构", required=False, empty="没有上级（顶层）")
    on = fields.day("生效日期", help_text="不填为今天，不能晚于今天。")
    basis = fields.basis()

    def __init__(self, *args: Any, organ: Organ, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, initial={"parent": organ.parent_id}, row=organ, **kwargs)
        fields.offer_organs(self, "parent", paths=paths)


class SuccessorForm(forms.Form):
    """Which organ takes the other in: asked first, so that the next page can say what will happen."""

    into = fields.PickField("并入的机构")

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields.offer_organs(self, "into", paths=paths)


class EndOrganForm(SafeFormMixin, forms.Form):
    """The day and the paper of a merger or an abolition."""

    form_title = "机构并入或撤销"
    on = fields.day("生效日期", help_text="自该日起不再存续；不填为今天，不能晚于今天。")
    basis = fields.basis()


class PostForm(SafeFormMixin, forms.Form):
    """Setting up or changing a post."""

    form_title = "岗位"
    title = forms.CharField(label="岗位名称", max_length=60)
    rank = forms.ChoiceField(label="层级", choices=Post.Rank.choices, initial=Post.Rank.CLERK)
    max_holders = forms.IntegerField(label="人数上限", min_value=1, max_value=500, initial=1)
    order = forms.IntegerField(label="排序", min_value=0, max_value=30_000, initial=0)
    duties = forms.MultipleChoiceField(
        label="职责",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="用于找到承办的岗位，本身不带来任何权限。",
    )

    def __init__(self, *args: Any, post: Post | None = None, **kwargs: Any) -> None:
        names = ("title", "rank", "max_holders", "order", "duties")
        start = {name: getattr(post, name) for name in names} if post else {}
        super().__init__(*args, initial=start, row=post, **kwargs)
        self.fields["duties"].choices = fields.duty_choices()  # type: ignore[attr-defined]


class ClosePostForm(SafeFormMixin, forms.Form):
    """The last day of a post."""

    form_title = "关闭岗位"
    last_day = fields.day("最后一日", help_text="当日仍有效，次日起关闭；不填为今天。")
