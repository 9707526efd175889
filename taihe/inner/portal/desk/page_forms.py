"""The forms of pages: what refers to others is checked, what the site rules ask is asked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminPageForm

from taihe.ground import clock
from taihe.ground.rules import rule


class DeskPageForm(WagtailAdminPageForm):
    """What all page forms share."""

    def referred(self) -> tuple[set[int], set[int], set[int]]:
        """Ids of pictures, files and pages that the posted content names."""
        from ..references import of_values

        return of_values(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """Nothing of another organ's shelf or drafts may be named here."""
        data: dict[str, Any] = super().clean()
        from ..references import foreign

        for sentence in foreign(self.for_user, *self.referred()):
            self.add_error(None, sentence)
        return data


class HomeForm(DeskPageForm):
    """The front page."""


class ColumnForm(DeskPageForm):
    """A column: its organ must lie below that of the column above, its type should be one of the listed."""

    def clean_column_type(self) -> str:
        """One of rule portal.column_types."""
        kind = str(self.cleaned_data["column_type"]).strip()
        known = rule("portal.column_types")
        if kind and kind not in known:
            raise ValidationError(f"栏目类别应为：{'、'.join(known)}。")
        return kind

    def clean_description(self) -> str:
        """Not a copy of the name (47号文, 网页标签规范)."""
        words = str(self.cleaned_data["description"]).strip()
        if words and words == str(self.cleaned_data.get("title", "")).strip():
            raise ValidationError("栏目描述不能照抄栏目名称。")
        return words

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        organ, above = data.get("organ"), self._organ_above()
        if organ is not None and above is not None and not organ.path.startswith(above):
            self.add_error("organ", "负责单位应是上级栏目负责单位的下级，或与其相同。")
        return data

    def _organ_above(self) -> str | None:
        from ..queries.desk import owner_of

        owner = owner_of(self.parent_page.path) if self.parent_page else None
        return owner.organ_path if owner else None


class ArticleForm(DeskPageForm):
    """An article."""

    def clean_source(self) -> str:
        """A unit of the county, or a source on the white list."""
        from ..sources import allowed

        source = str(self.cleaned_data.get("source") or "").strip()
        if source and not allowed(source):
            raise ValidationError("来源须是本县单位（全称或简称），或转载白名单中的来源。")
        return source

    def clean_written_on(self) -> Any:
        """成文 ≤ 发布 (portal handbook 3.2)."""
        day = self.cleaned_data.get("written_on")
        if day is not None and day > clock.today():
            raise ValidationError("成文日期不能晚于今天。")
        return day
