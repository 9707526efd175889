"""Who may do what: permissions come from roles granted within a scope, or from one administrator's duty.

A permission is a registered key with a Chinese title.  An officer acting in a post has what the
active grants to that post, or to that appointment, allow, each within an organ and all below it.
An officer acting as an administrator has the fixed set of that duty and nothing else; an officer
with a duty open has no role in any post.  A stand-in has what the principal's appointment has,
cut to the matters stood in for.  Nothing is read from the Actor but who it is: rights are looked up
at each request, so that what ended yesterday allows nothing today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import Q

from taihe.ground import clock
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed

from .models import AdminDuty, Appointment, Duty, Organ, RoleGrant, StandIn, in_force

DUTY_PREFIX = "duty:"
EVERYWHERE = ""

_registered: dict[str, str] = {}


def register_permission(key: str, title: str) -> str:
    """Make a permission known at start: ``register_permission("documents.issue", "签发公文")``.

    A key registered twice under another title is a start-up error.
    """
    if _registered.setdefault(key, title) != title:
        raise RuntimeError(f"permission {key} is registered twice")
    return key


def permission_title(key: str) -> str:
    """The Chinese title; an unregistered key is a programming error (KeyError)."""
    return _registered[key]


def permissions() -> Mapping[str, str]:
    """Every registered permission, key to Chinese title."""
    return MappingProxyType(_registered)


def is_registered(key: str) -> bool:
    """Whether some module has registered this permission."""
    return key in _registered


for _key, _title in {
    "people.import": "批量导入机构和人员",
    "people.edit_organs": "新设、更名、合并、撤销机构和岗位",
    "people.edit_officers": "登记和修改人员",
    "people.appoint": "办理任职、免职和离岗",
    "people.stand_in": "为他人登记代理",
    "people.grant_role": "提出授权申请",
    "people.approve_role": "批准或驳回授权申请",
    "people.request_duty": "提出管理员任职申请",
    "people.approve_duty": "批准或驳回管理员任职、办理卸任",
    "accounts.manage": "停用账号、发放初始密码",
    "accounts.request_reset": "提出密码重置申请",
    "accounts.approve_reset": "批准密码重置",
    "accounts.unlock": "恢复已停用的账号",
    "sessions.end": "结束他人会话",
    "incidents.handle": "查看和处置涉密标志事件",
    "audit.search": "查询审计记录",
    "audit.search_auditors": "查询审计管理员的操作记录",
    "audit.export": "导出审计记录",
    "audit.verify": "核验审计链",
    # The floors below know nothing of officers, so their permissions are named here.
    "calendar.confirm": "确认工作日历",
    "gate.view": "查看隔离交换",
    "gate.operate": "处置隔离交换（隔离记录、提升世代）",
    "outbox.view": "查看搁置任务",
    "outbox.operate": "重试或作废搁置任务",
}.items():
    register_permission(_key, _title)

# Fixed in the programme, not in the county's files: whoever may edit a file must not be able to
# join what is kept apart here.  No permission stands in two of the three sets.
DUTY_PERMISSIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Duty.SYSTEM.value: frozenset(
            {
                "people.import",
                "people.edit_organs",
                "people.edit_officers",
                "people.appoint",
                "people.stand_in",
                "people.grant_role",
                "people.request_duty",
                "accounts.manage",
                "accounts.request_reset",
            }
        ),
        Duty.SECURITY.value: frozenset(
            {
                "people.approve_role",
                "people.approve_duty",
                "accounts.unlock",
                "accounts.approve_reset",
                "sessions.end",
                "incidents.handle",
                "audit.search_auditors",
            }
        ),
        Duty.AUDIT.value: frozenset({"audit.search", "audit.export", "audit.verify"}),
    }
)
# What separates the three administrators can be given to nobody by a role.
NEVER_BY_ROLE = DUTY_PERMISSIONS[Duty.SECURITY] | DUTY_PERMISSIONS[Duty.AUDIT]


@dataclass(frozen=True)
class Rights:
    """What one actor may do today: permission to the paths of the organs it covers; and the post's duties."""

    scopes: Mapping[str, tuple[str, ...]]
    duties: frozenset[str] = frozenset()

    def allows(self, permission: str, organ: Organ | None = None) -> bool:
        """Whether the permission is held; over this organ, when one is given."""
        paths = self.scopes.get(permission, ())
        return bool(paths) if organ is None else any(organ.path.startswith(path) for path in paths)


@dataclass(frozen=True)
class Held:
    """What an active officer holds today: appointments with their posts, and the administrator's duty that is open."""

    appointments: tuple[Appointment, ...]
    duty: AdminDuty | None


NOTHING = Rights(MappingProxyType({}))
_remembered: ContextVar[dict[Actor, Rights] | None] = ContextVar("remembered_rights", default=None)
_held: ContextVar[dict[int, Held] | None] = ContextVar("remembered_posts", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """For one request: look an actor's rights up once.  A middleware wraps each request in it."""
    rights, held = _remembered.set({}), _held.set({})
    try:
        yield
    finally:
        _remembered.reset(rights)
        _held.reset(held)


def remember_held(officer_id: int, held: Held) -> None:
    """What was just read of an active officer for the same request, so that rights need not read it again."""
    known = _held.get()
    if known is not None:
        known[officer_id] = held


def forget() -> None:
    """Rights may just have changed: look them up anew."""
    for known in (_remembered.get(), _held.get()):
        if known is not None:
            known.clear()


def rights_of(actor: Actor) -> Rights:
    """What the actor may do today (at most three queries, one look-up per remembered request)."""
    known = _remembered.get()
    if known is None:
        return _look_up(actor)
    if actor not in known:
        known[actor] = _look_up(actor)
    return known[actor]


def may(actor: Actor, permission: str, organ: Organ | None = None) -> bool:
    """Whether the actor holds a permission at all, or over one organ.

    Named parts of the system may do what their own code does.  Raises KeyError for a key that no
    module registered.
    """
    permission_title(permission)
    return actor.kind == "system" or rights_of(actor).allows(permission, organ)


def require(actor: Actor, permission: str, organ: Organ | None = None) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(actor, permission, organ):
        raise NotAllowed(what=permission_title(permission))


def require_everywhere(actor: Actor, permission: str) -> None:
    """Raise NotAllowed unless the permission covers the whole county: what has no organ above it needs that."""
    if EVERYWHERE not in scopes_of(actor, permission):
        raise NotAllowed(what=permission_title(permission))


def scopes_of(actor: Actor, permission: str) -> tuple[str, ...]:
    """Paths of the organs over which the actor holds a permission; ``("",)`` is the whole county."""
    permission_title(permission)
    return (EVERYWHERE,) if actor.kind == "system" else rights_of(actor).scopes.get(permission, ())


def within(paths: tuple[str, ...], prefix: str = "") -> Q:
    """Rows whose organ (named by `prefix`, such as ``"post__organ__"``) lies below one of the paths."""
    if EVERYWHERE in paths:
        return Q()
    covered = Q(pk__in=[])
    for path in paths:
        covered |= Q(**{f"{prefix}path__startswith": path})
    return covered


def acts_in_duty(actor: Actor, duty: str) -> bool:
    """Whether the acting post has a duty (signer, document_clerk …) that the actor may use."""
    return actor.kind == "system" or duty in rights_of(actor).duties


def _look_up(actor: Actor) -> Rights:
    if actor.kind != "officer" or not actor.person_id.isdigit():
        return NOTHING
    held_now = (_held.get() or {}).get(int(actor.person_id))
    duty = held_now.duty if held_now else _open_duty(int(actor.person_id))
    if actor.post_id.startswith(DUTY_PREFIX):
        held = duty is not None and actor.post_id == f"{DUTY_PREFIX}{duty.duty}" and not actor.on_behalf_of
        return Rights(dict.fromkeys(DUTY_PERMISSIONS[duty.duty], (EVERYWHERE,))) if held and duty else NOTHING
    if not actor.post_id.isdigit():
        return NOTHING
    rights = _of_stand_in(actor) if actor.on_behalf_of else _of_own_post(actor, held_now)
    return Rights(NOTHING.scopes, rights.duties) if duty else rights


def _open_duty(officer_id: int) -> AdminDuty | None:
    return AdminDuty.objects.filter(
        officer_id=officer_id, officer__is_active=True, status=AdminDuty.Status.OPEN
    ).first()


def _of_own_post(actor: Actor, held_now: Held | None) -> Rights:
    if held_now is not None:
        return _of_appointments([one for one in held_now.appointments if str(one.post_id) == actor.post_id])
    held = Appointment.objects.filter(
        in_force(clock.today()), officer_id=int(actor.person_id), officer__is_active=True, post_id=int(actor.post_id)
    )
    return _of_appointments(list(held.select_related("post")))


def _of_appointments(held: list[Appointment]) -> Rights:
    """What grants to these appointments, or to their posts, allow."""
    if not held:
        return NOTHING
    grants = RoleGrant.objects.filter(
        Q(appointment__in=[one.pk for one in held]) | Q(post__in=[one.post_id for one in held]),
        in_force(clock.today()),
        status=RoleGrant.Status.ACTIVE,
    ).values_list("role__permissions", "scope__path")
    scopes: dict[str, tuple[str, ...]] = {}
    for keys, path in grants:
        for key in keys:
            if key not in NEVER_BY_ROLE:
                scopes[key] = (*scopes.get(key, ()), path)
    return Rights(scopes, frozenset(duty for one in held for duty in one.post.duties))


def _of_stand_in(actor: Actor) -> Rights:
    """What the principal's appointment has, cut to the matters stood in for."""
    today = clock.today()
    covering = StandIn.objects.filter(
        in_force(today),
        in_force(today, "principal__"),
        deputy_id=int(actor.person_id),
        deputy__is_active=True,
        principal__post_id=int(actor.post_id),
        principal__officer__name=actor.on_behalf_of,
        status=StandIn.Status.ACTIVE,
    ).exclude(principal__officer__admin_duties__status=AdminDuty.Status.OPEN)
    scopes: dict[str, tuple[str, ...]] = {}
    duties: set[str] = set()
    for stand_in in covering.select_related("principal__post"):
        principal = _of_appointments([stand_in.principal])
        for key, paths in principal.scopes.items():
            if stand_in.covers_all or key in stand_in.permissions:
                scopes[key] = (*scopes.get(key, ()), *paths)
        duties |= {one for one in principal.duties if stand_in.covers_all or one in stand_in.permissions}
    return Rights(scopes, frozenset(duties))
