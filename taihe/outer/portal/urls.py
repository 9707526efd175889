"""Addresses of the site's own pages."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "outer_portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
