"""What a session remembers of its sign-in: one small record, read and written in one place."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict

from taihe.ground import clock

_KEY = "signin"
_PENDING = "signin_pending"


@dataclass(frozen=True)
class State:
    """`note` is the SessionNote's row; `began` and `seen` are seconds; `acting` a key of acting_choices.

    `proved` says that a second factor was shown; `owes_factor` that one must be set up first.
    """

    began: float
    seen: float
    note: int = 0
    acting: str = ""
    proved: bool = False
    owes_factor: bool = False


@dataclass(frozen=True)
class Pending:
    """A person whose password was right and whose second proof is awaited; `secret` ties it to that password."""

    officer: int
    secret: str
    at: float
    next: str = ""


K = TypeVar("K", State, Pending)


def seconds() -> float:
    """The county's clock in seconds."""
    return clock.now().timestamp()


def read_state(request: HttpRequest) -> State | None:
    """The session's record; None when it was not made by our sign-in."""
    return _read(request, _KEY, State)


def write_state(request: HttpRequest, state: State) -> None:
    """Keep the record; the session is saved with the answer."""
    request.session[_KEY] = asdict(state)


def change_state(request: HttpRequest, **changes: Any) -> None:
    """Keep the record with some of it changed; nothing happens without one."""
    if (state := read_state(request)) is not None:
        write_state(request, replace(state, **changes))


def read_pending(request: HttpRequest) -> Pending | None:
    """Who stands between password and second proof in this browser."""
    return _read(request, _PENDING, Pending)


def write_pending(request: HttpRequest, pending: Pending) -> None:
    """Begin waiting, in a session that holds nothing else."""
    request.session.flush()
    request.session[_PENDING] = asdict(pending)


def drop_pending(request: HttpRequest) -> None:
    """Stop waiting."""
    request.session.pop(_PENDING, None)


def _read(request: HttpRequest, key: str, kind: type[K]) -> K | None:
    kept: Any = request.session.get(key)
    known = {one.name for one in fields(kind)}
    try:
        return kind(**{name: value for name, value in kept.items() if name in known})
    except (AttributeError, TypeError):
        return None


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: an empty post is a post too."""
    return request.POST if request.method == "POST" else None


def session_name(request: HttpRequest) -> str:
    """A digest that names the session in the record without opening it; empty before there is one."""
    key = request.session.session_key
    return hashlib.sha256(f"taihe session\0{key}".encode()).hexdigest()[:16] if key else ""


def address_of(request: HttpRequest) -> str:
    """The client's address, as the front resolved it."""
    return str(request.META.get("REMOTE_ADDR", ""))[:64]


def device_of(request: HttpRequest) -> str:
    """What the browser says it is."""
    return request.headers.get("User-Agent", "")[:200]
