"""Addresses of 公文; each area lists its own under `views`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from .views import distributing, document, incoming, lists, numbers, received, sealing, search

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/", document.document, name="document"),
    path("<int:pk>/pages/", document.pages, name="pages"),
    path("<int:pk>/pages/<int:number>/", document.page, name="page"),
    path("<int:pk>/print/", document.print_, name="print"),
    path("<int:pk>/submit/", document.submit, name="submit"),
    path("<int:pk>/cancel/", document.cancel, name="cancel"),
    path("<int:pk>/resign/", document.resign, name="resign"),
    path("<int:pk>/seal/", sealing.seal, name="seal"),
    path("<int:pk>/sealing/", sealing.sealing, name="sealing"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/<int:pk>/reserve/", numbers.reserve, name="number_reserve"),
    path("numbers/<int:pk>/void/", numbers.void, name="number_void"),
    path("", lists.listed, name="list"),
    path("search/", search.results, name="search"),
    path("export/", lists.export, name="export"),
    path("incoming/", incoming.listed, name="incoming"),
    path("incoming/new/", incoming.new, name="incoming_new"),
    path("incoming/<int:pk>/", incoming.shown, name="incoming_item"),
    path("incoming/<int:pk>/pages/<int:number>/", incoming.page, name="incoming_page"),
    path("<int:pk>/distribute/", distributing.distribute, name="distribute"),
    path("<int:pk>/receipts/", distributing.receipts, name="receipts"),
    path("<int:pk>/receipts/urge/", distributing.urge, name="urge_receipt"),
    path("<int:pk>/receipts/further/", distributing.further, name="further"),
    path("<int:pk>/receipts/recall/", distributing.recall, name="recall"),
    path("<int:pk>/receipts/correct/", distributing.correct, name="correct"),
    path("received/", received.received, name="received"),
    path("received/sign/", received.sign_many, name="sign_many"),
    path("received/<int:pk>/", received.one, name="received_one"),
    path("received/<int:pk>/refuse/", received.refuse, name="refuse"),
    path("received/<int:pk>/print/", received.print_it, name="received_print"),
    path("received/<int:pk>/page/<int:number>/", received.page, name="received_page"),
]
