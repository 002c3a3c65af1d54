from __future__ import annotations

from django.urls import path

from bench.twin import views

urlpatterns = [
    path("hello", views.hello),
    path("", views.elsewhere, name="home"),
    path("t/<int:thread_id>/<slug:slug>", views.thread, name="thread"),
    path("t/<int:thread_id>/reply", views.elsewhere, name="reply"),
    path("p/<int:post_id>/reply", views.elsewhere, name="reply_to"),
    path("p/<int:post_id>/recommend", views.elsewhere, name="recommend"),
    path("p/<int:post_id>/edit", views.elsewhere, name="edit"),
    path("f/<slug:slug>/", views.elsewhere, name="forum"),
    path("f/<slug:slug>/mark", views.elsewhere, name="mark"),
    path("c/<slug:slug>/", views.elsewhere, name="category"),
    path("m/<str:name>", views.elsewhere, name="member"),
]
