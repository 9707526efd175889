"""Addresses of the site's own pages."""

from __future__ import annotations

from django.urls import path

from . import views
from .searching import views as searching

app_name = "outer_portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", searching.search, name="search"),
    path("leave/", views.leave, name="leave"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
