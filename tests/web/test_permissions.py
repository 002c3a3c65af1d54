"""Every address × every role × reading and sending: one table. A route without a row fails, a status that differs fails.

Roles, in the order of the columns: a guest; Bram, a member; Chidi, host of the open forum; Jonas, who is suspended; Ana,
who wrote the posts and is admitted everywhere; Odile, the operator. Addresses that lie in a forum (with a {forum}, {thread}
or {post} in them) have two rows: in an open forum, and in one that only admitted members read.
What is sent is a fitting form, so that the answer tells the right and not a slip of the pen.

A new address: a row in EXPECTED and in ADDRESSES, in its area, and a form in FORMS where something is sent. Further roles and states (ALIKE,
STATES) follow from these rows; only what differs in them is written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver
from tests.architecture.test_addresses import addresses
from tests.kit.pictures import making

from palaver.accounts import claiming, inviting, joining, operating, suspending
from palaver.accounts.models import Application, Invitation, Member, Suspension
from palaver.community.models import Inquiry
from palaver.delivery.models import Mail
from palaver.forums import attaching, drafting, locking, placing, polling, posting
from palaver.forums.models import Forum, Post
from palaver.front.changing import change
from palaver.kit import clock
from palaver.kit.text import names
from palaver.notices import telling, unsubscribing
from palaver.search import saving
from palaver.standards import alerting, amending, deciding
from palaver.standards.models import Case, Consequence, PoolMember, Prolongation, Proposal, Seat, WatchTerm
from palaver.web.house import contact

pytestmark = pytest.mark.one_database

# The contact form is refused when it comes sooner than a person writes.
MADE = clock.ago(minutes=5)
ROLES = ("guest", "Bram", "Chidi", "Jonas", "Ana", "Odile")

# name of the address: (what is read, what is sent), one status a role; "closed" rows for the forum of the admitted.
EXPECTED: dict[str, tuple[str, str]] = {
    # Lists.
    "home": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "latest": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "newest": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "recommended": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "unanswered": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "unread": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    # Places.
    "forums": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "mark-all": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "category": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "forum open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "forum closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "forum-about open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "forum-about closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "forum-mark open": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "forum-mark closed": ("405 405 405 405 405 405", "403 403 403 403 302 302"),
    "thread-start open": ("302 200 200 403 200 200", "403 302 302 403 302 302"),
    "thread-start closed": ("302 403 403 403 200 200", "403 403 403 403 302 302"),
    # Threads and posts.
    "thread-bare open": ("301 301 301 301 301 301", "405 405 405 405 405 405"),
    "thread-bare closed": ("403 403 403 403 301 301", "405 405 405 405 405 405"),
    "thread-new open": ("302 302 302 302 302 302", "405 405 405 405 405 405"),
    "thread-new closed": ("403 403 403 403 302 302", "405 405 405 405 405 405"),
    "thread-replies open": ("302 200 200 403 200 200", "403 302 302 422 302 302"),
    "thread-replies closed": ("302 404 404 404 200 200", "403 404 404 404 302 302"),
    "thread-lock open": ("302 403 200 403 403 200", "403 403 302 403 403 302"),
    "thread-lock closed": ("302 404 404 404 403 200", "403 404 404 404 403 302"),
    "thread-pin open": ("302 403 200 403 403 200", "403 403 302 403 403 302"),
    "thread-pin closed": ("302 404 404 404 403 200", "403 404 404 404 403 302"),
    # What hosts do; nothing that few may read is moved before others, not even by an operator.
    "forum-hosts open": ("200 200 200 200 200 200", "403 302 422 403 302 302"),
    "forum-hosts closed": ("403 403 403 403 200 200", "403 403 403 403 302 302"),
    "thread-move open": ("302 403 200 403 403 200", "403 403 302 403 403 302"),
    "thread-move closed": ("302 404 404 404 403 200", "403 404 404 404 403 422"),
    "thread-split open": ("302 403 200 403 403 200", "403 403 302 403 403 302"),
    "thread-split closed": ("302 404 404 404 403 200", "403 404 404 404 403 302"),
    "thread-merge open": ("302 403 200 403 403 200", "403 403 422 403 403 422"),
    "thread-merge closed": ("302 404 404 404 403 200", "403 404 404 404 403 422"),
    # These threads are not locked; one that is stands among the states.
    "lock-question open": ("302 404 404 404 404 404", "403 404 404 404 404 404"),
    "lock-question closed": ("302 404 404 404 404 404", "403 404 404 404 404 404"),
    # The watch: nobody here could be drawn; Jonas was suspended by it.
    "watch": ("200 200 200 200 200 200", "403 403 403 403 403 403"),
    "watch-newcomers": ("302 403 403 403 403 200", "403 403 403 403 403 403"),
    "watch-propose": ("302 403 403 403 403 403", "403 403 403 403 403 403"),
    "watch-answer": ("302 404 404 200 404 404", "403 404 404 302 404 404"),
    "post-numbered open": ("302 302 302 302 302 302", "405 405 405 405 405 405"),
    "post-numbered closed": ("403 403 403 403 302 302", "405 405 405 405 405 405"),
    "thread open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "thread closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "post open": ("302 302 302 302 302 302", "405 405 405 405 405 405"),
    "post closed": ("403 403 403 403 302 302", "405 405 405 405 405 405"),
    "post-reply open": ("302 200 200 403 200 200", "403 302 302 422 302 302"),
    "post-reply closed": ("302 404 404 404 200 200", "403 404 404 404 302 302"),
    "post-edit open": ("302 403 403 403 200 403", "403 403 403 403 302 403"),
    "post-edit closed": ("302 404 404 404 200 403", "403 404 404 404 302 403"),
    "post-correction open": ("302 403 403 403 200 403", "403 403 403 403 302 403"),
    "post-correction closed": ("302 404 404 404 200 403", "403 404 404 404 302 403"),
    "post-withdraw open": ("302 403 403 403 200 403", "403 403 403 403 302 403"),
    "post-withdraw closed": ("302 404 404 404 200 403", "403 404 404 404 302 403"),
    "post-history open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "post-history closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "recommendation open": ("405 405 405 405 405 405", "403 302 302 302 403 302"),
    "recommendation closed": ("405 405 405 405 405 405", "403 404 404 404 403 302"),
    "recommendations open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "recommendations closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    # Judging. Ana wrote the posts; who alerts on one's own is refused. Nobody but its juror finds a seat.
    "post-removed open": ("403 403 403 403 403 403", "405 405 405 405 405 405"),
    "post-removed closed": ("403 403 403 403 403 403", "405 405 405 405 405 405"),
    "post-alert open": ("302 200 200 200 403 200", "403 302 302 302 403 302"),
    "post-alert closed": ("302 404 404 404 403 200", "403 404 404 404 403 302"),
    "member-alert": ("302 200 200 200 403 200", "403 302 302 302 403 302"),
    "my-alerts": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "my-judging": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "juries": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "juries-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "case": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "case-decide": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "seat": ("302 404 404 404 200 404", "403 404 404 404 302 404"),
    # Reading.
    "forum-subscription open": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "forum-subscription closed": ("302 403 403 403 200 200", "403 403 403 403 302 302"),
    "forum-trash open": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "forum-trash closed": ("405 405 405 405 405 405", "403 403 403 403 302 302"),
    "thread-mark open": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "thread-mark closed": ("405 405 405 405 405 405", "403 404 404 404 302 302"),
    "thread-subscription open": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "thread-subscription closed": ("302 404 404 404 200 200", "403 404 404 404 302 302"),
    "thread-trash open": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "thread-trash closed": ("405 405 405 405 405 405", "403 404 404 404 302 302"),
    "bookmark open": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "bookmark closed": ("302 404 404 404 200 200", "403 404 404 404 302 302"),
    "marks": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "member-follow": ("405 405 405 405 405 405", "403 302 302 302 422 302"),
    "member-ignore": ("405 405 405 405 405 405", "403 302 302 302 422 302"),
    "member-avoid": ("405 405 405 405 405 405", "403 302 302 302 422 302"),
    "me": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "my-posts": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "my-threads": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "my-replies": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "my-followed": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "my-bookmarks": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "my-subscriptions": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "my-trash": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "my-following": ("302 200 200 200 200 200", "403 302 302 302 422 302"),
    "my-ignored": ("302 200 200 200 200 200", "403 302 302 302 422 302"),
    "my-avoidance": ("302 200 200 200 200 200", "403 302 302 302 422 302"),
    "notices": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "notices-seen": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "notice": ("302 404 404 404 302 404", "405 405 405 405 405 405"),
    "unsubscribe": ("200 200 200 200 200 200", "200 200 200 200 200 200"),
    "worker": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "notice-choices": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "notice-trial": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "notice-devices": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "notice-device-dismiss": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "preview": ("405 405 405 405 405 405", "403 200 200 200 200 200"),
    "completion open": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "completion closed": ("302 403 403 403 200 200", "405 405 405 405 405 405"),
    "drafts-kept open": ("302 200 200 200 200 200", "403 200 200 200 200 200"),
    "drafts-kept closed": ("302 403 403 403 200 200", "403 403 403 403 200 200"),
    "draft-discard open": ("405 405 405 405 405 405", "403 404 404 404 302 404"),
    "draft-discard closed": ("405 405 405 405 405 405", "403 404 404 404 302 404"),
    "drafts": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "uploads": ("405 405 405 405 405 405", "403 422 422 422 422 422"),
    "media open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "media closed": ("404 404 404 404 200 200", "405 405 405 405 405 405"),
    "media-small open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "media-small closed": ("404 404 404 404 200 200", "405 405 405 405 405 405"),
    "files": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "file-take-down open": ("405 405 405 405 405 405", "403 404 404 404 403 404"),
    "file-take-down closed": ("405 405 405 405 405 405", "403 404 404 404 403 404"),
    "positions": ("405 405 405 405 405 405", "403 204 204 204 204 204"),
    # Members.
    "member": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    # Judged by members: what concerns Ana is for her alone, figures and reasons are for everybody.
    "my-appeals": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "appeal": ("302 404 404 404 200 404", "403 404 404 404 302 404"),
    "my-warning": ("302 404 404 404 200 404", "405 405 405 405 405 405"),
    "my-longer": ("302 404 404 200 404 404", "403 404 404 302 404 404"),
    "figures": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "report": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "report-values": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "case-reasons": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "case-reasons-text": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "desk-standards": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    # The house: record, help, what a guest may choose.
    "record": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    # The charter, and ballots: here the polls of the two forums. In the founding time every member may propose, Odile adopts.
    "charter": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "charter-version": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "charter-changes": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "charter-adopt": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "amendments": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "amendments-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "amendment-propose": ("302 200 200 403 200 200", "403 302 302 403 422 302"),
    "amendment": ("200 200 200 200 200 200", "403 403 403 403 302 403"),
    "ballot open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "ballot closed": ("403 403 403 403 200 200", "405 405 405 405 405 405"),
    "ballot-vote open": ("302 302 302 302 302 302", "403 200 200 200 200 200"),
    "ballot-vote closed": ("302 302 302 302 302 302", "403 403 403 403 200 200"),
    "ballot-receipt open": ("405 405 405 405 405 405", "200 200 200 200 200 200"),
    "ballot-receipt closed": ("405 405 405 405 405 405", "403 403 403 403 200 200"),
    # Nothing to recount while it runs; whoever may not see it is not told even that.
    "ballot-lists open": ("404 404 404 404 404 404", "405 405 405 405 405 405"),
    "ballot-lists closed": ("403 403 403 403 404 404", "405 405 405 405 405 405"),
    "desk-charter": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    # Searching: everybody searches; a kept search's feed is opened by its token alone.
    "search": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "search-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "saved-searches": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "saved-search": ("302 405 405 405 405 405", "403 404 404 404 302 404"),
    "saved-search-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "help-orders": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "home-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "latest-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "newest-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "recommended-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "unanswered-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "category-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    # A feed is the same for everybody, so one of a closed forum is nobody's.
    "forum-feed open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "forum-feed closed": ("403 403 403 403 403 403", "405 405 405 405 405 405"),
    "thread-feed open": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "thread-feed closed": ("403 403 403 403 403 403", "405 405 405 405 405 405"),
    "member-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "record-feed": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "record-entry": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "record-entries": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "record-heads": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "case-proof": (
        "404 404 404 404 404 404",
        "405 405 405 405 405 405",
    ),  # No such case: tests/standards/test_proving.py
    "verifier": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "help": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "help-topic": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "terms": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "privacy": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "imprint": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "contact": ("200 200 200 200 200 200", "302 302 302 302 302 302"),
    "robots": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "sitemap": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "sitemap-places": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "sitemap-threads": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "security-txt": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "well-known-password": ("302 302 302 302 302 302", "405 405 405 405 405 405"),
    "desk-inquiries": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-inquiry": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "desk-pages": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-page": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "theme": ("405 405 405 405 405 405", "302 302 302 302 302 302"),
    "language": ("405 405 405 405 405 405", "302 302 302 302 302 302"),
    # One's own account.
    "account": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "preferences": ("302 200 200 200 200 200", "403 302 302 302 302 302"),
    "sessions": ("302 200 200 200 200 200", "405 405 405 405 405 405"),
    "sessions-end-others": ("405 405 405 405 405 405", "403 302 302 302 302 302"),
    "session-end": ("405 405 405 405 405 405", "403 404 404 404 404 404"),
    # Signing up and in.
    "account_login": ("200 302 302 302 302 302", "200 302 302 302 302 302"),
    "account_logout": ("302 200 200 200 200 200", "302 302 302 302 302 302"),
    "account_inactive": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "account_signup": ("200 302 302 302 302 302", "200 302 302 302 302 302"),
    "account_reauthenticate": ("302 200 200 200 200 200", "302 200 200 200 200 200"),
    "account_email": ("302 200 200 200 200 200", "302 302 302 302 302 302"),
    "account_email_verification_sent": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "account_change_password": ("302 200 200 200 200 200", "302 200 200 200 200 200"),
    "account_set_password": ("302 302 302 302 302 302", "302 302 302 302 302 302"),
    "account_reset_password": ("200 200 200 200 200 200", "200 200 200 200 200 200"),
    "account_confirm_login_code": ("302 302 302 302 302 302", "302 302 302 302 302 302"),
    "account_confirm_email": ("200 200 200 200 200 200", "404 404 404 404 404 404"),
    "account_reset_password_from_key_done": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "account_reset_password_from_key": ("200 200 200 200 200 200", "200 200 200 200 200 200"),
    "account_reset_password_done": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    # The operators' desk.
    "set-up": ("410 410 410 410 410 410", "410 410 410 410 410 410"),
    "desk-first-steps": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-community": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "desk-applications": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "desk-forums": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "desk-forum": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "desk-category": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "desk-members": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-member": ("302 403 403 403 403 200", "403 403 403 403 403 302"),
    "invitations": ("302 200 200 200 200 200", "403 200 200 422 200 200"),
    "invitation-end": ("405 405 405 405 405 405", "403 404 404 404 302 404"),
    "applied": ("200 200 200 200 200 200", "405 405 405 405 405 405"),
    "join": ("200 302 302 302 302 302", "200 302 302 302 302 302"),
    "claim": ("200 200 200 200 200 200", "302 302 302 302 302 302"),
    "desk": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-mail": ("302 403 403 403 403 200", "405 405 405 405 405 405"),
    "desk-mail-again": ("405 405 405 405 405 405", "403 403 403 403 403 302"),
}

# Further roles answer as a column does, but for what is listed: (what is read, what is sent). Nadia has joined this morning
# and answers as Bram, who is no newcomer; so does Wilma, who is on the watch. Hana hosts the closed forum and is admitted to it: she answers there as Chidi does in the open one.
ALIKE: dict[str, tuple[str, dict[str, tuple[int, int]]]] = {
    "Nadia": (
        "Bram",
        {
            "invitations": (200, 422),
            "forum-hosts open": (200, 403),
            # She has alerted on Ana today, and once a day is enough.
            "post-alert open": (403, 403),
            "member-alert": (403, 403),
        },
    ),
    # A host decides in the own forum alone.
    "Hana": (
        "Chidi",
        {
            "thread-lock open": (403, 403),
            "thread-pin open": (403, 403),
            "thread-move open": (403, 403),
            "thread-move closed": (200, 422),
            "thread-split open": (403, 403),
            "thread-merge open": (403, 403),
            "forum-hosts open": (200, 302),
            "forum-feed closed": (403, 405),
            "thread-feed closed": (403, 405),
        },
    ),
    # Whoever watches has that one desk besides.
    "Wilma": ("Bram", {"watch-newcomers": (200, 302), "watch-propose": (200, 302)}),
}
# Rows of a locked thread (its forum is open) and of a retired forum, where they differ from the open row.
STATES: dict[str, dict[str, tuple[str, str]]] = {
    "locked": {
        "post-alert": ("302 403 403 403 403 403", "403 403 403 403 403 403"),
        "thread-replies": ("302 403 403 403 403 403", "403 422 422 422 422 422"),
        "post-reply": ("302 403 403 403 403 403", "403 422 422 422 422 422"),
        # It is locked as they wish: nothing more happens, and no right is needed for that.
        "thread-lock": ("302 403 200 403 403 200", "403 302 302 302 302 302"),
        # Whoever locked it needs to ask nobody.
        "lock-question": ("302 200 200 200 200 200", "403 302 403 403 302 302"),
        # The form names the forum in which this one stands already.
        "thread-move": ("302 403 200 403 403 200", "403 403 422 403 403 422"),
    },
    "retired": {
        "forum-hosts": ("200 200 200 200 200 200", "403 403 403 403 403 403"),
        "thread-start": ("302 403 403 403 403 403", "403 403 403 403 403 403"),
        "thread-replies": ("302 403 403 403 403 403", "403 422 422 422 422 422"),
        "post-reply": ("302 403 403 403 403 403", "403 422 422 422 422 422"),
        "post-edit": ("302 403 403 403 403 403", "403 403 403 403 403 403"),
        "post-correction": ("302 403 403 403 403 403", "403 403 403 403 403 403"),
        "ballot-vote": ("302 302 302 302 302 302", "403 403 403 403 403 403"),
    },
}

SECRET = "the-secret-of-an-invitation"
ADDRESSES: dict[str, str] = {
    # Lists.
    "home": "",
    "latest": "latest",
    "newest": "newest",
    "recommended": "recommended",
    "unanswered": "unanswered",
    "unread": "unread",
    # Places.
    "forums": "forums",
    "mark-all": "mark-all",
    "category": "c/places/",
    "forum": "f/{forum}/",
    "forum-about": "f/{forum}/about",
    "forum-mark": "f/{forum}/mark",
    "thread-start": "f/{forum}/start",
    # Threads and posts.
    "thread-bare": "t/{thread}",
    "thread-new": "t/{thread}/new",
    "thread-replies": "t/{thread}/replies",
    "thread-lock": "t/{thread}/lock",
    "thread-pin": "t/{thread}/pin",
    "forum-hosts": "f/{forum}/hosts",
    "thread-move": "t/{thread}/move",
    "thread-split": "t/{thread}/split",
    "thread-merge": "t/{thread}/merge",
    "lock-question": "t/{thread}/lock/question",
    "watch": "watch/",
    "watch-newcomers": "watch/newcomers",
    "watch-propose": "watch/propose?act=slow",
    "watch-answer": "watch/answer/{watched}",
    "post-numbered": "t/{thread}/post/{number}",
    "thread": "t/{thread}/{thread_slug}",
    "post": "p/{post}",
    "post-reply": "p/{post}/reply",
    "post-edit": "p/{post}/edit",
    "post-correction": "p/{post}/correction",
    "post-withdraw": "p/{post}/withdraw",
    "post-history": "p/{post}/history",
    "recommendation": "p/{post}/recommendation",
    "recommendations": "p/{post}/recommendations",
    # Judging.
    "post-removed": "p/{post}/removed",
    "post-alert": "p/{post}/alert",
    "member-alert": "m/Ana/alert",
    "my-alerts": "me/alerts",
    "my-judging": "me/judging",
    "juries": "juries/",
    "juries-feed": "juries.atom",
    "case": "juries/{case}",
    "case-decide": "juries/{case_alone}/decide",
    "seat": "juries/seat/{seat}",
    # Reading.
    "forum-subscription": "f/{forum}/subscription",
    "forum-trash": "f/{forum}/trash",
    "thread-mark": "t/{thread}/mark",
    "thread-subscription": "t/{thread}/subscription",
    "thread-trash": "t/{thread}/trash",
    "bookmark": "p/{post}/bookmark",
    "marks": "marks",
    "member-follow": "m/Ana/follow",
    "member-ignore": "m/Ana/ignore",
    "member-avoid": "m/Ana/avoid",
    "me": "me/",
    "my-posts": "me/posts",
    "my-threads": "me/threads",
    "my-replies": "me/replies",
    "my-followed": "me/followed",
    "my-bookmarks": "me/bookmarks",
    "my-subscriptions": "me/subscriptions",
    "my-trash": "me/trash",
    "my-following": "me/following",
    "my-ignored": "me/ignored",
    "my-avoidance": "me/avoidance",
    "notices": "notices/",
    "notices-seen": "notices/seen",
    "notice": "notices/{notice}",
    "unsubscribe": "unsubscribe/{stop}",
    "worker": "sw.js",
    "notice-choices": "account/notices/",
    "notice-trial": "account/notices/trial",
    "notice-devices": "account/notices/devices",
    "notice-device-dismiss": "account/notices/devices/9/dismiss",
    "preview": "preview",
    "completion": "completion?place=reply:{thread}&q=@A",
    "drafts-kept": "drafts?place=reply:{thread}",
    "draft-discard": "drafts/{draft}/discard",
    "drafts": "account/drafts",
    "uploads": "uploads",
    "media": "media/{media}",
    "media-small": "media/{media_small}",
    "files": "account/files",
    "file-take-down": "account/files/{file}/take-down",
    "positions": "positions",
    # Members.
    "member": "m/Ana",
    # Judged by members.
    "my-appeals": "me/appeals",
    "appeal": "me/appeals/removal/{removal}",
    "my-warning": "me/warnings/{warning}",
    "my-longer": "me/longer/{longer}",
    "figures": "standards/",
    "report": "standards/report/{year}",
    "report-values": "standards/report/{year}.csv",
    "case-reasons": "juries/{decided}/reasons",
    "case-reasons-text": "juries/{decided}/reasons.txt",
    "desk-standards": "desk/standards",
    # The house: record, help, what a guest may choose.
    "record": "record",
    "charter": "charter",
    "charter-version": "charter/1",
    "charter-changes": "charter/1/1",
    "charter-adopt": "charter/adopt",
    "amendments": "charter/amendments/",
    "amendments-feed": "charter/amendments.atom",
    "amendment-propose": "charter/amendments/propose",
    "amendment": "charter/amendments/{amendment}",
    "ballot": "ballots/{ballot}",
    "ballot-vote": "ballots/{ballot}/vote",
    "ballot-receipt": "ballots/{ballot}/receipt",
    "ballot-lists": "ballots/{ballot}.json",
    "desk-charter": "desk/charter",
    "search": "search?q=rye",
    "search-feed": "search/feed/rye.atom",
    "saved-searches": "search/saved",
    "saved-search": "search/saved/{saved}",
    "saved-search-feed": "search/saved/{token}.atom",
    "help-orders": "help/orders",
    "home-feed": "feed.atom",
    "latest-feed": "latest.atom",
    "newest-feed": "newest.json",
    "recommended-feed": "recommended.atom",
    "unanswered-feed": "unanswered.json",
    "category-feed": "c/places/feed.atom",
    "forum-feed": "f/{forum}/feed.atom",
    "thread-feed": "t/{thread}/feed.json",
    "member-feed": "m/Ana/feed.atom",
    "record-feed": "record.atom",
    "record-entry": "record/1",
    "record-entries": "record/entries.json",
    "record-heads": "record/heads.json",
    "case-proof": "juries/999999.json",
    "verifier": "verify.py",
    "help": "help/",
    "help-topic": "help/reading",
    "terms": "terms",
    "privacy": "privacy",
    "imprint": "imprint",
    "contact": "contact",
    "robots": "robots.txt",
    "sitemap": "sitemap.xml",
    "sitemap-places": "sitemaps/places.xml",
    "sitemap-threads": "sitemaps/threads-0.xml",
    "security-txt": ".well-known/security.txt",
    "well-known-password": ".well-known/change-password",
    "desk-inquiries": "desk/inquiries",
    "desk-inquiry": "desk/inquiries/{inquiry}",
    "desk-pages": "desk/pages",
    "desk-page": "desk/pages/terms",
    "theme": "theme",
    "language": "language",
    # One's own account.
    "account": "account/",
    "preferences": "account/preferences/",
    "sessions": "account/sessions/",
    "sessions-end-others": "account/sessions/end-others",
    "session-end": "account/sessions/nobodys-session/end",
    # Signing up and in.
    "account_login": "account/login/",
    "account_logout": "account/logout/",
    "account_inactive": "account/inactive/",
    "account_signup": "account/signup/",
    "account_reauthenticate": "account/reauthenticate/",
    "account_email": "account/email/",
    "account_email_verification_sent": "account/confirm-email/",
    "account_change_password": "account/password/change/",
    "account_set_password": "account/password/set/",
    "account_reset_password": "account/password/reset/",
    "account_confirm_login_code": "account/login/code/confirm/",
    "account_confirm_email": "account/confirm-email/no-such-key/",
    "account_reset_password_from_key_done": "account/password/reset/key/done/",
    "account_reset_password_from_key": "account/password/reset/key/1-no-such-key/",
    "account_reset_password_done": "account/password/reset/done/",
    # The operators' desk.
    "set-up": "set-up",
    "desk-first-steps": "desk/first-steps",
    "desk-community": "desk/community",
    "desk-applications": "desk/applications",
    "desk-forums": "desk/forums",
    "desk-forum": "desk/forums/{forum_id}",
    "desk-category": "desk/categories/{category_id}",
    "desk-members": "desk/members",
    "desk-member": "desk/members/{bram}",
    "invitations": "account/invitations",
    "invitation-end": "account/invitations/{invitation}/take-back",
    "applied": "account/applied",
    "join": "join/" + SECRET,
    "claim": "claim/{claim}",
    "desk": "desk/",
    "desk-mail": "desk/mail/{mail}",
    "desk-mail-again": "desk/mail/{mail}/again",
}
_CHANGE = {
    "base": "1", "title": "Shorter", "because": "So that it is read.", "spam:title": "No spam", "spam:rule": "Sell nothing.",
    "spam:kinds": "post",
}  # fmt: skip
FORMS: dict[str, dict[str, str]] = {
    "charter-adopt": _CHANGE,
    "amendment-propose": _CHANGE,
    "amendment": {"act": "withdraw", "reason": ""},
    "ballot-vote": {"chosen": "0"},
    "ballot-receipt": {"receipt": "AAAAA"},
    "desk-charter": {"act": "settle", "forum": "{forum_id}"},
    "appeal": {"words": "I meant the bread."},
    "my-longer": {"words": "It was once."},
    "desk-standards": {"act": "hold", "post": "/p/{other}", "ground": "law", "because": "A court has ordered it."},
    "desk-community": {"act": "settle", "name": "Town", "sign_up": "open"},
    "desk-applications": {"act": "admit", "application": "{application}"},
    "desk-forums": {"act": "open_category", "name": "More places", "mark": "issue"},
    "desk-forum": {"act": "appoint", "member": "Bram", "days": "90"},
    "desk-category": {"act": "change", "name": "Other places", "mark": "issue", "place": "3"},
    "desk-member": {"act": "suspend", "days": "3", "because": "Lamps."},
    "invitations": {"once": "0123456789abcdef0123", "places": "1", "days": "7", "note": ""},
    "claim": {"password": "a heron on the weir"},
    "thread-start": {"subject": "Butter", "body": "Salted."},
    "thread-replies": {"body": "Neither."},
    "thread-lock": {"reason": "All is said."},
    "thread-pin": {"reason": "All should read it."},
    "forum-hosts": {"act": "volunteer"},
    "thread-move": {"forum": "locked", "because": "It belongs there."},
    "thread-split": {"number": "1", "subject": "Spelt", "because": "Another matter."},
    "thread-merge": {"into": "{thread}", "because": "The same story."},
    "lock-question": {"because": "Not all is said."},
    "watch": {"act": "volunteer"},
    "watch-newcomers": {"act": "second", "proposal": "{proposal}"},
    "watch-propose": {"act": "suspend", "member": "{nadia}", "because": "Lamps."},
    "watch-answer": {},
    "post-reply": {"body": "Both."},
    "post-edit": {"body": "Or oats.", "subject": ""},
    "post-correction": {"line": "Spelt, not rye."},
    "preview": {"place": "reply:{thread}", "body": "Neither."},
    "drafts-kept": {"place": "reply:{thread}", "body": "Neither."},
    "post-withdraw": {"reason": ""},
    "recommendation": {"act": "give"},
    "post-alert": {"standard": "spam", "because": "Lamps."},
    "member-alert": {"about": "name", "standard": "personal-attacks", "because": "It mocks."},
    "my-judging": {"available": "no"},
    "case-decide": {"removes": "no", "because": "It is only a name."},
    "seat": {"act": "decline"},
    "thread-mark": {"number": "1"},
    "saved-searches": {"q": "rye"},
    "saved-search": {"act": "let-go"},
    "bookmark": {"act": "save", "note": "Try it.", "remind": "3"},
    "marks": {"read": "1.1"},
    "my-trash": {"keyword": "bread"},
    "my-following": {"name": "Ana"},
    "my-ignored": {"name": "Ana"},
    "my-avoidance": {"name": "Ana"},
    "notice-devices": {
        "endpoint": "https://push.example.org/1",
        "p256dh": "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
    "contact": {"email": "kaya@example.org", "subject": "Rooms", "text": "Is there one?", "stamp": contact.stamp(MADE)},
    "desk-inquiry": {"answer": "There is."},
    "desk-page": {"text": "Be kind.", "act": "save"},
    "positions": {"1": "1"},
    "theme": {"theme": "dark"},
    "language": {"language": "en"},
    "preferences": {
        "name": "Ines",
        "about": "",
        "thread_view": "flat",
        "highlight": "new",
        "theme": "auto",
        "time_zone": "",
    },
}


def judging(members: dict[str, Member]) -> dict[str, Any]:
    """A case that Odile has decided, one that waits for her, and a seat of Ana's on a jury over Kemal."""
    alone = []
    for name in ("Bram", "Jonas"):
        because = "It mocks somebody."
        raised = alerting.alert(
            by=members["Hana"], about="name", member=members[name], standard="personal-attacks", because=because
        )
        assert raised.case is not None
        alone.append(raised.case)
    deciding.decide_alone(alone[0], by=members["Odile"], removes=False, because="It is a name like any other.")
    now = clock.now()
    with transaction.atomic():
        case = Case.objects.create(
            kind="alert", stage="sitting", author=members["Nadia"], charter=1, standard="personal-attacks", seats=3,
            needed=3, ends_at=now + timedelta(hours=9),
        )  # fmt: skip
        drawn = PoolMember.objects.create(case=case, member=members["Ana"], pseudonym="1" * 64, ticket="2" * 64)
        seat = Seat.objects.create(case=case, drawn=drawn, round=1, answer_by=now + timedelta(minutes=5))
        change(["juries"])
    return {"case": alone[0].pk, "case_alone": alone[1].pk, "seat": seat.pk}


def watching(members: dict[str, Member]) -> dict[str, Any]:
    """Wilma and Otto watch. Jonas was suspended by them; and Otto wants newcomers slowed down."""
    now = clock.now()
    with transaction.atomic():
        otto = Member.objects.create(name="Otto", name_key=names.name_key("Otto"), claimed_at=now)
        for member in (members["Wilma"], otto):
            WatchTerm.objects.create(member=member, since=now, until=now + timedelta(days=90))
        watched = Proposal.objects.create(
            act="suspend", member=members["Jonas"], because="Filters.", by=otto, second=members["Wilma"], done_at=now,
            suspension=members["Jonas"].suspensions.get(),
        )  # fmt: skip
        waiting = Proposal.objects.create(act="slow", because="A raid.", by=otto, minutes=30, hours=2)
    return {"watched": watched.pk, "proposal": waiting.pk, "nadia": members["Nadia"].pk}


class Town:
    """Forums in each state, each with a thread, its poll and a reply by Ana, and a reader for each role."""

    options = ("Rye", "Spelt")

    def __init__(self) -> None:
        members = {name: joining.join(name=name, password="a heron on the weir") for name in (*ROLES[1:], *ALIKE)}
        a_year_ago = clock.now() - timedelta(days=400)
        Member.objects.exclude(name="Nadia").update(joined_at=a_year_ago, claimed_at=a_year_ago, post_count=40)
        for member in members.values():
            member.refresh_from_db()
        operator = operating.make_operator(members["Odile"], by=None)
        category = placing.open_category(name="Places", mark="main", place=1, by=operator)
        ana = members["Ana"]
        self.ids: dict[str, dict[str, Any]] = {}
        places: dict[str, dict[str, Any]] = {
            "open": {},
            "closed": {"who_reads": Forum.Gate.ADMITTED},
            "locked": {},
            "retired": {},
        }
        for side, (name, fields) in enumerate(places.items(), 8):
            forum = placing.open_forum(category=category, name=name.title(), by=operator, slug=name, **fields)
            placing.admit(forum, member=ana, by=operator)
            placing.admit(forum, member=members["Hana"], by=operator)
            placing.appoint_host(forum, member=members["Hana" if name == "closed" else "Chidi"], by=operator)
            thread = posting.start_thread(
                forum=forum,
                author=ana,
                subject="Bread",
                text="Rye.",
                submission_key=f"{name}-one",
                poll=polling.Question(self.options, is_secret=True),
            )
            # Of another size in each, since the same picture put up again is the one there is.
            picture = attaching.put_up(owner=ana, name="rye.png", data=making.picture("PNG", (side, side)))
            reply = posting.reply(
                thread=thread,
                author=ana,
                text=f"Or spelt: {attaching.markdown(picture)}",
                subject="",
                answers=None,
                submission_key=f"{name}-two",
            )
            self.ids[name] = {
                "forum": forum.slug,
                "thread": thread.pk,
                "thread_slug": thread.slug,
                "post": reply.pk,
                "number": 1,
                "ballot": thread.poll.ballot_id,
                "draft": drafting.keep(drafting.starting(forum), by=ana, text="Oats.").draft.pk,  # type: ignore[union-attr]
                "media": attaching.address(picture).removeprefix("/media/"),
                "media_small": attaching.address(picture, small=True).removeprefix("/media/"),
                "file": picture.pk,
            }
            if name == "locked":
                locking.lock(thread, by=members["Chidi"], because="All is said.")
            if name == "retired":
                placing.change_forum(forum, by=operator, retired_at=clock.now())
        suspending.suspend(members["Jonas"], by=operator, until=clock.now() + timedelta(days=3), because="Filters.")
        with transaction.atomic():
            self.inquiry = Inquiry.objects.create(email="kaya@example.org", subject="Hello", text="Hello.").pk
            self.mail = Mail.objects.create(to="ana@example.org", subject="Hello", text="Hello.").pk
            self.notice = telling.tell(members["Ana"].pk, "test", words="A trial", href="/account/notices/")
        self.saved = saving.save(member=members["Ana"], query="bread")
        self.stop = unsubscribing.token(unsubscribing.Stop(members["Ana"].pk, "reply"))
        invitation = Invitation.objects.create(
            checksum=inviting.checksum(SECRET), by=ana, expires_at=clock.now() + timedelta(days=3)
        )
        unclaimed = [
            Member.objects.create(name=name, name_key=names.name_key(name)) for name in ("Old hand", "Somebody new")
        ]
        application = Application.objects.create(member=unclaimed[1], question="Why?", answer="Bread.")
        amendment = amending.propose(
            by=ana, title="Shorter", because="So that it is read.", changes=[amending.Wish("drop", "excerpts")]
        )
        self.more = {
            "amendment": amendment.pk,
            "forum_id": Forum.objects.get(slug="open").pk,
            "category_id": category.pk,
            "bram": members["Bram"].pk,
            **self._judged(members),
            "invitation": invitation.pk,
            "claim": claiming.make_link(unclaimed[0], by=operator),
            "application": application.pk,
        }
        self.more |= judging(members) | watching(members)
        self.keys = {"guest": ""}
        for name, member in members.items():
            client = Client()
            client.force_login(member)
            self.keys[name] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def _judged(self, members: dict[str, Member]) -> dict[str, int]:
        """A post of Ana's that the host has removed, with a warning letter; a longer suspension asked for Jonas."""
        forum, ana = Forum.objects.get(slug="open"), Member.objects.get(name="Ana")
        thread = posting.start_thread(forum=forum, author=ana, subject="Crusts", text="Hard.", submission_key="judged")
        other = posting.reply(
            thread=thread, author=ana, text="Harder.", answers=None, subject="", submission_key="other"
        )
        post = Post.objects.get(thread=thread, place=0)
        # Somebody who plays no role here: whoever has alerted on Ana may not do so again today.
        alert = alerting.alert(
            by=joining.join(name="Yusra", password="a heron on the weir"),
            about="post",
            post=post,
            standard="personal-attacks",
            because="It is unkind.",
        )
        assert alert.case is not None
        verdict = deciding.decide_alone(alert.case, by=members["Chidi"], removes=True, because="It is unkind.")
        with transaction.atomic():
            warning = Consequence.objects.create(
                member=ana, verdict=verdict, kind=Consequence.Kind.WARNING, removals=[verdict.removal_id]
            )
            longer = Prolongation.objects.create(
                suspension=Suspension.objects.get(member=members["Jonas"]),
                by=members["Odile"],
                because="Filters again.",
                until=clock.now() + timedelta(days=90),
                answer_by=clock.now() + timedelta(days=1),
            )
        return {
            "removal": verdict.removal_id or 0,
            "decided": verdict.pk,
            "warning": warning.pk,
            "longer": longer.pk,
            "other": other.pk,
            "year": clock.now().year,
        }

    def answers(self, role: str, method: str, row: str) -> int:
        """The status of one request; whatever it changed is undone."""
        address, form = self._fill(row)
        with transaction.atomic():
            # Each from a connection of their own: the contact page counts by it.
            client = Client(REMOTE_ADDR=f"203.0.113.{[*ROLES, *ALIKE].index(role) + 1}")
            if self.keys[role]:
                client.cookies[settings.SESSION_COOKIE_NAME] = self.keys[role]
            answer = client.get(address) if method == "GET" else client.post(address, form)
            transaction.set_rollback(True)
        return answer.status_code

    def _fill(self, row: str) -> tuple[str, dict[str, str]]:
        name, _space, place = row.partition(" ")
        ids = {
            **self.ids[place or "open"],
            "mail": self.mail,
            "inquiry": self.inquiry,
            "notice": self.notice.pk if self.notice else 0,
            "stop": self.stop,
            "saved": self.saved.pk,
            "token": self.saved.token,
            **self.more,
        }
        form = {key: value.format(**ids) for key, value in FORMS.get(name, {}).items()}
        return f"/{ADDRESSES[name].format(**ids)}", form


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    # Nothing here asks how a password is kept, and many rows hash one.
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield Town()


def lies_in_a_forum(name: str) -> bool:
    """Whether an address belongs to a forum, so that it has a row for each kind."""
    return (
        re.search(r"\{(forum|thread|post|media|media_small|file|draft|ballot)\b", ADDRESSES.get(name, "")) is not None
    )


def rows() -> list[str]:
    """The rows that the table must have: each named address of the site, twice where it lies in a forum."""
    wanted = []
    for _route, name, _view in addresses(get_resolver().url_patterns):
        wanted += [f"{name} open", f"{name} closed"] if lies_in_a_forum(name) else [name]
    return wanted


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert sorted(EXPECTED) == sorted(rows())
    assert sorted(ADDRESSES) == sorted(name for _route, name, _view in addresses(get_resolver().url_patterns))
    listed = {name for _like, differs in ALIKE.values() for name in differs}
    assert sorted(listed - set(EXPECTED)) == []
    assert [name for rows in STATES.values() for name in rows if not lies_in_a_forum(name)] == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_address_answers_every_role_as_the_table_says(town: Town, method: str) -> None:
    column = 0 if method == "GET" else 1
    told = {row: " ".join(str(town.answers(role, method, row)) for role in ROLES) for row in EXPECTED}
    assert told == {row: pair[column] for row, pair in EXPECTED.items()}


@pytest.mark.long
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_newcomers_and_hosts_of_closed_forums_are_answered_alike_but_for_what_is_listed(
    town: Town, method: str
) -> None:
    column = 0 if method == "GET" else 1
    told, expected = {}, {}
    for role, (like, differs) in ALIKE.items():
        for row in EXPECTED:
            same = row.replace(" closed", " open") if role == "Hana" else row
            expected[role, row] = (
                differs[row][column] if row in differs else int(EXPECTED[same][column].split()[ROLES.index(like)])
            )
            told[role, row] = town.answers(role, method, row)
    assert told == expected


@pytest.mark.long
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("state", STATES)
def test_what_is_locked_or_retired_answers_as_what_is_open_but_for_what_is_listed(
    town: Town, state: str, method: str
) -> None:
    column = 0 if method == "GET" else 1
    names = [name for name in ADDRESSES if lies_in_a_forum(name)]
    expected = {name: STATES[state].get(name, EXPECTED[f"{name} open"])[column] for name in names}
    told = {name: " ".join(str(town.answers(role, method, f"{name} {state}")) for role in ROLES) for name in names}
    assert told == expected
