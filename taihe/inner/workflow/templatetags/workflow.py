"""``{% drawn summary %}``: what a matter shows of itself inside the pages that all matters share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def drawn(context: Context, part: tuple[Any, Mapping[str, Any]] | None) -> SafeString:
    """A matter's own template (or its name) with the context it gave, also as `data`; nothing for None."""
    if part is None or context.template is None:
        return SafeString("")
    named, values = part
    found = context.template.engine.get_template(named) if isinstance(named, str) else named
    with context.push(data=values, **values):
        return SafeString(found.render(context))
