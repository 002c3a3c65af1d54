"""Error pages in our own words: what happened, why, what now. They need no database and no request, so they can always
be shown."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from palaver.web import templating
from palaver.web.contexts import Community, ErrorPage, Link, Shell, Theme

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


def words(status: int) -> tuple[str, str, str]:
    """What happened, why, and what to do now, for an HTTP status, in the active language."""
    match status:
        case 400:
            return (
                _("We could not read that"),
                _("Your browser sent something this page does not understand."),
                _("Go back, reload the page, and try again."),
            )
        case 403:
            return (
                _("That is not open to you"),
                _("This place, or this act, is for other members, or the form had grown too old."),
                _("Go back and reload the page. If you are not signed in, signing in may help."),
            )
        case 404:
            return (
                _("There is nothing here"),
                _("The address may have a slip in it, or what stood here is only for others to read."),
                _("Look among the latest discussions, or in the list of all forums."),
            )
        case 405:
            return (
                _("That cannot be done this way"),
                _("The address exists, but it does not take what was sent to it."),
                _("Go back to the page you came from and use its buttons."),
            )
        case 410:
            return (
                _("This is gone"),
                _("What stood here was removed or withdrawn. It will not come back at this address."),
                _("The record tells about removals, and who decided them."),
            )
        case 413:
            return (
                _("That was too much at once"),
                _("What you sent is larger than this community takes."),
                _("Shorten it, or send it in parts."),
            )
        case 421:
            return (
                _("That is not our address"),
                _("You reached this community under a name it does not know itself by."),
                _("Use the address that the operators gave you."),
            )
        case 429:
            return (
                _("A little slower, please"),
                _("So many requests came from you, or from your network, that others had to wait."),
                _("Wait a minute, then reload the page."),
            )
        case 503:
            return (
                _("Too busy just now"),
                _("More people came at once than we could serve, or we are being restarted. Nothing is lost."),
                _("Wait a moment, then reload the page."),
            )
        case _other:
            return (
                _("Something broke on our side"),
                _("It was not your doing. What happened is written down for the operators."),
                _("Try again in a moment. If it keeps happening, tell the operators."),
            )


def page(status: int, *, because: str = "", kept: str = "", request_id: str = "") -> ErrorPage:
    """The context of an error page. `because` replaces the general reason, for instance with a refusal's words."""
    happened, why, now = words(status)
    acts = (Link(_("Latest discussions"), "/latest"), Link(_("All forums"), "/forums"))
    return ErrorPage(status, happened, because or why, now, acts, kept, request_id)


def render(
    status: int,
    *,
    community: str,
    because: str = "",
    kept: str = "",
    request_id: str = "",
    language: str = "en",
    theme: Theme = "auto",
) -> str:
    """A whole error page as HTML."""
    with translation.override(language):
        direction = "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
        made = page(status, because=because, kept=kept, request_id=request_id)
        shell = Shell(
            Community(community, ""),
            made.happened,
            language=language,
            direction="rtl" if direction == "rtl" else "ltr",
            theme=theme,
            robots="noindex",
        )
        return templating.own().get_template("errors/error.html").render(shell=shell, page=made)
