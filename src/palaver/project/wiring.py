"""Every reaction to every event, on one page. *within* runs in the verb's transaction, *after* once it is committed."""

from __future__ import annotations

from palaver.accounts import events as accounts
from palaver.ballots import events as ballots
from palaver.community import events as community
from palaver.forums import events as forums
from palaver.forums import hosting, questioning
from palaver.kit import events
from palaver.notices import hearing, hearing_hosts, hearing_juries, hearing_watch
from palaver.project import reactions
from palaver.reading import events as reading
from palaver.reading import keeping_up
from palaver.record import events as record
from palaver.search import events as search
from palaver.standards import adopting, appealing, consequences, mustering, prolonging, watching
from palaver.standards import events as standards
from palaver.transfer import events as transfer


def connect() -> None:
    """Name each event once. An event that nobody hears is listed with no reaction, so that forgetting one is seen."""
    _places()
    _people()
    events.connect(community.CommunityChanged, within=[reactions.words("community"), reactions.enter_community])
    events.connect(community.InquiryReceived, within=[reactions.enter_inquiry, hearing.inquiry_received])
    events.connect(community.InquiryAnswered, within=[reactions.enter_answer])
    events.connect(record.EntryMade, within=[reactions.words("record")])
    _hosts()
    _own_reading()
    _votes()
    _judging()
    events.connect(transfer.ImportBatchStored, within=[reactions.words_of_batch, reactions.index_batch])
    events.connect(search.SavedSearchFound, within=[reactions.tell_of_finds])
    events.connect(transfer.ImportFinished, within=[reactions.words("places", "front")])


def _places() -> None:
    thread, forum = reactions.thread, reactions.forum
    events.connect(forums.PlacesChanged, within=[reactions.words("places"), hearing.places_changed])
    events.connect(forums.AdmissionEnded, within=[reactions.words("places"), reactions.tell_rights])
    events.connect(
        forums.ThreadStarted,
        within=[
            reactions.words(thread, forum, "front"),
            reactions.index_post,
            reactions.tell_thread_started,
            hearing.thread_started,
        ],
    )
    events.connect(
        forums.ReplyWritten,
        within=[
            reactions.words(thread, forum, "front"),
            reactions.index_post,
            reactions.tell_reply,
            hearing.reply_written,
        ],
    )
    events.connect(
        forums.PostEdited,
        within=[
            reactions.words(thread, forum, "front"),
            reactions.index_post,
            reactions.tell_edit,
            hearing.post_edited,
        ],
    )
    events.connect(
        forums.PostWithdrawn,
        within=[reactions.words(thread, forum, "front", "corrections"), reactions.index_post, reactions.tell_edit],
    )
    events.connect(
        forums.PostCorrected, within=[reactions.words(thread, forum, "front", "corrections"), reactions.tell_edit]
    )
    events.connect(forums.PostRecommended, within=[reactions.words(thread), hearing.recommended])
    events.connect(forums.RecommendationTakenBack, within=[reactions.words(thread), hearing.recommendation_taken_back])
    for locked in (forums.ThreadLocked, forums.ThreadUnlocked):
        events.connect(locked, within=[reactions.words(thread, forum, "front"), reactions.tell_lock])
    for pinned in (forums.ThreadPinned, forums.ThreadUnpinned):
        events.connect(pinned, within=[reactions.words(thread, forum, "front")])


def _hosts() -> None:
    """What hosts do to threads and members, and how their terms begin and end."""
    thread, forum = reactions.thread, reactions.forum
    events.connect(
        forums.ThreadMoved,
        within=[
            reactions.words_of_move,
            reactions.index_moved,
            reactions.tell_move,
            hearing_hosts.thread_moved,
        ],
    )
    events.connect(
        forums.ThreadSplit,
        within=[
            reactions.words_of_split,
            reactions.index_arranged,
            keeping_up.thread_split,
            hearing_hosts.thread_split,
        ],
    )
    events.connect(
        forums.ThreadMerged,
        within=[
            reactions.words_of_merge,
            reactions.index_arranged,
            keeping_up.thread_merged,
            hearing_hosts.thread_merged,
        ],
    )
    events.connect(forums.MemberBlocked, within=[reactions.words(forum), hearing_hosts.member_blocked])
    events.connect(forums.BlockEnded, within=[reactions.words(forum), hearing_hosts.block_ended])
    events.connect(forums.HostSeated, within=[reactions.words(forum), hearing_hosts.host_seated])
    events.connect(forums.HostLeft, within=[reactions.words(forum), hearing_hosts.host_left])
    events.connect(forums.TermEndsSoon, within=[hearing_hosts.term_ends_soon])
    events.connect(forums.QueueChanged, within=[reactions.words(forum)])
    events.connect(forums.LockQuestioned, within=[reactions.words(thread), hearing_hosts.lock_questioned])
    events.connect(forums.LockQuestionAnswered, within=[reactions.words(thread), hearing_hosts.lock_answered])
    events.connect(forums.SlowModeChanged, within=[reactions.words("watch")])


def _people() -> None:
    member = reactions.member
    events.connect(accounts.MemberJoined)
    events.connect(accounts.MemberRenamed, within=[reactions.words(member, "names")])
    events.connect(accounts.MemberChanged, within=[reactions.words(member)])
    events.connect(
        accounts.MemberSuspended,
        within=[
            reactions.words(member),
            reactions.enter_suspension,
            reactions.tell_rights,
            hosting.on_suspended,
            mustering.on_suspended,
            reactions.tell_suspension,
        ],
    )
    events.connect(accounts.SuspensionProlonged, within=[reactions.words(member), reactions.enter_suspension_longer])
    events.connect(
        accounts.SuspensionEnded,
        within=[reactions.words(member), reactions.enter_suspension_end, reactions.tell_rights],
    )
    events.connect(accounts.SessionsEnded, within=[reactions.tell_rights])
    events.connect(
        # The first operator is what makes an installation a founded one, so the community's word changes with it.
        accounts.OperatorMade,
        within=[reactions.words(member, "community"), reactions.enter_operator],
    )
    events.connect(
        accounts.OperatorEnded,
        within=[reactions.words(member, "community"), reactions.enter_operator_end, reactions.tell_rights],
    )
    events.connect(accounts.InvitationMade)
    events.connect(accounts.InvitationEnded, within=[reactions.enter_invitation_end])
    events.connect(accounts.ApplicationMade)
    events.connect(
        accounts.ApplicationDecided,
        within=[reactions.words(member), reactions.enter_application, reactions.mail_application],
    )
    events.connect(accounts.ClaimLinkMade, within=[reactions.enter_claim_link])
    events.connect(accounts.MemberClaimed, within=[reactions.words(member)])


def _own_reading() -> None:
    """What members do to their own reading changes nobody else's page, and their own are never kept."""
    for own in (
        accounts.AvoidanceChanged,
        forums.SubscriptionChanged,
        reading.ForumMarked,
        reading.BookmarkChanged,
        reading.TrashChanged,
        reading.IgnoreChanged,
        reading.FollowChanged,
    ):
        events.connect(own)
    events.connect(reading.BookmarkDue, within=[hearing.bookmark_due])


def _votes() -> None:
    """Ballots, whatever they are about; whoever opened one tells by `about` whether it is theirs."""
    words = reactions.words(reactions.ballot, reactions.about)
    events.connect(ballots.BallotOpened, within=[words, hearing.ballot_opened])
    events.connect(ballots.VoteCast, within=[words, reactions.tell_vote])
    events.connect(
        ballots.BallotClosed,
        within=[
            words,
            adopting.on_ballot_closed,
            hosting.on_ballot_closed,
            questioning.on_ballot_closed,
            reactions.tell_vote,
            hearing.ballot_closed,
        ],
    )
    events.connect(
        ballots.BallotCalledOff,
        within=[
            words,
            adopting.on_ballot_called_off,
            questioning.on_ballot_closed,
            reactions.tell_vote,
            hearing.ballot_closed,
        ],
    )


def _judging() -> None:
    """Alerts, juries, verdicts and what follows from them."""
    events.connect(standards.AlertRaised)
    events.connect(standards.CaseOpened)
    events.connect(standards.SeatOffered, within=[reactions.tell_summons, hearing_juries.seat_offered])
    events.connect(standards.SeatEnded, within=[reactions.tell_seat_ended, hearing_juries.seat_ended])
    events.connect(standards.JudgeAsked, within=[hearing_juries.judge_asked])
    events.connect(
        standards.VerdictReached,
        # What the verdict sets off comes first, so that whoever is told of it is told of all of it.
        within=[
            consequences.after,
            appealing.after,
            prolonging.after,
            watching.on_verdict,
            # What is shown follows from what was decided.
            reactions.settle_title,
            reactions.words_of_verdict,
            reactions.index_verdict,
            reactions.tell_verdict,
            hearing_juries.verdict_reached,
        ],
    )
    shown = [
        reactions.settle_title,
        reactions.words(reactions.thread, reactions.forum, "front", "corrections", "folds"),
        reactions.index_post,
        reactions.tell_hold,
    ]
    events.connect(standards.PostHeld, within=[*shown, hearing_juries.post_held])
    events.connect(standards.PostRestored, within=shown)
    events.connect(standards.CaseCalledOff, within=[appealing.called_off])
    events.connect(standards.ConsequenceFell, within=[reactions.words(reactions.member), reactions.tell_consequence])
    events.connect(standards.AppealOpened)
    events.connect(standards.LongerAsked, within=[reactions.tell_longer_asked])
    events.connect(standards.CharterAdopted, within=[reactions.words("charter")])
    events.connect(standards.AmendmentChanged, within=[reactions.words("charter")])
    _watch()


def _watch() -> None:
    """Those who stop intruders at once, always reviewed."""
    events.connect(standards.WatchChanged, within=[reactions.words("watch")])
    events.connect(standards.WatcherDrawn, within=[hearing_watch.drawn])
    events.connect(standards.WatchTermEnds, within=[hearing_watch.term_ends])
    events.connect(standards.SecondWanted, within=[hearing_watch.second_wanted])
    events.connect(standards.WatchSuspended, within=[hearing_watch.suspended])
    events.connect(standards.WatchReviewed, within=[hearing_watch.reviewed])
    events.connect(
        standards.NewcomersPosts,
        within=[
            reactions.settle_titles_of_watch,
            reactions.words_of_watch,
            reactions.index_watch,
            reactions.tell_watch,
        ],
    )
