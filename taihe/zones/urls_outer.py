"""Addresses of the outer zone."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("taihe.outer.portal.urls"))]
