"""Wagtail as the editors' desk: how our rights, our audit and our refusals stand around it."""
