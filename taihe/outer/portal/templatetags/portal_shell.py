"""``{% shell_part "top" %}``: a signed fragment of the site's frame."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from ..shell import fragment

register = template.Library()


@register.simple_tag
def shell_part(part: str) -> SafeString:
    """The fragment as it was signed in the office wing; nobody outside can have changed it."""
    return mark_safe(fragment(part))  # noqa: S308  verified by the release's signature
