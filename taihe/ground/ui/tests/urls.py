"""Addresses of the kit's own tests: the gallery, and pages that refuse, fail or are guarded."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.views.decorators.csrf import csrf_protect

from taihe.ground.errors import BadInput


def refuse(request: HttpRequest) -> HttpResponse:
    raise BadInput(what="“<i>份数</i>”须为整数。")


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@csrf_protect
def guarded(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


def bare(request: HttpRequest) -> HttpResponse:
    return render(request, "gov/shell.html")


urlpatterns = [
    path("ui/", include("taihe.ground.ui.gallery")),
    path("refuse/", refuse, name="t_refuse"),
    path("fail/", fail, name="t_fail"),
    path("guarded/", guarded),
    path("work/", bare, name="t_work"),
    path("work/done/", bare, name="t_done"),
]
handler400 = "taihe.ground.ui.refusals.handler400"
handler403 = "taihe.ground.ui.refusals.handler403"
handler404 = "taihe.ground.ui.refusals.handler404"
handler500 = "taihe.ground.ui.refusals.handler500"
