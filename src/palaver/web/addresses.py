"""The address map of the pages. Every view of ours carries its `permission` (see `doors`)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from palaver.forums import orders
from palaver.web import errors
from palaver.web.accounts import flows, preferences
from palaver.web.help import pages as help_pages
from palaver.web.members import pages as members
from palaver.web.operators import desk
from palaver.web.places import forums, lists, old_addresses
from palaver.web.record import pages as record
from palaver.web.threads import acts, pages, writing
from palaver.web.uploads import handing_out, own, taking

urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.home, name="home"),
    path("latest", lists.ordered(orders.LATEST), name="latest"),
    path("newest", lists.ordered(orders.NEWEST), name="newest"),
    path("recommended", lists.ordered(orders.RECOMMENDED), name="recommended"),
    path("unanswered", lists.ordered(orders.UNANSWERED), name="unanswered"),
    path("unread", lists.unread, name="unread"),
    path("forums", forums.all_forums, name="forums"),
    path("mark-all", forums.mark_all, name="mark-all"),
    path("c/<str:slug>/", forums.category, name="category"),
    path("f/<str:slug>/", lists.forum, name="forum"),
    path("f/<str:slug>/about", forums.about, name="forum-about"),
    path("f/<str:slug>/mark", forums.mark, name="forum-mark"),
    path("f/<str:slug>/start", writing.start, name="thread-start"),
    path("t/<int:thread_id>", pages.bare, name="thread-bare"),
    path("t/<int:thread_id>/new", pages.first_new, name="thread-new"),
    path("t/<int:thread_id>/replies", writing.reply_to_thread, name="thread-replies"),
    path("t/<int:thread_id>/lock", acts.lock, name="thread-lock"),
    path("t/<int:thread_id>/pin", acts.pin, name="thread-pin"),
    path("t/<int:thread_id>/post/<int:number>", pages.numbered, name="post-numbered"),
    path("t/<int:thread_id>/<str:slug>", pages.thread, name="thread"),
    path("p/<int:post_id>", pages.permanent, name="post"),
    path("p/<int:post_id>/reply", writing.reply_to_post, name="post-reply"),
    path("p/<int:post_id>/edit", writing.edit, name="post-edit"),
    path("p/<int:post_id>/withdraw", writing.withdraw, name="post-withdraw"),
    path("p/<int:post_id>/history", acts.history, name="post-history"),
    path("p/<int:post_id>/recommendation", acts.recommendation, name="recommendation"),
    path("p/<int:post_id>/recommendations", acts.recommenders, name="recommendations"),
    path("positions", writing.position, name="positions"),
    path("uploads", taking.upload, name="uploads"),
    path("media/<str:token>/<str:name>", handing_out.whole, name="media"),
    path("media/<str:token>/small/<str:name>", handing_out.small, name="media-small"),
    path("m/<str:name>", members.member, name="member"),
    path("record", record.record, name="record"),
    path("help/orders", help_pages.order, name="help-orders"),
    path("theme", preferences.theme, name="theme"),
    path("language", preferences.language, name="language"),
    path("account/", preferences.account, name="account"),
    path("account/files", own.files, name="files"),
    path("account/files/<int:attachment_id>/take-down", own.take_down, name="file-take-down"),
    path("account/preferences/", preferences.preferences, name="preferences"),
    path("account/sessions/", preferences.sessions, name="sessions"),
    path("account/sessions/end-others", preferences.end_other_sessions, name="sessions-end-others"),
    path("account/sessions/<str:key>/end", preferences.end_session, name="session-end"),
    path("account/", include(flows.patterns())),
    path("desk/", desk.desk, name="desk"),
    path("desk/mail/<int:mail_id>", desk.mail, name="desk-mail"),
    path("desk/mail/<int:mail_id>/again", desk.resend, name="desk-mail-again"),
]

handler400 = errors.handler(400)
handler403 = errors.handler(403)
handler404 = old_addresses.missing
handler500 = errors.handler(500)
