"""A member's choices: the table of kinds and ways, the digest, quiet hours, the browsers that tell, and a trial."""

from __future__ import annotations

from datetime import time

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from palaver.accounts.models import Member
from palaver.accounts.reads import Viewer
from palaver.delivery.push import keys
from palaver.kit import clock
from palaver.kit.decisions import Refusal
from palaver.notices import choosing, circumstances, kinds, telling
from palaver.notices.kinds import Ways
from palaver.notices.models import Device, Timetable
from palaver.web import contexts as frame
from palaver.web import moments
from palaver.web.accounts import browsers
from palaver.web.doors import members, the_member
from palaver.web.notices import contexts
from palaver.web.shell import answer, shell

HERE = "/account/notices/"
WAYS = ("site", "mail", "push", "digest")


@require_http_methods(["GET", "POST"])
@members
def choices(request: HttpRequest) -> HttpResponse:
    """Everything about being told, in one form."""
    member = the_member(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        try:
            with transaction.atomic():
                _keep(request, member)
            messages.success(request, _("Saved."))
            return redirect(HERE)
        except Refusal as refusal:
            problems = {refusal.field or "rhythm": refusal.because}
    page = _page(request, member, problems)
    title = _("How I am told")
    return answer(
        "notices/choices.html",
        shell(request, title, token=True, robots="noindex"),
        page,
        status=422 if problems else 200,
    )


@require_POST
@members
def trial(request: HttpRequest) -> HttpResponse:
    """One notice to oneself, by every way that is open."""
    member = the_member(request)
    with transaction.atomic():
        telling.tell(
            member.pk,
            kinds.TEST.key,
            key=f"test:{int(clock.now().timestamp()) // 10}",
            words=_("A trial: this is how you are told."),
            href=HERE,
        )
    messages.success(request, _("A trial notice is on its way, by every way that is open to you."))
    return redirect(HERE)


@require_POST
@members
def devices(request: HttpRequest) -> HttpResponse:
    """This browser may tell from now on; sent by the script with what the browser gave it."""
    choosing.enlist(
        the_member(request),
        url=request.POST.get("endpoint", ""),
        public_key=request.POST.get("p256dh", ""),
        secret=request.POST.get("auth", ""),
        name=browsers.named(request.headers.get("User-Agent", "")),
    )
    messages.success(request, _("This browser tells you from now on."))
    return redirect(HERE)


@require_POST
@members
def dismiss(request: HttpRequest, device_id: int) -> HttpResponse:
    """A browser tells no more."""
    if choosing.dismiss(the_member(request), device_id=device_id):
        messages.success(request, _("That browser tells you no more."))
    return redirect(HERE)


def _keep(request: HttpRequest, member: Member) -> None:
    ways = {
        kind.key: Ways(*(f"{kind.key}-{way}" in request.POST for way in WAYS))
        for kind in kinds.choosable(is_operator=member.is_operator)
    }
    choosing.choose(member, ways=ways)
    choosing.choose_rhythm(
        member,
        rhythm=request.POST.get("rhythm", "none"),
        hour=_number(request.POST.get("hour", "")),
        weekday=_number(request.POST.get("weekday", "")),
    )
    choosing.choose_quiet_hours(
        member,
        begin=_wall(request.POST.get("quiet_from", ""), "quiet_from"),
        end=_wall(request.POST.get("quiet_until", ""), "quiet_until"),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None


def _wall(text: str, field: str) -> time | None:
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Refusal(_("Write a time as 22:30."), field=field) from None


def _page(request: HttpRequest, member: Member, problems: dict[str, str]) -> contexts.ChoicesPage:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    table = choosing.timetable_of(member)
    chosen = choosing.ways_of(member)
    given = request.POST if problems else None
    labels = (_("On the site"), _("Mail at once"), _("Push"), _("Digest"))

    def value(name: str, kept: str) -> str:
        return kept if given is None else given.get(name, "")

    rows = []
    for kind in kinds.choosable(is_operator=member.is_operator):
        cells = []
        for way, label in zip(WAYS, labels, strict=True):
            name = f"{kind.key}-{way}"
            checked = getattr(chosen[kind.key], way) if given is None else name in given
            cells.append(contexts.WayCell(name, label, checked))
        rows.append(contexts.KindRow(str(kind.label), str(kind.help), tuple(cells)))
    where, now = moments.zone(viewer.time_zone), clock.now()
    mail_note = ""
    if not circumstances.mail_goes():
        mail_note = _(
            "No mail is configured here, so nothing comes by mail or digest; your choices are kept for later."
        )
    elif not circumstances.address_of(member):
        mail_note = _("You have no proved e-mail address yet, so nothing comes by mail or digest.")
    push_key, push_note = _push_key()
    return contexts.ChoicesPage(
        columns=labels,
        kinds=tuple(rows),
        digest=(
            frame.Field(
                "rhythm",
                _("Digest"),
                "select",
                value=value("rhythm", table.rhythm),
                error=problems.get("rhythm", ""),
                options=(
                    (Timetable.Rhythm.NONE.value, _("none")),
                    (Timetable.Rhythm.DAILY.value, _("every day")),
                    (Timetable.Rhythm.WEEKLY.value, _("every week")),
                ),
                help=_("One mail with what is ticked under Digest and you have not seen by then."),
            ),
            frame.Field(
                "hour",
                _("At"),
                "select",
                value=value("hour", str(table.hour)),
                error=problems.get("hour", ""),
                options=tuple((str(hour), f"{hour:02}:00") for hour in range(24)),
            ),
            frame.Field(
                "weekday",
                _("If every week, on"),
                "select",
                value=value("weekday", str(table.weekday)),
                error=problems.get("weekday", ""),
                options=tuple((str(day), str(WEEKDAYS[day])) for day in range(7)),
            ),
        ),
        quiet=(
            frame.Field(
                "quiet_from",
                _("From"),
                "time",
                value=value("quiet_from", f"{table.quiet_from:%H:%M}" if table.quiet_from else ""),
                error=problems.get("quiet_from", ""),
            ),
            frame.Field(
                "quiet_until",
                _("Until"),
                "time",
                value=value("quiet_until", f"{table.quiet_until:%H:%M}" if table.quiet_until else ""),
                error=problems.get("quiet_until", ""),
            ),
        ),
        devices=tuple(
            contexts.DeviceRow(
                device.name or _("A browser"),
                moments.moment(device.at, where, now),
                f"{HERE}devices/{device.pk}/dismiss",
            )
            for device in Device.objects.filter(member=member)
        ),
        mail_note=mail_note,
        zone_note=_("All hours are those of your time zone: %(zone)s.") % {"zone": member.time_zone or _("the site's")},
        push_key=push_key,
        push_note=push_note,
    )


def _push_key() -> tuple[str, str]:
    """Our public key for browsers; without one, why."""
    try:
        return keys.public_key(), ""
    except (OSError, ValueError):
        return "", _("Push cannot be had here at present: the installation's key cannot be read.")
