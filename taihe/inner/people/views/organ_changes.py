"""Changing organs and posts: each change a page of its own that says what will happen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import access
from taihe.ground.actor import Actor
from taihe.ground.ui import parts

from .. import actions, permissions, queries
from ..forms.organs import (
    ClosePostForm,
    EditOrganForm,
    EndOrganForm,
    MoveOrganForm,
    NewOrganForm,
    PostForm,
    RenameOrganForm,
    SuccessorForm,
)
from ..models import Organ, Post
from ..queries import pages
from .common import FormPage, answer_form, version_of

EDIT = "people.edit_organs"
AT_TOP = "没有上级（顶层）"


def _page_of(organ: Organ | Post | None) -> str:
    if isinstance(organ, Post):
        return reverse("people:organ", args=[organ.organ_id])
    return reverse("people:organ", args=[organ.pk]) if organ else reverse("people:organs")


def _crumbs(organ: Organ | None) -> list[tuple[str, str]]:
    trail = [("机构", reverse("people:organs"))]
    return [*trail, (organ.short_name, _page_of(organ))] if organ else trail


def _facts(organ: Organ) -> list[parts.Detail]:
    above = organ.parent.name if organ.parent else AT_TOP
    return [
        parts.Detail("机构", organ.name),
        parts.Detail("机构代码", organ.code),
        parts.Detail("上级机构", above),
        parts.Detail("起用日期", organ.valid_from),
    ]


def _kept(request: HttpRequest, pk: int) -> tuple[Actor, Organ]:
    """The asker and an organ that he keeps.  Raises Missing, NotAllowed."""
    actor, organ = access.actor_of(request), queries.find_organ(pk)
    permissions.require(actor, EDIT, organ)
    return actor, organ


def new(request: HttpRequest) -> HttpResponse:
    """设立机构."""
    actor = access.require(request, EDIT, permissions.permission_title(EDIT))
    asked = request.GET.get("parent", "")
    above = queries.find_organ(int(asked)) if asked.isdigit() else None
    start = {"parent": above.pk, "system": above.system} if above else {}
    form = NewOrganForm(request.POST or None, request=request, initial=start, paths=permissions.scopes_of(actor, EDIT))
    page = FormPage(
        "设立机构",
        "设立",
        _page_of(above),
        _crumbs(above),
        help="登记新设的机构。设立后可以设岗位、任命人员；全称、隶属以后的变动请用“更名”“调整隶属”办理，以保留沿革。",
    )
    return answer_form(
        request, page, form, lambda who: actions.create_organ(who, **_filled(form)), to=_page_of, done="机构已设立。"
    )


def _filled(form: NewOrganForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    given["order"] = given["order"] or 0
    return given


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """修改机构信息."""
    _, organ = _kept(request, pk)
    form = EditOrganForm(request.POST or None, request=request, organ=organ)
    page = FormPage("修改机构信息", "保存", _page_of(organ), _crumbs(organ), facts=_facts(organ))
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.edit_organ(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done="机构信息已保存。",
    )


def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """机构更名."""
    _, organ = _kept(request, pk)
    form = RenameOrganForm(request.POST or None, request=request, organ=organ)
    page = FormPage(
        "机构更名",
        "更名",
        _page_of(organ),
        _crumbs(organ),
        facts=_facts(organ),
        effects=[
            "自生效日期起使用新名称，通讯录、选人和新办的文件随之改变。",
            "此前签发的文件、审计记录仍显示原名称，原名称列入沿革。",
            "岗位、人员、角色和代理不变。",
        ],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.rename_organ(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done="机构已更名，沿革已登记。",
    )


def move(request: HttpRequest, pk: int) -> HttpResponse:
    """调整隶属."""
    actor, organ = _kept(request, pk)
    below = pages.count_below(organ)
    form = MoveOrganForm(request.POST or None, request=request, organ=organ, paths=permissions.scopes_of(actor, EDIT))
    page = FormPage(
        "调整隶属",
        "调整",
        _page_of(organ),
        _crumbs(organ),
        facts=_facts(organ),
        effects=[
            f"{organ.short_name}连同下级 {below.organs} 个机构、{below.people} 人归到新上级之下。",
            "按上级机构范围授予的角色，随新的隶属关系生效或失效。",
            "调整记入沿革，业务指导单位不变。",
        ],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.move_organ(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done="隶属关系已调整，沿革已登记。",
    )


def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """并入其他机构: first into which, then what will happen."""
    actor, organ = _kept(request, pk)
    asked = request.GET.get("into", "")
    if not asked.isdigit():
        chosen = SuccessorForm(paths=permissions.scopes_of(actor, EDIT))
        known = {"organ": organ, "form": chosen, "facts": _facts(organ), "crumbs": _crumbs(organ)}
        return render(request, "inner_people/organ_merge.html", known)
    successor = queries.find_organ(int(asked))
    form = EndOrganForm(request.POST or None, request=request, row=organ)
    page = FormPage(
        f"并入{successor.short_name}",
        "确认并入",
        reverse("people:organ_merge", args=[pk]),
        _crumbs(organ),
        facts=[*_facts(organ), parts.Detail("承接机构", successor.name)],
        effects=_merger(organ, successor),
        danger=True,
        help="并入后原机构不再存续，不能撤回。请先核对下面列出的影响。",
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.merge_organ(who, pk, version_of(form), into=successor.pk, **form.cleaned_data),
        to=lambda _: _page_of(successor),
        done=f"{organ.name}已并入{successor.name}。",
    )


def _merger(organ: Organ, successor: Organ) -> list[str]:
    direct = pages.count_of(organ)
    lines = [f"{organ.name}自生效日期起不再存续，状态记为“已并入”，由{successor.name}承接，不能撤回。"]
    if direct.people:
        lines.append(
            f"{direct.posts} 个岗位、{direct.appointments} 项任职（{direct.people} 人）转到{successor.short_name}"
            "的同名岗位，没有同名岗位或人数已满的，新设岗位并注明来源。"
        )
    else:
        lines.append("没有在任人员，岗位随机构关闭。")
    if direct.organs:
        lines.append(f"{direct.organs} 个下级机构改隶{successor.short_name}。")
    if direct.grants:
        lines.append(f"{direct.grants} 项角色收回，并自动提出同样的授权申请，由安全管理员重新审批。")
    lines.append("代理继续有效；此前签发的文件仍显示原名称。")
    return lines


def abolish(request: HttpRequest, pk: int) -> HttpResponse:
    """撤销机构."""
    _, organ = _kept(request, pk)
    direct = pages.count_of(organ)
    stops = []
    if direct.appointments:
        stops.append(f"还有 {direct.appointments} 项任职（{direct.people} 人），请先免职、调任，或改用“并入其他机构”。")
    if direct.organs:
        stops.append(f"还有 {direct.organs} 个下级机构，请先调整隶属、并入或撤销。")
    form = EndOrganForm(request.POST or None, request=request, row=organ)
    page = FormPage(
        "撤销机构",
        "确认撤销",
        _page_of(organ),
        _crumbs(organ),
        facts=_facts(organ),
        effects=[]
        if stops
        else [
            f"{organ.name}自生效日期起不再存续，状态记为“已撤销”，不能撤回。",
            f"{direct.posts} 个岗位随之关闭。",
            "此前签发的文件、任职经历和审计记录保留原样。",
        ],
        stops=stops,
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.abolish_organ(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done=f"{organ.name}已撤销。",
    )


def new_post(request: HttpRequest, pk: int) -> HttpResponse:
    """设岗位."""
    _, organ = _kept(request, pk)
    form = PostForm(request.POST or None, request=request)
    page = FormPage("设岗位", "设立岗位", _page_of(organ), _crumbs(organ), facts=_facts(organ))
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.create_post(who, pk, **form.cleaned_data),
        to=_page_of,
        done="岗位已设立。",
    )


def edit_post(request: HttpRequest, pk: int) -> HttpResponse:
    """修改岗位."""
    post = pages.find_post(pk)
    _kept(request, post.organ_id)
    form = PostForm(request.POST or None, request=request, post=post)
    page = FormPage(
        f"修改岗位“{post.title}”",
        "保存",
        _page_of(post),
        _crumbs(post.organ),
        effects=["岗位上的任职和角色不变；职责改动后，新办的事项按新的职责找到岗位。"],
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.edit_post(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done="岗位已保存。",
    )


def close_post(request: HttpRequest, pk: int) -> HttpResponse:
    """关闭岗位."""
    post = pages.find_post(pk)
    _kept(request, post.organ_id)
    held = pages.count_holding(post)
    form = ClosePostForm(request.POST or None, request=request, row=post)
    page = FormPage(
        f"关闭岗位“{post.title}”",
        "关闭岗位",
        _page_of(post),
        _crumbs(post.organ),
        effects=["最后一日的次日起，岗位不再出现在机构和选人列表中；任职经历保留。"],
        stops=[f"还有 {held} 项没有截止的任职，请先办理免职。"] if held else [],
        danger=True,
    )
    return answer_form(
        request,
        page,
        form,
        lambda who: actions.close_post(who, pk, version_of(form), **form.cleaned_data),
        to=_page_of,
        done="岗位已关闭。",
    )
