"""Addresses of the desk (/cms/): Wagtail's, each behind our guard, and what we serve in its stead."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtail_urls
from wagtail.utils.urlpatterns import decorate_urlpatterns

from .files import document, media
from .guard import at_the_desk

_own = (
    [
        path("media/<path:name>", media, name="media"),
        # Several at once would leave pictures without words.
        path("images/multiple/add/", RedirectView.as_view(pattern_name="wagtailimages:add"), name="add_image"),
        path("documents/multiple/add/", RedirectView.as_view(pattern_name="wagtaildocs:add"), name="add_document"),
    ],
    "portal_desk",
)
urlpatterns = decorate_urlpatterns(
    [
        path("", include(_own)),
        path("files/<int:document_id>/<path:name>", document, name="wagtaildocs_serve"),
        path("", include(wagtail_urls)),
    ],
    at_the_desk,
)
