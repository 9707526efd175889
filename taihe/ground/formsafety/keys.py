"""The one-time key inside every form: issued by the server, unforgeable, and no row until it is used.

It is a signed statement of who opened which form in which session and when, so that a form sent
after its session ended still tells whose it is and to which page it belongs.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.crypto import salted_hmac
from django.utils.http import escape_leading_slashes

from taihe.ground import clock
from taihe.ground.rules import rule

KEY_FIELD = "form_key"
VERSION_FIELD = "form_version"
RESTORE = "restore"
CONTROL_FIELDS = {KEY_FIELD, VERSION_FIELD, "csrfmiddlewaretoken"}
LONGEST = 4096
LONGEST_PAGE = 1000
_DIGEST = 32


def _signer() -> Signer:
    return Signer(salt="taihe.formsafety.key")


def _keyed(use: str, value: str) -> str:
    return salted_hmac(f"taihe.formsafety.{use}", value, algorithm="sha256").hexdigest()[:_DIGEST]


def owner_of(request: HttpRequest) -> str:
    """Digest that names the signed-in person without telling who it is; empty when nobody is."""
    user = getattr(request, "user", None)
    return _keyed("owner", str(user.pk)) if user is not None and user.is_authenticated else ""


def session_of(request: HttpRequest) -> str:
    """Digest of what ties a page to its visit: the session of a signed-in person, else the CSRF cookie."""
    if owner_of(request):
        return _keyed("session", request.session.session_key or "")
    if "CSRF_COOKIE" not in request.META:
        get_token(request)
    return _keyed("visit", request.META["CSRF_COOKIE"])


def page_of(request: HttpRequest) -> str:
    """The page's own address, without the mark of an earlier restoration."""
    query = request.GET.copy()
    query.pop(RESTORE, None)
    page = escape_leading_slashes(request.path) + (f"?{query.urlencode()}" if query else "")
    return page if len(page) <= LONGEST_PAGE else request.path[:LONGEST_PAGE]


@dataclass(frozen=True)
class FormKey:
    """What a form's hidden key says."""

    key: str
    form: str
    owner: str
    session: str
    issued: int
    page: str = "/"
    title: str = ""
    secret: tuple[str, ...] = ()

    @classmethod
    def issue(cls, request: HttpRequest, form: str, **more: Any) -> FormKey:
        """A new key for a page now being drawn."""
        return cls(
            key=uuid.uuid4().hex,
            form=form,
            owner=owner_of(request),
            session=session_of(request),
            issued=int(clock.now().timestamp()),
            **more,
        )

    @classmethod
    def read(cls, text: object) -> FormKey | None:
        """The key that a browser sent back; None when it was not issued here."""
        if not isinstance(text, str) or not text or len(text) > LONGEST:
            return None
        try:
            said = _signer().unsign_object(text)
            return cls(**said | {"secret": tuple(said["secret"])})
        except (BadSignature, TypeError, KeyError):  # forged, or issued by a release that said other things
            return None

    def text(self) -> str:
        """The key as it stands in the page."""
        return str(_signer().sign_object(asdict(self), compress=True))

    @property
    def issued_at(self) -> datetime:
        """When the form was first opened."""
        return datetime.fromtimestamp(self.issued, UTC)

    @property
    def expired(self) -> bool:
        """Whether the record of used keys no longer reaches back to this one."""
        return clock.now() - self.issued_at > timedelta(days=rule("formsafety.key_days"))

    def here(self, request: HttpRequest) -> FormKey:
        """The same key for the visit that now holds the page."""
        return replace(self, owner=owner_of(request), session=session_of(request))


def posted_key(request: HttpRequest) -> FormKey | None:
    """The authentic key of a posted form; None for anything else."""
    if request.method != "POST" or request.content_type not in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        return None
    return FormKey.read(request.POST.get(KEY_FIELD))
