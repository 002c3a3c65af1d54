"""Who may read, start, reply, edit, lock. Every page, stream and command asks here."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.accounts.permissions import may_act, may_speak
from palaver.forums import newcomers, reads
from palaver.forums.models import Admission, Attachment, Block, Forum, Lock, Office, Post, Removal, Thread
from palaver.kit.decisions import YES, Decision, no


def _passes(gate: str, member: Member | None, forum: Forum) -> bool:
    if gate == Forum.Gate.EVERYONE:
        return True
    if member is None:
        return False
    if gate == Forum.Gate.MEMBERS:
        return True
    return member.is_operator or Admission.objects.filter(forum=forum, member=member).exists()


def may_read(member: Member | None, forum: Forum) -> Decision:
    """Read a forum and everything in it."""
    if _passes(forum.who_reads, member, forum):
        return YES
    return no(_("This forum is read by its own audience only. Sign in if you belong to it."))


def readable_forum_ids(member_id: int | None, *, is_operator: bool = False) -> frozenset[int]:
    """The forums whose threads may be listed for a member (None: a guest)."""
    gates = [Forum.Gate.EVERYONE] if member_id is None else [Forum.Gate.EVERYONE, Forum.Gate.MEMBERS]
    if is_operator:
        return frozenset(Forum.objects.values_list("id", flat=True))
    open_to = set(Forum.objects.filter(who_reads__in=gates).values_list("id", flat=True))
    if member_id is not None:
        open_to.update(Admission.objects.filter(member_id=member_id).values_list("forum_id", flat=True))
    return frozenset(open_to)


def admitted_forum_ids(member_id: int) -> frozenset[int]:
    """The forums with a named audience to which a member belongs."""
    return frozenset(Admission.objects.filter(member_id=member_id).values_list("forum_id", flat=True))


def readers_among(member_ids: Collection[int], forum: Forum) -> frozenset[int]:
    """Those of some members who may read a forum. One statement, and none unless the forum has a named audience."""
    if forum.who_reads != Forum.Gate.ADMITTED or not member_ids:
        return frozenset(member_ids)
    passes = Q(is_operator=True) | Q(admissions__forum=forum)
    return frozenset(Member.objects.filter(passes, pk__in=member_ids).values_list("pk", flat=True))


def running_block(member: Member, forum: Forum) -> Block | None:
    """The block that keeps a member from writing in a forum now, if any."""
    if not reads.is_blocked(forum.pk, member.pk):
        return None
    return Block.objects.running().filter(forum=forum, member=member).first()


def may_write_in(member: Member | None, forum: Forum) -> Decision:
    """Whether a forum's hosts keep the member out of it at present (page 3, Hosts). Alerting asks this too."""
    block = None if member is None else running_block(member, forum)
    if block is None:
        return YES
    return no(
        _(
            "The hosts keep you from writing in this forum until %(until)s: %(because)s You can read here and write elsewhere."
        )
        % {"until": block.until.strftime("%Y-%m-%d %H:%M UTC"), "because": block.because.rstrip(".") + "."}
    )


def may_start(member: Member | None, forum: Forum) -> Decision:
    """Start a thread in a forum."""
    if not (answer := may_read(member, forum)):
        return answer
    if forum.retired_at is not None:
        return no(_("This forum is retired: it can be read, but nothing new is written in it."))
    if not (answer := may_speak(member)):
        return answer
    if not _passes(forum.who_starts, member, forum):
        return no(_("Threads in this forum are started by its own audience."))
    return may_write_in(member, forum)


def running_lock(thread: Thread) -> Lock | None:
    """The lock that keeps a thread closed now, if any."""
    if not reads.is_locked(thread.pk):
        return None
    return Lock.objects.filter(thread=thread, ended_at=None).select_related("by").first()


def may_reply(member: Member | None, thread: Thread) -> Decision:
    """Reply in a thread."""
    if not (answer := may_read(member, thread.forum)):
        return answer
    lock = running_lock(thread)
    if lock is not None:
        return no(_("This thread is locked and takes no more replies: %(because)s") % {"because": lock.because})
    if thread.forum.retired_at is not None:
        return no(_("This forum is retired: it can be read, but nothing new is written in it."))
    if not (answer := may_speak(member)):
        return answer
    if not _passes(thread.forum.who_replies, member, thread.forum):
        return no(_("Replies in this forum are written by its own audience."))
    return may_write_in(member, thread.forum)


def may_edit(member: Member | None, post: Post) -> Decision:
    """Edit a post: always its author, while it stands (page 2, Edit)."""
    if not (answer := may_read(member, post.forum)):
        return answer
    if member is None or post.author_id != member.pk:
        return no(_("Only its author can change a post."))
    if post.standing == Post.Standing.WITHDRAWN:
        return no(_("You have withdrawn this post. Write a new one instead."))
    if post.standing != Post.Standing.SHOWN:
        return no(_("This post is not shown at present, so it cannot be changed."))
    if post.forum.retired_at is not None:
        return no(_("This forum is retired: it can be read, but nothing in it is changed."))
    if not (answer := may_speak(member)):
        return answer
    return may_write_in(member, post.forum)


def may_correct(member: Member | None, post: Post) -> Decision:
    """Put a correction line on a post, or take it away: its author, as for an edit."""
    return may_edit(member, post)


def may_withdraw(member: Member | None, post: Post) -> Decision:
    """Delete one's own post; open to the suspended too, since it only takes away."""
    if not (answer := may_read(member, post.forum)):
        return answer
    if member is None or post.author_id != member.pk:
        return no(_("Only its author can withdraw a post."))
    if post.standing == Post.Standing.WITHDRAWN:
        return no(_("You have withdrawn this post already."))
    return may_act(member)


def may_see_poll(member: Member | None, thread: Thread) -> Decision:
    """See a thread's poll: whoever reads the thread, while its original post stands."""
    if not (answer := may_read(member, thread.forum)):
        return answer
    if Post.objects.filter(thread=thread, place=0).exclude(standing=Post.Standing.SHOWN).exists():
        return no(_("The post that asked this is not shown any more, and neither is its poll."))
    return YES


def may_vote_in_poll(member: Member | None, thread: Thread) -> Decision:
    """Vote in it: who sees it, and is a member; whether it still runs and who belongs to it, the ballot itself says."""
    if not (answer := may_see_poll(member, thread)):
        return answer
    if thread.forum.retired_at is not None:
        return no(_("This forum is retired: it can be read, but nothing in it is voted on."))
    return may_act(member)


def may_recommend(member: Member | None, post: Post) -> Decision:
    """Recommend a post that stands and is not one's own."""
    if not (answer := may_read(member, post.forum)):
        return answer
    if not (answer := may_act(member)):
        return answer
    if member is not None and post.author_id == member.pk:
        return no(_("Your own posts are recommended by others."))
    if post.standing != Post.Standing.SHOWN:
        return no(_("This post is not shown any more, so it cannot be recommended."))
    return YES


def office_in(member: Member | None, forum: Forum) -> str:
    """The office a member holds in a forum: `host`, `operator`, or "" for none."""
    if member is None:
        return ""
    if Office.objects.sitting().filter(forum=forum, member=member).exists():
        return Lock.Office.HOST
    return Lock.Office.OPERATOR if member.is_operator else ""


def _may_host(member: Member | None, thread: Thread, otherwise: str) -> Decision:
    """Hosts of the forum and operators; nobody hosts a thread they post in (page 3, Hosts)."""
    if not (answer := may_read(member, thread.forum)):
        return answer
    if not (answer := may_speak(member)):
        return answer
    office = office_in(member, thread.forum)
    if not office:
        return no(otherwise)
    if office == Lock.Office.HOST and Post.objects.filter(thread=thread, author=member).exists():
        return no(_("You have posted in this thread, so another host decides about it."))
    return YES


def may_lock(member: Member | None, thread: Thread) -> Decision:
    """Lock and pin."""
    return _may_host(member, thread, _("Threads are locked by the forum's hosts."))


def may_arrange(member: Member | None, thread: Thread) -> Decision:
    """Move, split or merge a thread at all; where to is asked besides."""
    return _may_host(member, thread, _("Threads are moved, split and merged by the forum's hosts."))


def may_move(member: Member | None, thread: Thread, to: Forum) -> Decision:
    """Move a thread to another forum. What was said before a smaller audience is shown to no larger one, by nobody."""
    if not (answer := may_arrange(member, thread)):
        return answer
    if to.pk == thread.forum_id:
        return no(_("The thread stands in this forum already."))
    if not (answer := may_read(member, to)):
        return answer
    if to.retired_at is not None:
        return no(_("%(forum)s is retired: nothing is put there any more.") % {"forum": to.name})
    if to.who_reads == thread.forum.who_reads != Forum.Gate.ADMITTED:
        return YES
    if thread.forum.who_reads == Forum.Gate.ADMITTED or to.who_reads == Forum.Gate.EVERYONE:
        return no(_("What was written for a forum's own readers is not shown to others, so it cannot be moved there."))
    if member is not None and member.is_operator:
        return YES
    return no(
        _("Fewer people read %(forum)s. Only an operator moves a thread out of its readers' sight.")
        % {"forum": to.name}
    )


def may_split(member: Member | None, thread: Thread) -> Decision:
    """Split replies off into a thread of their own."""
    return may_arrange(member, thread)


def may_merge(member: Member | None, thread: Thread, into: Thread) -> Decision:
    """Put a thread's posts behind those of another, of the same forum."""
    if thread.pk == into.pk:
        return no(_("This is the same thread. Give the address of the other one."))
    if not (answer := may_arrange(member, thread)):
        return answer
    if thread.forum_id != into.forum_id:
        return no(
            _("The other thread stands in another forum. Move one of them first, so that both have the same hosts.")
        )
    return may_arrange(member, into)


def may_unlock(member: Member | None, thread: Thread) -> Decision:
    """Only who locked it opens it again, or an operator, or the hosts' ballot (see `questioning`)."""
    if not (answer := may_read(member, thread.forum)):
        return answer
    lock = running_lock(thread)
    if lock is None:
        return no(_("This thread is not locked."))
    if member is not None and (lock.by_id == member.pk or member.is_operator):
        return may_speak(member)
    return no(_("Only the host who locked this thread opens it again."))


def may_question(member: Member | None, lock: Lock) -> Decision:
    """Question a host's lock: any member who may write here, but not the locker (page 3, Hosts)."""
    forum = lock.thread.forum
    if not (answer := may_read(member, forum)):
        return answer
    if not (answer := may_speak(member)):
        return answer
    if lock.ended_at is not None:
        return no(_("This thread is open again already."))
    if lock.office != Lock.Office.HOST:
        return no(
            _("Only locks by a host are put to the hosts. This one was set by its author, an operator or an import.")
        )
    if member is not None and lock.by_id == member.pk:
        return no(_("This is your own lock: you can open the thread again."))
    return may_write_in(member, forum)


def may_block(member: Member | None, forum: Forum, whom: Member) -> Decision:
    """Keep a member from writing in a forum: its hosts and operators; not each other (page 3, Hosts)."""
    if not (answer := may_read(member, forum)):
        return answer
    if not (answer := may_speak(member)):
        return answer
    if not office_in(member, forum):
        return no(_("Members are kept out of a forum by its hosts."))
    if member is not None and whom.pk == member.pk:
        return no(_("This is you. To stay out of a forum, put it into your trash."))
    if whom.is_operator or Office.objects.sitting().filter(forum=forum, member=whom).exists():
        return no(
            _("%(name)s holds an office here. Hosts do not keep each other or operators out.") % {"name": whom.name}
        )
    if not whom.is_active:
        return no(_("%(name)s has no account that could write.") % {"name": whom.name})
    return YES


def may_end_block(member: Member | None, block: Block) -> Decision:
    """End a block before its time: any host of the forum, or an operator."""
    if not (answer := may_read(member, block.forum)):
        return answer
    if not (answer := may_speak(member)):
        return answer
    if not office_in(member, block.forum):
        return no(_("Blocks are ended by the forum's hosts."))
    return YES


def may_volunteer(member: Member | None, forum: Forum) -> Decision:
    """Join a forum's queue of volunteers: whoever may start threads there and is a newcomer no longer."""
    if not (answer := may_start(member, forum)):
        return answer
    if member is not None and newcomers.is_newcomer(member):
        return no(_("Hosts know the place a little. Volunteer once your first days here are over."))
    return YES


def may_see_history(member: Member | None, post: Post) -> Decision:
    """Earlier versions of a post that stands; of a withdrawn one nobody's."""
    if not (answer := may_read(member, post.forum)):
        return answer
    if post.standing != Post.Standing.SHOWN:
        return no(_("This post is not shown any more, and neither is its history."))
    return YES


def may_see_removed(member: Member | None, post: Post) -> Decision:
    """Read a removed post's text: whoever may read the forum, where the standard lets it be opened (page 3, Charter)."""
    if not (answer := may_read(member, post.forum)):
        return answer
    if post.standing == Post.Standing.HELD:
        return no(_("This post is held back until it has been decided. Nobody reads it meanwhile."))
    if post.standing != Post.Standing.REMOVED:
        return no(_("This post has not been removed."))
    if not Removal.objects.filter(post=post, ended_at=None, is_openable=True).exists():
        return no(_("What was removed under this standard is shown to nobody, so that it does no further harm."))
    return YES


def may_see_attachment(member: Member | None, attachment: Attachment) -> Decision:
    """See a picture or fetch a file: its owner, and whoever may read a post that shows it and stands (page 2, Images)."""
    if member is not None and attachment.owner_id == member.pk and member.is_active:
        return YES
    forums = Forum.objects.filter(
        pk__in=Post.objects.filter(attachment_uses__attachment=attachment, standing=Post.Standing.SHOWN).values("forum")
    )
    if any(may_read(member, forum) for forum in forums):
        return YES
    return no(_("This picture or file is not shown in any post that you may read."))


def everyone_may_see_attachment(attachment: Attachment) -> bool:
    """Whether guests may, so that caches on the way may keep it for a while."""
    return bool(may_see_attachment(None, attachment))


def may_put_up(member: Member | None) -> Decision:
    """Put up a picture or a file: whoever may write."""
    return may_speak(member)


def may_take_down(member: Member | None, attachment: Attachment) -> Decision:
    """Take down one's own picture or file, once no post shows it; open to the suspended, since it only takes away."""
    if not (answer := may_act(member)):
        return answer
    if member is None or attachment.owner_id != member.pk:
        return no(_("Only the member who put it up can take this down."))
    if attachment.uses.exists():
        return no(_("A post shows this. Take it out of the post first, then it can be taken down."))
    return YES
