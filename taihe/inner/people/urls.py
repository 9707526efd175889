"""Addresses of organs, people, stand-ins, imports and the first page."""

from __future__ import annotations

from django.urls import path

from .views import contacts, home, imports, officer_changes, organ_changes, organs, search, stand_ins

app_name = "people"
urlpatterns = [
    path("", home.home, name="home"),
    path("search/", search.results, name="search"),
    path("organs/", organs.tree, name="organs"),
    path("organs/new/", organ_changes.new, name="organ_new"),
    path("organs/<int:pk>/", organs.organ, name="organ"),
    path("organs/<int:pk>/edit/", organ_changes.edit, name="organ_edit"),
    path("organs/<int:pk>/rename/", organ_changes.rename, name="organ_rename"),
    path("organs/<int:pk>/move/", organ_changes.move, name="organ_move"),
    path("organs/<int:pk>/merge/", organ_changes.merge, name="organ_merge"),
    path("organs/<int:pk>/abolish/", organ_changes.abolish, name="organ_abolish"),
    path("organs/<int:pk>/posts/new/", organ_changes.new_post, name="post_new"),
    path("posts/<int:pk>/edit/", organ_changes.edit_post, name="post_edit"),
    path("posts/<int:pk>/close/", organ_changes.close_post, name="post_close"),
    path("posts/<int:pk>/appoint/", officer_changes.appoint_to, name="appoint"),
    path("appointments/<int:pk>/end/", officer_changes.end, name="appointment_end"),
    path("appointments/<int:pk>/main/", officer_changes.make_main, name="appointment_main"),
    path("contacts/", contacts.book, name="contacts"),
    path("officers/new/", officer_changes.new, name="officer_new"),
    path("officers/<int:pk>/", contacts.officer, name="officer"),
    path("officers/<int:pk>/phone/", contacts.phone, name="phone"),
    path("officers/<int:pk>/edit/", officer_changes.edit, name="officer_edit"),
    path("officers/<int:pk>/leave/", officer_changes.leave, name="officer_leave"),
    path("officers/<int:pk>/appoint/", officer_changes.appoint_person, name="officer_appoint"),
    path("stand-ins/", stand_ins.listing, name="stand_ins"),
    path("stand-ins/new/", stand_ins.new, name="stand_in_new"),
    path("stand-ins/<int:pk>/revoke/", stand_ins.revoke, name="stand_in_revoke"),
    path("import/", imports.start, name="import_start"),
    path("import/<slug:what>/", imports.upload, name="import"),
    path("import/<slug:what>/load/", imports.load, name="import_load"),
    path("import/<slug:what>/report/", imports.report_file, name="import_report"),
    path("import/<slug:what>/template/", imports.template, name="import_template"),
]
