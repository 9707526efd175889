"""``{% load gov %}``: the parts of every page.

Small signs::

    {% icon "inbox" %}  {% icon "alert-triangle" "注意" %}
    {% status "会签中" %}  {% status "已办结" "ok" %}       tones: plain info ok warn danger
    {% urgency "特急" %}
    {% due item.due_at done=item.done workdays_left=3 %}
    {{ item.at|moment }}  {{ item.at|moment:"full" }}  {{ file.size|size }}

Page::

    {% crumb "公文管理" url %}{% crumb "发文拟稿" %}        inside {% block crumbs %}
    {% count_tabs tabs %}                                 list of parts.Tab
    {% filter_bar form keep="tab" %}                      a GET form; `keep` names parameters to carry along
    {% pager page_obj %}                                  django Paginator page; tables draw their own
    {% empty_state "没有待办事项" hint="…" action_url="…" action_title="…" %}
    {% panel "正文与附件" %}…{% endpanel %}                 a titled card; `id`, `icon`, `flush=True` for tables
    {% notice "warn" %}…{% endnotice %}                   a standing remark in the page
    {% action_bar %}…{% endaction_bar %}                  stays at the foot of the window
    {% facts details %}                                   list of parts.Detail
    {% tiles tiles %}                                     list of parts.Tile: ways in, as cards
    {% tree branches "机构" %}                             list of parts.Branch, folded by <details>
    {% letters %}  {% letters "letter" %}                 A to Z as a filter of the list on this page

Forms (write ``<form method="post" class="gv-form" novalidate>{% csrf_token %}``)::

    {% error_summary form %}  {% fields form %}  {% fields form "title urgency" %}  {% field form.title wide=True %}

Documents::

    {% sheet "发文稿纸" number="…" %}
      {% sheet_item "文号" document.number %}  {% sheet_item "标题" document.title wide=True %}
      {% sheet_opinions "会签意见" opinions %}             list of parts.Opinion
      {% sheet_cell "签发" %}any HTML{% endsheet_cell %}
    {% endsheet %}
    {% stepper steps %}  {% timeline records %}  {% attachments files %}

Work done::

    {% progress done total "正在导入" %}  {% report report %}  list of parts.Report
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.html import format_html
from django.utils.safestring import SafeString

from taihe.ground.ui import marks, parts

register = template.Library()
STEPS_ACROSS_A_PHONE = 5  # at 390 px a step of four characters still fits

register.simple_tag(marks.icon, name="icon")
register.simple_tag(marks.status, name="status")
register.simple_tag(marks.urgency, name="urgency")
register.simple_tag(marks.due, name="due")
register.simple_tag(marks.file_icon, name="file_icon")
register.filter("size", marks.size)


@register.filter
def moment(at: datetime | date | None, how: str = "") -> SafeString:
    """A moment on the county's clock; ``|moment:"full"`` always with the year."""
    return marks.moment(at, full=how == "full")


# -- the frame ------------------------------------------------------------------------------------


class _RepeatBlock(template.Node):
    """Draws an inheritance block a second time, so that a page names its title once."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, context: Context) -> SafeString:
        blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
        block = blocks.get_block(self.name) if blocks is not None else None
        if block is None:
            return SafeString("")
        with context.push():
            return SafeString(block.nodelist.render(context))


@register.tag
def repeat_block(parser: template.base.Parser, token: template.base.Token) -> _RepeatBlock:
    """``{% repeat_block "title" %}``: the page's own title again, as its first heading."""
    return _RepeatBlock(token.split_contents()[1].strip("\"'"))


@register.inclusion_tag("gov/_nav.html", takes_context=True)
def side_nav(context: Context) -> dict[str, Any]:
    """The menu of the asker's zone; a page may set ``nav_key`` to say where it belongs."""
    shell = context.get("shell")
    return {"groups": shell.menu(context.get("nav_key", "")) if shell else []}


@register.inclusion_tag("gov/_outer_nav.html", takes_context=True)
def outer_nav(context: Context) -> dict[str, Any]:
    """The public side's channels in one row, whatever their groups."""
    return {"entries": [entry for _group, entries in side_nav(context)["groups"] for entry in entries]}


@register.simple_tag
def crumb(title: str, url: str = "") -> SafeString:
    """One step of the path above the heading; the last one has no address."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, title)
    return format_html('<li aria-current="page">{}</li>', title)


@register.simple_block_tag
def crumb_path(content: str) -> SafeString:
    """The path above the heading, left out when the page names no step."""
    if not content.strip():
        return SafeString("")
    return format_html('<nav class="gv-crumbs" aria-label="当前位置"><ol>{}</ol></nav>', content)


@register.simple_block_tag
def page_help(content: str) -> SafeString:
    """The page's 说明, folded away; left out when there is nothing to say."""
    if not content.strip():
        return SafeString("")
    sign = marks.icon("help-circle")
    return format_html(
        '<details class="gv-help"><summary>{}说明</summary><div class="gv-help-body">{}</div></details>', sign, content
    )


# -- lists ----------------------------------------------------------------------------------------


@register.inclusion_tag("gov/_tabs.html")
def count_tabs(tabs: Sequence[parts.Tab], label: str = "分类") -> dict[str, Any]:
    """Tabs with their numbers; plain links, so that each has an address of its own."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("gov/_filter.html", takes_context=True)
def filter_bar(context: Context, form: BaseForm, keep: str = "", visible: int = 1) -> dict[str, Any]:
    """A search form over a list; on the phone the first `visible` fields stand and the rest fold away."""
    request: HttpRequest | None = context.get("request")
    kept = [(name, request.GET[name]) for name in keep.split() if name in request.GET] if request else []
    bounds = form.visible_fields()
    chosen = sum(1 for bound in bounds[visible:] if bound.value())
    return {
        "fields": bounds,
        "visible": visible,
        "more": len(bounds) > visible,
        "chosen": chosen,
        "kept": kept,
        "path": request.path if request else "",
    }


@register.inclusion_tag("gov/_pager.html", takes_context=True)
def pager(context: Context, page: Page[Any], param: str = "page") -> dict[str, Any]:
    """Links to the neighbouring pages that keep every other parameter of the address."""
    request: HttpRequest | None = context.get("request")

    def address(number: int) -> str:
        query = request.GET.copy() if request else None
        if query is None:
            return f"?{param}={number}"
        query[param] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    links = [(number, address(number) if isinstance(number, int) else "") for number in numbers]
    return {
        "page": page,
        "links": links,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("gov/_empty.html")
def empty_state(
    title: str, hint: str = "", icon: str = "inbox", action_url: str = "", action_title: str = ""
) -> dict[str, Any]:
    """What stands where a list would: why it is empty, and the next thing to do."""
    return {"title": title, "hint": hint, "icon": icon, "action_url": action_url, "action_title": action_title}


@register.inclusion_tag("gov/_facts.html")
def facts(details: Sequence[parts.Detail]) -> dict[str, Any]:
    """Names and values of a record, two pairs to a row on a wide screen."""
    return {"details": details}


@register.inclusion_tag("gov/_tiles.html")
def tiles(tiles: Sequence[parts.Tile], label: str = "入口") -> dict[str, Any]:
    """Ways in, as cards in a grid."""
    return {"tiles": tiles, "label": label}


@register.simple_tag
def tree(branches: Sequence[parts.Branch], label: str) -> SafeString:
    """A hierarchy that folds without scripts; drawn here and not by templates, since it may have thousands of nodes."""
    return format_html('<ul class="gv-tree" aria-label="{}">{}</ul>', label, _twigs(branches))


def _twigs(branches: Sequence[parts.Branch]) -> SafeString:
    """The name is a link and the arrow before it the toggle: two controls side by side, never one in the other."""
    drawn = []
    for one in branches:
        below = SafeString("")
        if one.below:
            whole = '<details{}><summary><span class="gv-hide">{}的下级</span></summary><ul>{}</ul></details>'
            below = format_html(whole, SafeString(" open") if one.open else "", one.title, _twigs(one.below))
        drawn.append(
            format_html('<li><div class="gv-twig{}">{}</div>{}</li>', " gv-hit" if one.hit else "", _twig(one), below)
        )
    return SafeString("".join(drawn))


def _twig(one: parts.Branch) -> SafeString:
    title = format_html('<a href="{}">{}</a>', one.url, one.title) if one.url else format_html("<b>{}</b>", one.title)
    tag = marks.status(one.tag, "plain") if one.tag else ""
    note = format_html('<span class="gv-tree-note">{}</span>', one.note) if one.note else ""
    return format_html("{}{}{}", title, tag, note)


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@register.inclusion_tag("gov/_letters.html", takes_context=True)
def letters(context: Context, param: str = "letter", label: str = "按首字母查找") -> dict[str, Any]:
    """First letters of the pinyin as links that keep every other filter of the address."""
    request: HttpRequest = context["request"]
    chosen = request.GET.get(param, "").upper()[:1]

    def address(letter: str) -> str:
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(param, None)
        if letter:
            query[param] = letter
        return f"{request.path}?{query.urlencode()}"

    links = [(letter, address(letter), letter == chosen) for letter in ALPHABET]
    return {"links": links, "all_url": address(""), "chosen": chosen, "label": label}


# -- blocks ---------------------------------------------------------------------------------------


@register.simple_block_tag
def panel(content: str, title: str = "", icon: str = "", id: str = "", flush: bool = False) -> SafeString:
    """A white card with a heading; `flush` takes the padding away, for tables."""
    known = {"content": content, "title": title, "icon": icon, "id": id, "flush": flush}
    return render_to_string("gov/_panel.html", known)


@register.simple_block_tag
def notice(content: str, tone: str = "info") -> SafeString:
    """A standing remark inside the page: info, ok, warn or danger."""
    signs = {"info": "info-circle", "ok": "circle-check", "warn": "alert-triangle", "danger": "alert-octagon"}
    return format_html('<div class="gv-notice gv-{}">{}<div>{}</div></div>', tone, marks.icon(signs[tone]), content)


@register.simple_block_tag
def action_bar(content: str) -> SafeString:
    """The row of a page's decisions; stays in view while a long page is read."""
    return format_html('<div class="gv-actionbar">{}</div>', content)


# -- forms ----------------------------------------------------------------------------------------


@register.inclusion_tag("gov/_field.html")
def field(bound: BoundField, wide: bool = False) -> dict[str, Any]:
    """One field: label, required mark, control, help, errors.  Long texts take the whole row by themselves."""
    kind = bound.widget_type
    grouped = bool(bound.field.widget.use_fieldset)
    return {"bound": bound, "kind": kind, "grouped": grouped, "wide": wide or kind == "textarea" or grouped}


@register.inclusion_tag("gov/_fields.html")
def fields(form: BaseForm, names: str = "") -> dict[str, Any]:
    """The named fields of a form in order (all visible ones when unnamed, hidden ones then with them)."""
    if names:
        return {"fields": [form[name] for name in names.split()], "hidden": []}
    return {"fields": form.visible_fields(), "hidden": form.hidden_fields()}


@register.inclusion_tag("gov/_errors.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """What must be mended before the form is accepted, each line leading to its field."""
    lines = [("", "", str(message)) for message in form.non_field_errors()]
    for bound in form:
        target = bound.id_for_label or f"{bound.auto_id}_0"
        lines += [(target, str(bound.label), str(message)) for message in bound.errors]
    return {"lines": lines}


# -- documents ------------------------------------------------------------------------------------


@register.simple_block_tag
def sheet(content: str, title: str, number: str = "") -> SafeString:
    """A 办理单 (发文稿纸, 收文处理单): red ruled, its official name on top."""
    return render_to_string("gov/_sheet.html", {"content": content, "title": title, "number": number})


@register.inclusion_tag("gov/_sheet_item.html")
def sheet_item(label: str, value: object = "", wide: bool = False) -> dict[str, Any]:
    """One ruled pair of label and value; half a row, or a whole one."""
    return {"label": label, "value": value, "wide": wide}


@register.simple_block_tag
def sheet_cell(content: str, label: str, wide: bool = True) -> SafeString:
    """A ruled pair whose value is any HTML."""
    return render_to_string("gov/_sheet_item.html", {"label": label, "value": content, "wide": wide})


@register.inclusion_tag("gov/_sheet_opinions.html")
def sheet_opinions(label: str, opinions: Sequence[parts.Opinion]) -> dict[str, Any]:
    """The opinions written in one cell, each above its signature."""
    return {"label": label, "opinions": opinions}


@register.inclusion_tag("gov/_stepper.html")
def stepper(steps: Sequence[parts.Step], label: str = "办理进度") -> dict[str, Any]:
    """Where a matter stands; wraps into rows on narrow screens, so that no step is ever cut off."""
    rows = max(1, math.ceil(len(steps) / STEPS_ACROSS_A_PHONE))
    return {"steps": steps, "label": label, "across": math.ceil(len(steps) / rows)}


@register.inclusion_tag("gov/_timeline.html")
def timeline(records: Sequence[parts.Record]) -> dict[str, Any]:
    """What was done to a matter, newest or oldest first as given."""
    return {"records": records}


@register.inclusion_tag("gov/_attachments.html")
def attachments(files: Sequence[parts.Attached], empty: str = "没有附件") -> dict[str, Any]:
    """Files with size and remark; removing one leads to a confirm page."""
    return {"files": files, "empty": empty}


# -- work done ------------------------------------------------------------------------------------


@register.inclusion_tag("gov/_progress.html")
def progress(done: int, total: int, label: str = "进度") -> dict[str, Any]:
    """How far a long job has come, in rows of rows."""
    return {"done": done, "total": total, "label": label, "percent": done * 100 // total if total else 0}


@register.inclusion_tag("gov/_report.html")
def report(report: parts.Report) -> dict[str, Any]:
    """What a bulk job did and which rows need a person."""
    return {"report": report}
