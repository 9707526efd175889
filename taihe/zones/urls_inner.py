"""Addresses of the inner zone."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("taihe.inner.people.signin.urls")),
    path("", include("taihe.inner.people.urls")),
    path("work/", include("taihe.inner.workflow.urls")),
    path("portal/releases/", include("taihe.inner.portal.release.urls")),
    path("portal/", include("taihe.inner.portal.urls")),
    path("cms/", include("taihe.inner.portal.desk.urls")),
    path("documents/", include("taihe.inner.office.documents.urls")),
    path("seals/", include("taihe.inner.seals.urls")),
    path("security/", include("taihe.inner.security.urls")),
    path("calendar/", include("taihe.ground.workdays.urls")),
    path("files/", include("taihe.ground.files.urls")),
    path("gate/", include("taihe.gate.urls")),
    path("shelf/", include("taihe.ground.shelf.urls")),
    path("form-safety/", include("taihe.ground.formsafety.urls")),
]
if settings.TAIHE_DEMO:
    urlpatterns.append(path("ui/", include("taihe.ground.ui.gallery")))
handler400 = "taihe.ground.ui.refusals.handler400"
handler403 = "taihe.ground.ui.refusals.handler403"
handler404 = "taihe.ground.ui.refusals.handler404"
handler500 = "taihe.ground.ui.refusals.handler500"
