from palaver.standards.models.alert import Alert, AlerterPause
from palaver.standards.models.amendment import Amendment, Change
from palaver.standards.models.appeal import Appeal
from palaver.standards.models.case import Case
from palaver.standards.models.charter import Charter, CharterSetting, Standard
from palaver.standards.models.consequence import Consequence
from palaver.standards.models.pool import JurorSetting, PoolMember, Round
from palaver.standards.models.prolongation import Prolongation
from palaver.standards.models.seat import Seat
from palaver.standards.models.seed import Seed
from palaver.standards.models.verdict import Verdict
from palaver.standards.models.watch import Proposal, WatchTerm, WatchVolunteer

__all__ = [
    "Alert",
    "AlerterPause",
    "Amendment",
    "Appeal",
    "Case",
    "Change",
    "Charter",
    "CharterSetting",
    "Consequence",
    "JurorSetting",
    "PoolMember",
    "Prolongation",
    "Proposal",
    "Round",
    "Seat",
    "Seed",
    "Standard",
    "Verdict",
    "WatchTerm",
    "WatchVolunteer",
]
