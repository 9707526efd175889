"""Signs that the public templates use."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from . import assets

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """One drawing of our sprite, decoration only."""
    return format_html(
        '<svg class="tp-i" aria-hidden="true"><use href="{}#{}"/></svg>', assets.drawing("icons.svg"), name
    )


@register.simple_tag
def asset(name: str) -> str:
    """The address of a drawing."""
    return assets.drawing(name)


@register.filter
def t(path: str) -> str:
    """The address of the text version of a page."""
    return f"/t{path}"
