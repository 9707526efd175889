"""A value one may carry about without knowing it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from django.conf import settings

from taihe.ground.errors import CountyError

from .keys import Vault, vault_at
from .kinds import DOTS, KINDS

log = logging.getLogger("taihe.vault")


def zone_vault() -> Vault:
    """The vault of the zone this process belongs to (settings.TAIHE_KEY_DIR).

    Bytes that are no column (a parked form) are sealed by ``zone_vault().seal(data, context)`` and
    opened with the same context.
    """
    return vault_at(Path(settings.TAIHE_KEY_DIR))


class Sealed:
    """What a vault field's attribute holds: prints as dots, compares only with its like.

    `field` names the field (``label.field``); `row` the row it belongs to, empty as long as that is
    not known (rows fetched by ``values()``), and such a value cannot be opened.  A value just
    assigned and not yet saved has no token.
    """

    __slots__ = ("_index", "_plain", "field", "kind", "row", "subject", "token")

    def __init__(self, kind: str, field: str, row: str = "", token: str = "", subject: str = "") -> None:
        self.kind, self.field, self.row, self.token, self.subject = kind, field, row, token, subject
        self._plain: str | None = None
        self._index: str | None = None

    @classmethod
    def pending(cls, kind: str, field: str, plain: str) -> Sealed:
        """A value assigned to a row and not yet saved."""
        made = cls(kind, field)
        made._plain = plain
        return made

    @property
    def is_pending(self) -> bool:
        """Whether the value still waits to be sealed by a save."""
        return self._plain is not None

    @property
    def context(self) -> str:
        """Field and row, as authenticated with the ciphertext."""
        return f"{self.field}\0{self.row}"

    def bound_to(self, row: str, subject: str) -> Sealed:
        """The same stored value, known to belong to a row."""
        bound = Sealed(self.kind, self.field, row, self.token, subject)
        bound._plain, bound._index = self._plain, self._index
        return bound

    def _open(self) -> str:
        """The plain text, for this package only: everybody else asks `actions.reveal`."""
        if self._plain is not None:
            return self._plain
        if not self.token:
            return ""
        if not self.row:
            raise TypeError(f"{self.field} was fetched without its row and cannot be opened: fetch the object")
        return zone_vault().open(self.token, self.context).decode()

    def _sealed_for(self, row: str, subject: str) -> Sealed:
        """This value encrypted anew for a row, with its blind index."""
        plain, vault = self._open(), zone_vault()
        made = Sealed(self.kind, self.field, row, "", subject)
        if plain:
            made.token = vault.seal(plain.encode(), made.context)
        made._index = vault.blind(self.kind, plain) if plain else ""
        return made

    def masked(self) -> str:
        """As much as a list may show (138******00); never fails, so that one bad row spoils no page."""
        try:
            plain = self._open()
        except CountyError as refusal:
            log.error("vault value of %s cannot be opened: %s", self.field, refusal.code)
            return f"{DOTS}（无法打开）"
        return KINDS[self.kind].mask(plain) if plain else ""

    def sealed_digest(self) -> str:
        """What audit snapshots may keep: changes whenever the value is written, tells nothing of it."""
        return self.token

    def __bool__(self) -> bool:
        return bool(self.token or self._plain)

    def __str__(self) -> str:
        return DOTS if self else ""

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __repr__(self) -> str:
        return f"<Sealed {self.field}{' 待保存' if self.is_pending else ''}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sealed):
            return NotImplemented
        if self.is_pending or other.is_pending:
            return self is other
        return (self.token, self.field) == (other.token, other.field)

    def __hash__(self) -> int:
        return hash((self.token, self.field))

    def __copy__(self) -> Sealed:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Sealed:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        if self.is_pending:
            raise TypeError("a vault value is not pickled before it is saved: the plain text would leave memory")
        return Sealed, (self.kind, self.field, self.row, self.token, self.subject)
