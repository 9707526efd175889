"""``{% load formsafety %}``: ``{% form_safety form %}`` inside every ``<form method="post">``."""

from __future__ import annotations

from typing import Any

from django import template

from taihe.ground.formsafety.forms import SafeFormMixin
from taihe.ground.formsafety.keys import KEY_FIELD, VERSION_FIELD

register = template.Library()


@register.inclusion_tag("ground_formsafety/_safety.html")
def form_safety(form: SafeFormMixin) -> dict[str, Any]:
    """The hidden version and one-time key; above them what was put back, and both texts after a conflict."""
    restored = form.restored
    files = [(_label(form, name), file) for name, file in restored.files] if restored else []
    return {
        "key_field": KEY_FIELD,
        "key": form.form_key.text(),
        "version_field": VERSION_FIELD,
        "version": form.shown_version,
        "restored": restored,
        "files": files,
        "conflicts": form.conflicts,
    }


def _label(form: SafeFormMixin, posted: str) -> str:
    return next((str(bound.label) for bound in form if bound.html_name == posted), posted)
