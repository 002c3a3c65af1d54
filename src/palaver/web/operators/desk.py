"""The operators' desk: what waits, and what is in force."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from palaver.accounts.models import Member, Suspension
from palaver.accounts.reads import Viewer
from palaver.delivery.mail import sending
from palaver.delivery.mail.reading import message_of
from palaver.delivery.models import Mail
from palaver.forums.models import Lock
from palaver.forums.rendering import member_address
from palaver.kit import clock, due
from palaver.transfer.models import Import
from palaver.web import contexts, moments
from palaver.web.doors import operators
from palaver.web.notices import stuck
from palaver.web.shell import answer, shell

SHOWN = 50


@require_safe
@operators
def desk(request: HttpRequest) -> HttpResponse:
    """The desk's one page."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    where, now = moments.zone(viewer.time_zone), clock.now()

    def when(instant: object) -> str:
        return moments.moment(instant, where, now).exact if instant else ""  # type: ignore[arg-type]

    mails = Mail.objects.order_by("-id")[:SHOWN]
    locks = Lock.objects.filter(ended_at=None).select_related("thread", "by").order_by("-at")[:SHOWN]
    tables = (
        contexts.DeskTable(
            "mail",
            _("Mail"),
            _("Letters to members that wait or were sent.")
            if settings.PALAVER_MAIL_URL
            else _("No mail server is configured, so these wait here; open one to read it or to hand on its link."),
            (_("To"), _("Subject"), _("Written"), _("State"), _("Last words")),
            tuple(
                (
                    mail.to,
                    contexts.Link(mail.subject, f"/desk/mail/{mail.pk}"),
                    when(mail.created_at),
                    mail.state,
                    mail.last_words,
                )
                for mail in mails
            ),
            _("No mail has been written yet."),
        ),
        *stuck.tables(when),
        contexts.DeskTable(
            "jobs",
            _("Jobs that gave up"),
            _("What could not be done after all tries, with its last words."),
            (_("Kind"), _("Tries"), _("Last words")),
            tuple((row.kind, str(row.attempts), row.last_words) for row in due.given_up()[:SHOWN]),
            _("Nothing has given up."),
        ),
        contexts.DeskTable(
            "members",
            _("Newest members"),
            _("Who joined last."),
            (_("Name"), _("Joined"), _("Posts")),
            tuple(
                (
                    contexts.Link(member.name, member_address(member.name)),
                    when(member.joined_at),
                    str(member.post_count),
                )
                for member in Member.objects.filter(claimed_at__isnull=False).order_by("-id")[:SHOWN]
            ),
            _("Nobody has joined yet."),
        ),
        contexts.DeskTable(
            "suspensions",
            _("Suspensions in force"),
            _("Each ends by itself."),
            (_("Member"), _("Until"), _("Because")),
            tuple(
                (contexts.Link(row.member.name, member_address(row.member.name)), when(row.until), row.because)
                for row in Suspension.objects.running().select_related("member")[:SHOWN]
            ),
            _("Nobody is suspended."),
        ),
        contexts.DeskTable(
            "locks",
            _("Locked threads"),
            _("By hosts, operators and withdrawals."),
            (_("Thread"), _("By"), _("Since"), _("Because")),
            tuple(
                (
                    contexts.Link(lock.thread.subject, f"/t/{lock.thread_id}/{lock.thread.slug}"),
                    lock.by.name if lock.by else _("the old forum"),
                    when(lock.at),
                    lock.because,
                )
                for lock in locks
            ),
            _("No thread is locked."),
        ),
        contexts.DeskTable(
            "imports",
            _("Imports"),
            _("Communities brought in, with what came of them."),
            (_("Engine"), _("Source"), _("Begun"), _("Finished"), _("Posts")),
            tuple(
                (
                    row.engine,
                    row.source,
                    when(row.begun_at),
                    when(row.finished_at) or _("not yet"),
                    str(row.report.get("posts", "")),
                )
                for row in Import.objects.order_by("-begun_at")[:SHOWN]
            ),
            _("Nothing has been imported."),
        ),
    )
    warnings = (
        ()
        if settings.PALAVER_MAIL_URL
        else (_("No mail server is set (PALAVER_MAIL_URL): nothing leaves this house."),)
    )
    return answer(
        "desk/desk.html", shell(request, _("Operators’ desk"), robots="noindex"), contexts.DeskPage(tables, warnings)
    )


@require_safe
@operators
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One mail as it would be sent."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(Mail, pk=mail_id)
    page = contexts.MailPage(
        subject=row.subject,
        to=row.to,
        at=moments.moment(row.created_at, moments.zone(viewer.time_zone)),
        state=row.state,
        body=str(message_of(row).body),
    )
    return answer("desk/mail.html", shell(request, row.subject, robots="noindex"), page)


@require_POST
@operators
def resend(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Send a failed mail once more."""
    if sending.resend(mail_id):
        messages.success(request, _("It will be sent again."))
    return redirect(f"/desk/mail/{mail_id}")
