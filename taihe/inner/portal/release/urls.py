"""Addresses of the release pages; the inner zone mounts them at ``portal/releases/``."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "releases"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("rebake/", views.rebake, name="rebake"),
    path("resume/", views.resume, name="resume"),
    path("alarms/", views.alarms, name="alarms"),
    path("alarms/<int:pk>/", views.alarm, name="alarm"),
    path("alarms/<int:pk>/close/", views.alarm_close, name="alarm_close"),
    path("requests/<int:pk>/", views.decide, name="decide"),
    path("<int:number>/", views.release, name="release"),
    path("<int:number>/rollback/", views.rollback, name="rollback"),
]
