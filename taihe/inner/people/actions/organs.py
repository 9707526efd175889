"""How organs come to be, change their names, move, join and end: each a dated event that stays."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Q

from taihe.ground import clock
from taihe.ground.action import action, record, snapshot
from taihe.ground.actor import Actor
from taihe.ground.errors import BadInput, Missing

from .. import pinyin
from ..errors import CircularParent, OrganInUse
from ..models import Appointment, Organ, OrganEvent, OrganEventKind, OrganStatus, Post
from ..permissions import forget, require, require_everywhere
from ..registry import tell_organ_changed
from .merging import move_people
from .rows import check_fields, keep, lock, lock_open_organ, named, text

DAY = timedelta(days=1)


def search_letters(short_name: str) -> str:
    """The letters an organ is found by: full spellings, then first letters."""
    return f"{pinyin.full(short_name, 150)} {pinyin.initials(short_name, 40)}".strip()


def _event(actor: Actor, organ: Organ, kind: OrganEventKind, on: date, basis: str, **fields: Any) -> OrganEvent:
    event = OrganEvent.objects.create(
        organ=organ,
        kind=kind,
        on=on,
        basis=basis.strip(),
        recorded_at=clock.now(),
        recorded_by_name=named(actor),
        **{"before_name": organ.name, "after_name": organ.name, **fields},
    )
    forget()
    tell_organ_changed(actor, event)
    return event


def _effective(organ: Organ, on: date | None, *, ends: bool = False) -> date:
    """The day a change takes effect: never in the future, never before the organ (or its first day's end)."""
    day = on or clock.today()
    if day > clock.today():
        raise BadInput(what="生效日期不能晚于今天，请在生效当日或之后登记。")
    if day < organ.valid_from + (DAY if ends else 0 * DAY):
        raise BadInput(what=f"生效日期须晚于{organ.name}的起用日期（{organ.valid_from}）。")
    return day


def _open_parent(pk: int | None, verb: str) -> Organ | None:
    return lock_open_organ(pk, None, verb) if pk else None


def _require_keeper(actor: Actor, above: Organ | None) -> None:
    """Who hangs an organ somewhere keeps the place it hangs; at the top, the whole county."""
    if above is None:
        require_everywhere(actor, "people.edit_organs")
    else:
        require(actor, "people.edit_organs", above)


def _free_code(code: str) -> str:
    wanted = text(code, "机构代码")
    if "/" in wanted or Organ.objects.filter(code__iexact=wanted).exists():
        raise BadInput(what=f"机构代码 {wanted} 已被使用或含有斜杠。")
    return wanted


@action("people.create_organ")
def create_organ(
    actor: Actor,
    *,
    code: str,
    name: str,
    short_name: str,
    kind: str,
    system: str,
    parent: int | None,
    guide_parent: int | None = None,
    host: int | None = None,
    order: int = 0,
    valid_from: date | None = None,
    credit_code: str = "",
    note: str = "",
    basis: str = "",
) -> Organ:
    """Establish an organ below a parent (whose keeper the actor must be), or at the top.

    Raises NotAllowed, BadInput (a used code, a bad value), WrongOrganState for an ended parent.
    """
    above = _open_parent(parent, "下设机构")
    _require_keeper(actor, above)
    organ = Organ(
        code=_free_code(code),
        name=text(name, "机构全称"),
        short_name=text(short_name or name, "机构简称"),
        kind=kind,
        system=system,
        parent=above,
        guide_parent_id=guide_parent,
        host_id=host,
        order=order,
        valid_from=valid_from or clock.today(),
        credit_code=credit_code.strip(),
        note=note.strip(),
    )
    organ.path = organ.path_below(above)
    organ.pinyin = search_letters(organ.short_name)
    check_fields(organ)
    organ.save(force_insert=True)
    event = _event(
        actor,
        organ,
        OrganEventKind.ESTABLISHED,
        organ.valid_from,
        basis,
        before_name="",
        after_parent=above.name if above else "",
    )
    record(organ, after=snapshot(organ), detail={"code": organ.code, "name": organ.name, "on": str(event.on)})
    return organ


@action("people.edit_organ")
def edit_organ(
    actor: Actor,
    pk: int,
    version: int,
    *,
    order: int,
    guide_parent: int | None,
    host: int | None,
    credit_code: str,
    note: str,
) -> Organ:
    """Correct what carries no history: order, guiding organ, host, credit code, note."""
    organ = lock_open_organ(pk, version, "修改")
    require(actor, "people.edit_organs", organ)
    before = snapshot(organ)
    if organ.pk in (guide_parent, host):
        raise BadInput(what="业务指导单位、设置单位不能是机构本身。")
    organ.order, organ.guide_parent_id, organ.host_id = order, guide_parent, host
    organ.credit_code, organ.note = credit_code.strip(), note.strip()
    check_fields(organ)
    keep(organ, ["order", "guide_parent", "host", "credit_code", "note"])
    record(organ, before=before, after=snapshot(organ))
    return organ


@action("people.rename_organ")
def rename_organ(
    actor: Actor, pk: int, version: int, *, name: str, short_name: str, on: date | None = None, basis: str = ""
) -> Organ:
    """Give an organ another name from a day on; what it signed before keeps the old one."""
    organ = lock_open_organ(pk, version, "更名")
    require(actor, "people.edit_organs", organ)
    before, old, day = snapshot(organ), organ.name, _effective(organ, on)
    organ.name, organ.short_name = text(name, "机构全称"), text(short_name or name, "机构简称")
    organ.pinyin = search_letters(organ.short_name)
    if organ.name == old:
        raise BadInput(what="新名称与现名称相同。")
    check_fields(organ)
    keep(organ, ["name", "short_name", "pinyin"])
    _event(actor, organ, OrganEventKind.RENAMED, day, basis, before_name=old)
    record(organ, before=before, after=snapshot(organ), detail={"from": old, "to": organ.name, "on": str(day)})
    return organ


@action("people.move_organ")
def move_organ(
    actor: Actor, pk: int, version: int, *, parent: int | None, on: date | None = None, basis: str = ""
) -> Organ:
    """Put an organ, with all below it, under another parent.

    The actor must keep both ends.  Raises CircularParent when the new parent stands below the organ.
    """
    below = Q(path__startswith=_path_of(pk))
    # One ordered lock over everything whose path will change, and the new parent: two moves cannot cross.
    list(Organ.objects.select_for_update(of=("self",)).filter(below | Q(pk=parent)).order_by("pk"))
    organ = lock_open_organ(pk, version, "调整隶属")
    above = _open_parent(parent, "接收下级机构")
    require(actor, "people.edit_organs", organ)
    _require_keeper(actor, above)
    if above is not None and organ.contains(above):
        raise CircularParent(parent=above.name, name=organ.name)
    if organ.parent_id == (above.pk if above else None):
        raise BadInput(what="新上级与现上级相同。")
    before, day = snapshot(organ), _effective(organ, on)
    old = organ.parent
    _hang(organ, above)
    _event(
        actor,
        organ,
        OrganEventKind.MOVED,
        day,
        basis,
        before_parent=old.name if old else "",
        after_parent=above.name if above else "",
    )
    record(organ, before=before, after=snapshot(organ), detail={"path": organ.path, "on": str(day)})
    return organ


def _path_of(pk: int) -> str:
    path = Organ.objects.filter(pk=pk).values_list("path", flat=True).first()
    if path is None:
        raise Missing(what="该机构")
    return path


def _hang(organ: Organ, above: Organ | None) -> None:
    """Write the new parent, and the new path of the organ and of all below it."""
    old_path, new_path = organ.path, organ.path_below(above)
    if len(new_path) > 300:
        raise BadInput(what="机构层级过深，请检查隶属关系。")
    below = list(Organ.objects.filter(path__startswith=old_path).exclude(pk=organ.pk))
    for one in below:
        one.path = new_path + one.path.removeprefix(old_path)
    Organ.objects.bulk_update(below, ["path"], batch_size=200)
    organ.parent, organ.path = above, new_path
    keep(organ, ["parent", "path"])


@action("people.merge_organ")
def merge_organ(actor: Actor, pk: int, version: int, *, into: int, on: date | None = None, basis: str = "") -> Organ:
    """End an organ by merging it into another from a day on.

    Its people continue in the successor from that day, its child organs hang below the successor,
    and roles they held are asked for anew there (a merger must not enlarge anybody's rights).
    Raises CircularParent when the successor stands below the merged organ.
    """
    organ, successor = _lock_pair(pk, into, version)
    require(actor, "people.edit_organs", organ)
    require(actor, "people.edit_organs", successor)
    if organ.contains(successor):
        raise CircularParent(parent=successor.name, name=organ.name)
    before, day = snapshot(organ), _effective(organ, on, ends=True)
    if day < successor.valid_from:
        raise BadInput(what=f"生效日期早于{successor.name}的起用日期（{successor.valid_from}）。")
    for child in organ.children.filter(status=OrganStatus.ACTIVE).order_by("pk"):
        move_organ(actor, child.pk, child.version, parent=successor.pk, on=max(day, child.valid_from), basis=basis)
    moved = move_people(actor, organ, successor, day)
    _end(organ, OrganStatus.MERGED, day, successor)
    _event(actor, organ, OrganEventKind.MERGED, day, basis, after_name=successor.name, into=successor)
    detail = {"into": successor.code, "into_name": successor.name, "on": str(day), **moved}
    record(organ, before=before, after=snapshot(organ), detail=detail)
    return organ


def _lock_pair(pk: int, into: int, version: int) -> tuple[Organ, Organ]:
    """Both organs, locked in the order of their numbers."""
    if pk == into:
        raise BadInput(what="机构不能并入其本身。")
    for one in sorted((pk, into)):
        lock(Organ, one, None, "该机构")
    return lock_open_organ(pk, version, "并入其他机构"), lock_open_organ(into, None, "接收并入的机构")


@action("people.abolish_organ")
def abolish_organ(actor: Actor, pk: int, version: int, *, on: date | None = None, basis: str = "") -> Organ:
    """End an organ from a day on.  Raises OrganInUse while anybody holds a post or an organ stands below."""
    organ = lock_open_organ(pk, version, "撤销")
    require(actor, "people.edit_organs", organ)
    before, day = snapshot(organ), _effective(organ, on, ends=True)
    holders = Appointment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), post__organ=organ)
    if count := holders.count():
        raise OrganInUse(name=organ.name, what=f" {count} 项在任或拟任的任职", verb="撤销")
    if count := organ.children.filter(status=OrganStatus.ACTIVE).count():
        raise OrganInUse(name=organ.name, what=f" {count} 个下级机构", verb="撤销")
    _end(organ, OrganStatus.ABOLISHED, day, None)
    _event(actor, organ, OrganEventKind.ABOLISHED, day, basis, after_name="")
    record(organ, before=before, after=snapshot(organ), detail={"on": str(day)})
    return organ


def _end(organ: Organ, status: OrganStatus, day: date, successor: Organ | None) -> None:
    for post in Post.objects.select_for_update(of=("self",)).filter(organ=organ, valid_to__isnull=True):
        post.valid_to = max(day - DAY, post.valid_from)
        keep(post, ["valid_to"])
    organ.status, organ.valid_to, organ.successor = status, day - DAY, successor
    keep(organ, ["status", "valid_to", "successor"])
