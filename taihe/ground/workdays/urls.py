"""Addresses of the calendar; the inner zone mounts them at ``calendar/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "workdays"
urlpatterns = [
    path("", views.now, name="now"),
    path("<int:year>/", views.year, name="year"),
    path("<int:year>/confirm/", views.upload, name="upload"),
    path("<int:year>/confirm/go/", views.confirm, name="confirm"),
    path("<int:year>/table/", views.table, name="table"),
    path("<int:year>/day/", views.day, name="day"),
]
