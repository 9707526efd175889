"""印章: the list and one seal."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control

from taihe.ground import access, clock
from taihe.ground.actor import Actor
from taihe.ground.errors import NotAllowed
from taihe.ground.rules import rule
from taihe.ground.ui import parts
from taihe.inner.people.permissions import may, permission_title
from taihe.inner.people.views.common import laid_out

from .. import queries
from ..models import Seal, SealCertificate, SealState
from ..provider import provider
from ..rights import MANAGE, USE
from ..tables import SealTable, period, state_mark

ROOT = ("印章", "/seals/")
TABS = {"active": "在用", "suspended": "停用", "destroyed": "已销毁"}
USES_SHOWN = 5


def keeper(request: HttpRequest) -> Actor:
    """The asker, who keeps or manages some seal.  Raises NotAllowed."""
    actor = access.actor_of(request)
    if not (may(actor, USE) or may(actor, MANAGE)):
        raise NotAllowed(what=permission_title(USE))
    return actor


def listing(request: HttpRequest) -> HttpResponse:
    """The seals the asker keeps or manages, by state."""
    actor = keeper(request)
    asked = request.GET.get("state", "")
    chosen = asked if asked in TABS else "active"
    rows = queries.visible_seals(actor)
    counts = queries.by_state(actor)
    table = SealTable(rows.filter(state=chosen))
    table.empty_text = f"没有{TABS[chosen]}的印章"
    known = {
        "table": laid_out(request, table),
        "tabs": [parts.Tab(title, f"?state={key}", counts.get(key, 0), key == chosen) for key, title in TABS.items()],
        "may_issue": may(actor, MANAGE),
        "provider": provider(),
    }
    return render(request, "inner_seals/list.html", known)


def seal(request: HttpRequest, pk: int) -> HttpResponse:
    """One seal: its impression, its state, its certificates and last uses."""
    actor = keeper(request)
    row = queries.seal_for_reading(actor, pk)
    certificates = queries.certificates_of(row)
    known = {
        "seal": row,
        "mark": state_mark(row),
        "facts": _facts(row),
        "certificates": [(one, _certificate_state(row, one)) for one in certificates],
        "warning": _warning(row, certificates),
        "uses": queries.uses_of(row)[:USES_SHOWN],
        "links": _links(actor, row) if may(actor, MANAGE, row.organ) else [],
        "provider": provider(),
    }
    return render(request, "inner_seals/seal.html", known)


def _facts(row: Seal) -> list[parts.Detail]:
    facts = [
        parts.Detail("用印单位", row.organ_name),
        parts.Detail("种类", row.get_kind_display()),
        parts.Detail("直径", f"{row.width_mm.normalize():f} 毫米"),
        parts.Detail("有效期", period(row)),
        parts.Detail("制发", row.made_by_name),
        parts.Detail("制发时间", row.made_at),
        parts.Detail("制发依据", row.basis or "—", wide=True),
    ]
    if row.state_reason:
        facts.append(parts.Detail("停用或销毁原因", row.state_reason, wide=True))
    if row.destroy_asked_at:
        facts += [parts.Detail("提出销毁", row.destroy_asked_by_name), parts.Detail("提出时间", row.destroy_asked_at)]
    if row.destroyed_at:
        facts += [parts.Detail("确认销毁", row.destroyed_by_name), parts.Detail("销毁时间", row.destroyed_at)]
    return facts


def _certificate_state(row: Seal, one: SealCertificate) -> tuple[str, str]:
    if one.revoked_at:
        return "已吊销", "danger"
    if one.not_after <= clock.now():
        return "已到期", "warn"
    return ("现用", "ok") if one.serial == row.serial else ("已换发", "plain")


def _warning(row: Seal, certificates: list[SealCertificate]) -> str:
    current = next((one for one in certificates if one.serial == row.serial), None)
    if current is None or row.state == SealState.DESTROYED:
        return ""
    days = (clock.local(current.not_after).date() - clock.today()).days
    if days < 0:
        return "现用证书已到期，不能用印，请换发证书。"
    return f"现用证书还有 {days} 天到期，请及时换发。" if days <= rule("seals.renewal_notice_days") else ""


def _links(actor: Actor, row: Seal) -> list[tuple[str, str, str]]:
    """What the manager may do with the seal as it stands: words, address, icon."""
    offered: list[tuple[str, str, str]] = []
    if row.state == SealState.DESTROYED:
        return offered
    if row.state == SealState.ACTIVE:
        offered.append(("停用", "suspend", "player-pause"))
    else:
        title = "撤回销毁并启用" if row.destroy_asked_at else "启用"
        offered.append((title, "resume", "player-play"))
    offered.append(("换发证书", "renew", "refresh"))
    if not row.destroy_asked_at:
        offered.append(("提出销毁", "ask_destroy", "trash"))
    elif row.destroy_asked_by_id != actor.person_id:
        offered.append(("确认销毁", "confirm_destroy", "trash"))
    return [(title, reverse(f"seals:{name}", args=[row.pk]), icon) for title, name, icon in offered]


@cache_control(private=True, max_age=3600)
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The impression as a vector picture, marked 样章 by the embedded provider."""
    row = queries.seal_for_reading(keeper(request), pk)
    answer = HttpResponse(provider().picture(row.title, float(row.width_mm)), content_type="image/svg+xml")
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
