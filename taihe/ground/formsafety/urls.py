"""Addresses around forms that came too late."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "formsafety"
urlpatterns = [
    path("parked/", views.parked, name="parked"),
    path("parked/<uuid:row_id>/abandon/", views.abandon, name="abandon"),
]
