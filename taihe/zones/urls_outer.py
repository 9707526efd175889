"""Addresses of the outer zone."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("taihe.outer.portal.urls")),
    path("verify/", include("taihe.outer.seals.urls")),
    path("files/", include("taihe.ground.files.urls")),
    path("form-safety/", include("taihe.ground.formsafety.urls")),
]
handler400 = "taihe.ground.ui.refusals.handler400"
handler403 = "taihe.ground.ui.refusals.handler403"
handler404 = "taihe.outer.portal.views.not_found"
handler500 = "taihe.outer.portal.views.broken"
