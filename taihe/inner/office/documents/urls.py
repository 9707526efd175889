"""Addresses of 公文; each area lists its own under `views`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import incoming

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("incoming/", incoming.listed, name="incoming"),
    path("incoming/new/", incoming.new, name="incoming_new"),
    path("incoming/<int:pk>/", incoming.shown, name="incoming_item"),
    path("incoming/<int:pk>/pages/<int:number>/", incoming.page, name="incoming_page"),
]
