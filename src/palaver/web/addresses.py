"""The address map of the pages. Every view of ours carries its `permission` (see `doors`)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter

from palaver.forums import orders
from palaver.web import errors
from palaver.web.accounts import claims, flows, invitations, preferences
from palaver.web.ballots import pages as ballots
from palaver.web.charter import amendments
from palaver.web.charter import pages as charter
from palaver.web.feeds import pages as feeds
from palaver.web.founding import pages as founding
from palaver.web.help import pages as help_pages
from palaver.web.hosts import arranging, questions
from palaver.web.hosts import desk as hosts_desk
from palaver.web.house import contact, crawling
from palaver.web.house.pages import house_page
from palaver.web.juries import alerts, cases, judging, seats
from palaver.web.members import pages as members
from palaver.web.notices import choices, unsubscribe, worker
from palaver.web.notices import pages as notices
from palaver.web.operators import applications, desk, house_pages, inquiries
from palaver.web.operators import charter as desk_charter
from palaver.web.operators import community as desk_community
from palaver.web.operators import people as desk_people
from palaver.web.operators import places as desk_places
from palaver.web.operators import standards as desk_standards
from palaver.web.places import forums, lists, old_addresses
from palaver.web.reading import bookmarks, marks, own, people, subscriptions, trash
from palaver.web.record import entries as record_entries
from palaver.web.record import pages as record
from palaver.web.record import proofs
from palaver.web.search import feeds as search_feeds
from palaver.web.search import pages as search_pages
from palaver.web.search import saved as saved_searches
from palaver.web.standards import appeals, figures, longer, reasons, reports, warnings
from palaver.web.threads import acts, completion, corrections, drafts, pages, previews, removed, writing
from palaver.web.uploads import handing_out, listing, taking
from palaver.web.watch import answers as watch_answers
from palaver.web.watch import newcomers as watch_newcomers
from palaver.web.watch import pages as watch_pages


class FeedKind:
    """The ending of a feed's address."""

    regex = "atom|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FeedKind, "feed")

urlpatterns: list[URLPattern | URLResolver] = [
    # Threads come first, because they are read most: an address is compared with one pattern after the other.
    path("t/<int:thread_id>", pages.bare, name="thread-bare"),
    path("t/<int:thread_id>/new", pages.first_new, name="thread-new"),
    path("t/<int:thread_id>/replies", writing.reply_to_thread, name="thread-replies"),
    path("t/<int:thread_id>/lock", acts.lock, name="thread-lock"),
    path("t/<int:thread_id>/pin", acts.pin, name="thread-pin"),
    path("t/<int:thread_id>/lock/question", questions.question, name="lock-question"),
    path("t/<int:thread_id>/move", arranging.move, name="thread-move"),
    path("t/<int:thread_id>/split", arranging.split, name="thread-split"),
    path("t/<int:thread_id>/merge", arranging.merge, name="thread-merge"),
    path("t/<int:thread_id>/mark", marks.thread, name="thread-mark"),
    path("t/<int:thread_id>/subscription", subscriptions.of_thread, name="thread-subscription"),
    path("t/<int:thread_id>/trash", trash.thread, name="thread-trash"),
    path("t/<int:thread_id>/post/<int:number>", pages.numbered, name="post-numbered"),
    path("t/<int:thread_id>/feed.<feed:kind>", feeds.thread, name="thread-feed"),
    path("t/<int:thread_id>/<str:slug>", pages.thread, name="thread"),
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
    path("f/<str:slug>/hosts", hosts_desk.desk, name="forum-hosts"),
    path("f/<str:slug>/mark", forums.mark, name="forum-mark"),
    path("f/<str:slug>/subscription", subscriptions.of_forum, name="forum-subscription"),
    path("f/<str:slug>/trash", trash.forum, name="forum-trash"),
    path("f/<str:slug>/start", writing.start, name="thread-start"),
    path("p/<int:post_id>", pages.permanent, name="post"),
    path("p/<int:post_id>/reply", writing.reply_to_post, name="post-reply"),
    path("p/<int:post_id>/edit", writing.edit, name="post-edit"),
    path("p/<int:post_id>/correction", corrections.correction, name="post-correction"),
    path("p/<int:post_id>/withdraw", writing.withdraw, name="post-withdraw"),
    path("p/<int:post_id>/removed", removed.removed, name="post-removed"),
    path("p/<int:post_id>/history", acts.history, name="post-history"),
    path("p/<int:post_id>/recommendation", acts.recommendation, name="recommendation"),
    path("p/<int:post_id>/recommendations", acts.recommenders, name="recommendations"),
    path("p/<int:post_id>/alert", alerts.on_post, name="post-alert"),
    path("p/<int:post_id>/bookmark", bookmarks.bookmark, name="bookmark"),
    path("marks", marks.ticked, name="marks"),
    path("notices/", notices.notices, name="notices"),
    path("notices/seen", notices.seen, name="notices-seen"),
    path("notices/<int:notice_id>", notices.one, name="notice"),
    path("unsubscribe/<str:token>", unsubscribe.unsubscribe, name="unsubscribe"),
    path("sw.js", worker.worker, name="worker"),
    path("preview", previews.preview, name="preview"),
    path("completion", completion.completion, name="completion"),
    path("drafts", drafts.kept, name="drafts-kept"),
    path("drafts/<int:draft_id>/discard", drafts.discard, name="draft-discard"),
    path("account/drafts", drafts.drafts, name="drafts"),
    path("positions", writing.position, name="positions"),
    path("uploads", taking.upload, name="uploads"),
    path("media/<str:token>/<str:name>", handing_out.whole, name="media"),
    path("media/<str:token>/small/<str:name>", handing_out.small, name="media-small"),
    path("m/<str:name>", members.member, name="member"),
    path("m/<str:name>/alert", alerts.on_member, name="member-alert"),
    path("m/<str:name>/follow", people.follow, name="member-follow"),
    path("m/<str:name>/ignore", people.ignore, name="member-ignore"),
    path("m/<str:name>/avoid", people.avoid, name="member-avoid"),
    path("me/", own.me, name="me"),
    path("me/posts", own.posts, name="my-posts"),
    path("me/threads", own.threads, name="my-threads"),
    path("me/replies", own.replies, name="my-replies"),
    path("me/followed", own.followed, name="my-followed"),
    path("me/bookmarks", bookmarks.bookmarks, name="my-bookmarks"),
    path("me/subscriptions", subscriptions.subscriptions, name="my-subscriptions"),
    path("me/trash", trash.trash, name="my-trash"),
    path("me/following", people.following_page, name="my-following"),
    path("me/ignored", people.ignored_page, name="my-ignored"),
    path("me/avoidance", people.avoidance_page, name="my-avoidance"),
    path("me/alerts", alerts.mine, name="my-alerts"),
    path("me/judging", judging.judging, name="my-judging"),
    path("juries/", cases.juries, name="juries"),
    path("juries/<int:case_id>", cases.case, name="case"),
    path("juries/<int:case_id>/decide", cases.decide, name="case-decide"),
    path("juries/seat/<int:seat_id>", seats.seat, name="seat"),
    path("me/appeals", appeals.appeals, name="my-appeals"),
    path("me/appeals/<str:against>/<int:number>", appeals.appeal, name="appeal"),
    path("me/warnings/<int:consequence_id>", warnings.warning, name="my-warning"),
    path("me/longer/<int:number>", longer.longer, name="my-longer"),
    path("standards/", figures.figures, name="figures"),
    path("standards/report/<int:year>", reports.report, name="report"),
    path("standards/report/<int:year>.csv", reports.values, name="report-values"),
    path("juries/<int:case_id>/reasons", reasons.reasons, name="case-reasons"),
    path("juries/<int:case_id>/reasons.txt", reasons.text, name="case-reasons-text"),
    path("search", search_pages.search, name="search"),
    path("search/feed/<path:query>.<feed:kind>", search_feeds.search, name="search-feed"),
    path("search/saved/<str:token>.<feed:kind>", search_feeds.saved, name="saved-search-feed"),
    path("search/saved", saved_searches.saved, name="saved-searches"),
    path("search/saved/<int:saved_id>", saved_searches.change, name="saved-search"),
    path("charter", charter.in_force, name="charter"),
    path("charter/<int:number>", charter.version, name="charter-version"),
    path("charter/<int:before>/<int:after>", charter.changes, name="charter-changes"),
    path("charter/adopt", amendments.adopt, name="charter-adopt"),
    path("charter/amendments/", amendments.listed, name="amendments"),
    path("charter/amendments/propose", amendments.propose, name="amendment-propose"),
    path("charter/amendments/<int:amendment_id>", amendments.amendment, name="amendment"),
    path("charter/amendments.<feed:kind>", feeds.amendments, name="amendments-feed"),
    path("ballots/<int:ballot_id>", ballots.ballot, name="ballot"),
    path("ballots/<int:ballot_id>/vote", ballots.vote, name="ballot-vote"),
    path("ballots/<int:ballot_id>/receipt", ballots.receipt, name="ballot-receipt"),
    path("ballots/<int:ballot_id>.json", ballots.lists, name="ballot-lists"),
    path("watch/", watch_pages.watch, name="watch"),
    path("watch/newcomers", watch_newcomers.newcomers, name="watch-newcomers"),
    path("watch/propose", watch_newcomers.propose, name="watch-propose"),
    path("watch/answer/<int:proposal_id>", watch_answers.answer, name="watch-answer"),
    path("record", record.record, name="record"),
    path("record/<int:sequence>", record_entries.entry, name="record-entry"),
    path("record/entries.json", proofs.entries, name="record-entries"),
    path("record/heads.json", proofs.heads, name="record-heads"),
    path("juries/<int:case_id>.json", proofs.case, name="case-proof"),
    path("verify.py", proofs.verifier, name="verifier"),
    path("feed.<feed:kind>", feeds.home, name="home-feed"),
    path("latest.<feed:kind>", feeds.ordered(orders.LATEST), name="latest-feed"),
    path("newest.<feed:kind>", feeds.ordered(orders.NEWEST), name="newest-feed"),
    path("recommended.<feed:kind>", feeds.ordered(orders.RECOMMENDED), name="recommended-feed"),
    path("unanswered.<feed:kind>", feeds.ordered(orders.UNANSWERED), name="unanswered-feed"),
    path("c/<str:slug>/feed.<feed:kind>", feeds.category, name="category-feed"),
    path("f/<str:slug>/feed.<feed:kind>", feeds.forum, name="forum-feed"),
    path("m/<str:name>/feed.<feed:kind>", feeds.member, name="member-feed"),
    path("juries.<feed:kind>", cases.feed, name="juries-feed"),
    path("record.<feed:kind>", feeds.record, name="record-feed"),
    path("help/", help_pages.index, name="help"),
    path("help/orders", help_pages.order, name="help-orders"),
    path("help/<str:key>", help_pages.topic, name="help-topic"),
    path("terms", house_page("terms"), name="terms"),
    path("privacy", house_page("privacy"), name="privacy"),
    path("imprint", house_page("imprint"), name="imprint"),
    path("contact", contact.contact, name="contact"),
    path("robots.txt", crawling.robots, name="robots"),
    path("sitemap.xml", crawling.sitemap, name="sitemap"),
    path("sitemaps/places.xml", crawling.sitemap_of_places, name="sitemap-places"),
    path("sitemaps/threads-<int:number>.xml", crawling.sitemap_of_threads, name="sitemap-threads"),
    path(".well-known/security.txt", crawling.security, name="security-txt"),
    path(".well-known/change-password", crawling.change_password, name="well-known-password"),
    path("theme", preferences.theme, name="theme"),
    path("language", preferences.language, name="language"),
    path("account/", preferences.account, name="account"),
    path("account/files", listing.files, name="files"),
    path("account/files/<int:attachment_id>/take-down", listing.take_down, name="file-take-down"),
    path("account/preferences/", preferences.preferences, name="preferences"),
    path("account/notices/", choices.choices, name="notice-choices"),
    path("account/notices/trial", choices.trial, name="notice-trial"),
    path("account/notices/devices", choices.devices, name="notice-devices"),
    path("account/notices/devices/<int:device_id>/dismiss", choices.dismiss, name="notice-device-dismiss"),
    path("account/sessions/", preferences.sessions, name="sessions"),
    path("account/sessions/end-others", preferences.end_other_sessions, name="sessions-end-others"),
    path("account/sessions/<str:key>/end", preferences.end_session, name="session-end"),
    path("account/invitations", invitations.invitations, name="invitations"),
    path("account/invitations/<int:number>/take-back", invitations.take_back, name="invitation-end"),
    path("account/applied", invitations.applied, name="applied"),
    path("account/", include(flows.patterns())),
    path("join/<str:secret>", invitations.join, name="join"),
    path("claim/<str:token>", claims.claim, name="claim"),
    path("set-up", founding.set_up, name="set-up"),
    path("desk/first-steps", founding.first_steps, name="desk-first-steps"),
    path("desk/", desk.desk, name="desk"),
    path("desk/community", desk_community.community, name="desk-community"),
    path("desk/applications", applications.applications, name="desk-applications"),
    path("desk/forums", desk_places.forums, name="desk-forums"),
    path("desk/forums/<int:forum_id>", desk_places.forum, name="desk-forum"),
    path("desk/categories/<int:category_id>", desk_places.category, name="desk-category"),
    path("desk/members", desk_people.members, name="desk-members"),
    path("desk/members/<int:member_id>", desk_people.member, name="desk-member"),
    path("desk/standards", desk_standards.standards, name="desk-standards"),
    path("desk/charter", desk_charter.charter, name="desk-charter"),
    path("desk/inquiries", inquiries.inquiries, name="desk-inquiries"),
    path("desk/inquiries/<int:inquiry_id>", inquiries.inquiry, name="desk-inquiry"),
    path("desk/pages", house_pages.house_pages, name="desk-pages"),
    path("desk/pages/<str:key>", house_pages.house_page, name="desk-page"),
    path("desk/mail/<int:mail_id>", desk.mail, name="desk-mail"),
    path("desk/mail/<int:mail_id>/again", desk.resend, name="desk-mail-again"),
]

handler400 = errors.handler(400)
handler403 = errors.handler(403)
handler404 = old_addresses.missing
handler500 = errors.handler(500)
