"""The mixin that every form of the county wears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from taihe.ground.errors import StaleVersion

from . import queries
from .errors import AlreadySubmitted
from .keys import KEY_FIELD, VERSION_FIELD, FormKey, owner_of, page_of, session_of
from .parking import Restored, restored
from .versions import Difference, differences, field_of

if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    _Form = object

FAULTS = {
    "missing": "表单缺少校验信息，内容没有提交。请核对后再次提交。",
    "expired": "表单打开时间过久，内容没有提交。请核对后再次提交。",
    "person": "这张表单由另一位登录人打开，内容没有提交。请核对后以您的名义再次提交。",
    "session": "登录状态已变化，内容没有提交。请核对后再次提交。",
    "version": "表单缺少版本信息，内容没有提交。请核对后再次提交。",
}


class SafeFormMixin(_Form):
    """Version and one-time key for a form, and what was typed before the session ended.

    Stands before the form class: ``class NoticeForm(SafeFormMixin, forms.ModelForm)``.  `request` is
    always given; `row` is the record being changed (a ModelForm's saved instance by itself).  `page`
    is the address where the form can be opened when it is not the one now being drawn.

    `form_name` identifies the form (default: module and class), `form_title` names it to people
    (default: what its model is called), and
    `never_parked` lists fields, besides passwords and one-time codes, that are not set aside.
    """

    form_name: ClassVar[str] = ""
    form_title: ClassVar[str] = ""
    never_parked: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, *args: Any, request: HttpRequest, row: models.Model | None = None, page: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        instance = getattr(self, "instance", None)
        self.request = request
        self.page = page
        self.row = row or (instance if instance is not None and instance.pk else None)
        self.conflicts: list[Difference] = []
        self._version_shown: int | None = None
        # What this form held when the session ended, if the page was opened to restore it; found now,
        # so that what cannot be restored is said in the messages at the head of the page.
        self.restored: Restored | None = None if self.is_bound else restored(request, self.safety_name())

    @classmethod
    def safety_name(cls) -> str:
        """The form's lasting name."""
        return (cls.form_name or f"{cls.__module__}.{cls.__qualname__}")[-100:]

    # -- key ------------------------------------------------------------------------------------------

    @cached_property
    def _posted_key(self) -> FormKey | None:
        key = FormKey.read(self.data.get(KEY_FIELD)) if self.is_bound else None
        return key if key is not None and key.form == self.safety_name() else None

    @cached_property
    def form_key(self) -> FormKey:
        """The key this form carries: the one it came with as long as that serves, else a new one."""
        kept = self._posted_key
        if kept is not None and not kept.expired and kept.owner == owner_of(self.request):
            return kept.here(self.request)
        described = {
            "page": self.page or page_of(self.request),
            "title": self._title(),
            "secret": tuple(self.add_prefix(name) for name in self._secret_names()),
        }
        key = FormKey.issue(self.request, self.safety_name(), **described)
        if self.restored is not None:
            return replace(key, key=self.restored.key, issued=self.restored.issued)
        return key

    def _title(self) -> str:
        model = getattr(getattr(self, "_meta", None), "model", None)
        return self.form_title or (str(model._meta.verbose_name) if model else "")

    def _secret_names(self) -> list[str]:
        return [
            name
            for name, field in self.fields.items()
            if name in self.never_parked
            or isinstance(field.widget, forms.PasswordInput)
            or field.widget.attrs.get("autocomplete") == "one-time-code"
        ]

    def _fault(self) -> str:
        key = self._posted_key
        if key is None:
            return "missing"
        if key.expired:
            return "expired"
        if key.owner != owner_of(self.request):
            return "person"
        if key.session != session_of(self.request):
            return "session"
        return "version" if self._row_version() is not None and self.posted_version is None else ""

    def full_clean(self) -> None:
        """Django's own checks, then whether the key belongs to this person, visit and form."""
        super().full_clean()
        if self.is_bound and (fault := self._fault()):
            self.add_error(None, ValidationError(FAULTS[fault], code=f"form_{fault}"))

    def is_valid(self) -> bool:
        """Whether the form may be carried out.  Raises AlreadySubmitted when it was, even if it now has faults.

        Asked after the checks: a name that is "already taken" was perhaps taken by this very form.
        """
        valid = super().is_valid()
        key = self._posted_key
        used = queries.used_key(key.key) if key is not None and key.owner == owner_of(self.request) else None
        if used is not None and used.form == self.safety_name():
            raise AlreadySubmitted(used.location)
        return valid

    # -- version --------------------------------------------------------------------------------------

    def _row_version(self) -> int | None:
        return getattr(self.row, "version", None)

    @property
    def posted_version(self) -> int | None:
        """The version of the record that the person had before him; None when none was sent."""
        text = str(self.data.get(VERSION_FIELD, "")) if self.is_bound else ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    @property
    def shown_version(self) -> int | str:
        """The version the page carries: after a conflict the new one, else the one first seen."""
        if self._version_shown is not None:
            return self._version_shown
        if self.is_bound and self.posted_version is not None:
            return self.posted_version
        if self.restored is not None and self.restored.version.isdigit():
            return self.restored.version
        version = self._row_version()
        return "" if version is None else version

    def show_conflict(self, refusal: StaleVersion, current: models.Model | Mapping[str, Any] | None = None) -> None:
        """Keep both texts on the page: the record as it now stands, and what was typed.

        `current` defaults to the form's record, read anew; a mapping needs the key ``version``.  Sent
        again, the form then overwrites what the person has seen.
        """
        if current is None and self.row is not None:
            current = queries.fresh(self.row)
        if current is not None:
            self.conflicts = differences(self, current)
            self._version_shown = field_of(current, "version")
        happened, done, _ = refusal.sentences()
        self.add_error(None, f"{happened}{done}请对照表中两处内容核对，确认无误后再次提交，将以您填写的内容为准。")

    # -- what was typed before ------------------------------------------------------------------------

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """A field's first value: what was typed before, else Django's own."""
        own = super().get_initial_for_field(field, field_name)
        if self.restored is None or field.disabled or field.widget.needs_multipart_form:
            return own
        name, data = self.add_prefix(field_name), self.restored.data
        if field_name in self._secret_names() or field.widget.value_omitted_from_data(data, {}, name):
            return own
        return field.bound_data(field.widget.value_from_datadict(data, {}, name), own)
