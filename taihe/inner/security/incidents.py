"""Files with a secret mark reach the security administrator: the number in his menu and on his first page.

The list itself is the notice; telling makes sure that somebody in office will see it.
"""

from __future__ import annotations

import logging

from django.http import HttpRequest

from taihe.ground import access
from taihe.ground.files.incidents import on_secret_mark
from taihe.ground.files.queries import incidents as recorded
from taihe.ground.ui.nav import INNER, NavItem, register
from taihe.inner.people.models import Duty
from taihe.inner.people.queries import open_duties

from .errors import NoSecurityOfficer
from .menu import GROUP

HANDLE = "incidents.handle"
log = logging.getLogger(__name__)


@on_secret_mark("security")
def tell(incident: int) -> None:
    """Raises NoSecurityOfficer while nobody is in office, so that the message stays in sight."""
    if not open_duties().filter(duty=Duty.SECURITY).exists():
        raise NoSecurityOfficer(incident=incident)
    log.warning("涉密标志事件 %s 等待安全管理员处置", incident)


def _visible(request: HttpRequest) -> bool:
    return access.may(request, HANDLE)


def _open(request: HttpRequest) -> int:
    """Counted once per request, though the first page draws the menu twice."""
    known: int | None = getattr(request, "_incidents_open", None)
    if known is None:
        known = recorded(closed=False).count()
        request._incidents_open = known  # type: ignore[attr-defined]
    return known


def put() -> None:
    """Register the entry; called once at start."""
    register(
        NavItem(
            INNER, GROUP, "security.incidents", "涉密标志事件", "file-alert", "security:incidents", 935,
            _visible, _open, help="上传时发现带有密级标志的文件，等待安全管理员处置。",
        )
    )  # fmt: skip
