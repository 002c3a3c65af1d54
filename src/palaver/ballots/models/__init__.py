from palaver.ballots.models.ballot import Ballot, Option
from palaver.ballots.models.vote import Elector, Vote

__all__ = ["Ballot", "Elector", "Option", "Vote"]
