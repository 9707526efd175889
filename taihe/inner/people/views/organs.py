"""Reading organs: the tree of the whole county on any day, and one organ's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.ui import parts

from .. import queries
from ..catalogue import county_catalogue
from ..forms.filters import OrganFilter
from ..models import Organ, OrganEvent, OrganStatus
from ..permissions import may, scopes_of
from ..queries import OrganNode, pages
from .common import signed_in

OPEN_DEPTH = 1


def tree(request: HttpRequest) -> HttpResponse:
    """机构: the whole county as it stands, or stood on a day."""
    actor = signed_in(request)
    form = OrganFilter(request.GET or None, auto_id="filter_%s")
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    day = asked.get("on") or clock.today()
    nodes = queries.organ_tree(day)
    wanted = _wanted(asked)
    names = (
        queries.organs_named_on(day, [one.organ for top in nodes for _, one in top.walk()]) if asked.get("on") else {}
    )
    branches = [found for top in nodes if (found := _branch(top, wanted, names, 0))]
    known = {
        "form": form,
        "branches": branches,
        "day": asked.get("on"),
        "shown": sum(_count(one) for one in branches),
        "organs": sum(top.all_organs for top in nodes),
        "people": len(set().union(*(top.all_officers for top in nodes))) if nodes else 0,
        "filtered": wanted is not None,
        "may_edit": bool(scopes_of(actor, "people.edit_organs")),
        "may_import": may(actor, "people.import"),
    }
    return render(request, "inner_people/organ_tree.html", known)


def _wanted(asked: dict[str, object]) -> Callable[[Organ], bool] | None:
    """Which organs were asked for; None when all."""
    text = str(asked.get("q") or "").strip().lower()
    kind, system = asked.get("kind"), asked.get("system")
    township = queries.find_organ(int(str(asked["township"]))) if asked.get("township") else None
    if not (text or kind or system or township):
        return None

    def fits(organ: Organ) -> bool:
        found = not text or any(text in one.lower() for one in (organ.name, organ.short_name, organ.pinyin, organ.code))
        inside = township is None or township.contains(organ)
        return found and inside and (not kind or organ.kind == kind) and (not system or organ.system == system)

    return fits


def _branch(
    node: OrganNode, wanted: Callable[[Organ], bool] | None, names: dict[int, str], depth: int
) -> parts.Branch | None:
    """One organ with what was found below it; None when neither it nor anything below was asked for."""
    below = [found for child in node.below if (found := _branch(child, wanted, names, depth + 1))]
    if wanted is not None and not below and not wanted(node.organ):
        return None
    return parts.Branch(
        title=names.get(node.organ.pk, node.organ.short_name),
        url=reverse("people:organ", args=[node.organ.pk]),
        tag=node.organ.get_kind_display(),
        note=_figures(node),
        open=wanted is not None or depth < OPEN_DEPTH,
        hit=wanted is not None and wanted(node.organ),
        below=below,
    )


def _figures(node: OrganNode) -> str:
    people = f"{node.officer_total} 人" if node.officer_total else ""
    organs = f"{node.all_organs} 个机构" if node.all_organs > 1 else ""
    return " · ".join(one for one in (organs, people) if one)


def _count(branch: parts.Branch) -> int:
    return 1 + sum(_count(one) for one in branch.below)


def organ(request: HttpRequest, pk: int) -> HttpResponse:
    """One organ: facts, both lines above it, posts with holders, organs below, history."""
    actor = signed_in(request)
    found = queries.find_organ(pk)
    ended = found.status != OrganStatus.ACTIVE
    day = found.valid_to if ended and found.valid_to else clock.today()
    titles = county_catalogue().duties
    rows = [(row, [titles.get(one, one) for one in row.post.duties]) for row in pages.posts_with_holders(found, day)]
    below, guided = pages.organs_around(found, day)
    history = list(queries.organ_history(found))
    known = {
        "organ": found,
        "ended": ended,
        "day": day,
        "trail": queries.organ_trail(found)[:-1],
        "facts": _facts(found),
        "rows": rows,
        "below": below,
        "guided": guided,
        "history": history,
        "former": [event for event in history if event.organ_id == found.pk and event.kind == "renamed"],
        "people": pages.people_below(found, day),
        "links": [] if ended else _links(actor, found),
        "may_appoint": not ended and may(actor, "people.appoint", found),
        "may_edit": not ended and may(actor, "people.edit_organs", found),
        "came": _came(found, history),
    }
    return render(request, "inner_people/organ.html", known)


def _facts(one: Organ) -> list[parts.Detail]:
    period = f"{one.valid_from} 起" if one.valid_to is None else f"{one.valid_from} 至 {one.valid_to}"
    rows = [
        ("全称", one.name),
        ("简称", one.short_name),
        ("机构代码", one.code),
        ("类别", one.get_kind_display()),
        ("所属系统", one.get_system_display()),
        ("存续期间", period),
        ("统一社会信用代码", one.credit_code),
        ("备注", one.note),
    ]
    return [parts.Detail(name, value) for name, value in rows if value]


def _links(actor: Actor, one: Organ) -> list[tuple[str, str, str]]:
    """What the asker may do to this organ: title, address, icon."""
    if not may(actor, "people.edit_organs", one):
        return []
    made = [
        ("修改信息", "people:organ_edit", "edit"),
        ("更名", "people:organ_rename", "pencil"),
        ("调整隶属", "people:organ_move", "hierarchy"),
        ("并入其他机构", "people:organ_merge", "transfer-in"),
        ("撤销", "people:organ_abolish", "circle-x"),
    ]
    return [(title, reverse(name, args=[one.pk]), icon) for title, name, icon in made]


def _came(one: Organ, history: list[OrganEvent]) -> date:
    """The first day the system knows of this organ."""
    return min([one.valid_from, *(event.on for event in history if event.organ_id == one.pk)])
