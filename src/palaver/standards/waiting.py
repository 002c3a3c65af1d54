"""What waits for an operator: cases that no jury and no host can judge, and amendments that the law might forbid."""

from __future__ import annotations

from django.db.models import Q

from palaver.accounts.models import Member
from palaver.kit import clock
from palaver.standards.bounds import LONE_HOST_HAS
from palaver.standards.models import Amendment, Case, Charter
from palaver.standards.opening import OPEN
from palaver.standards.permissions import may_decide_alone


def cases_for_operators() -> list[Case]:
    """Open cases that operators decide, the oldest first: those given to them, and what hosts left for a day."""
    theirs = Q(judges=Case.Judges.OPERATOR) | Q(judges=Case.Judges.HOST, opened_at__lte=clock.now() - LONE_HOST_HAS)
    return list(
        Case.objects.filter(theirs, stage__in=OPEN).select_related("post", "author", "of").order_by("opened_at")
    )


def for_operator(by: Member) -> list[Case]:
    """Those of them that this operator may decide."""
    return [case for case in cases_for_operators() if may_decide_alone(by, case)]


def vetoable() -> list[Amendment]:
    """Amendments that are talked about, voted on, or adopted and not in force yet, the newest first."""
    coming = Charter.objects.filter(effective_at__gt=clock.now()).values("version")
    wanted = Q(state__in=[Amendment.State.PROPOSED, Amendment.State.VOTING]) | Q(
        state=Amendment.State.ADOPTED, charter_version__in=coming
    )
    return list(Amendment.objects.filter(wanted).order_by("-proposed_at"))
