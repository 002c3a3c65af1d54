"""Starting threads, replying, editing: the verbs by which words come to stand in a forum."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from palaver.accounts.models import Member
from palaver.forums import attaching, counting, drafting, naming, newcomers, paths, polling, reads, rules
from palaver.forums.errors import EmptyText, OutOfDate, RulesNotMet, ThreadIsLocked
from palaver.forums.events import PostEdited, ReplyWritten, ThreadStarted
from palaver.forums.models import Forum, Post, PostBody, SourceText, Thread
from palaver.forums.permissions import may_edit, may_reply, may_start, running_lock
from palaver.forums.rendering import PostLinks, render_post
from palaver.kit import clock, events, rows
from palaver.kit.decisions import Refusal
from palaver.kit.text import rendering, slugs, subjects
from palaver.kit.text.letters import reason, storable

# Acts on a thread have their addresses where its slug stands, /t/<id>/lock: a subject must not lead there. (A test
# holds this list to the address map.)
TAKEN_SLUGS = frozenset(
    {"lock", "mark", "merge", "move", "new", "pin", "post", "replies", "split", "subscription", "trash"}
)
LONGEST_REASON = 200


def start_thread(
    *,
    forum: Forum,
    author: Member,
    subject: str,
    text: str,
    kind: str = SourceText.Kind.MARKDOWN,
    submission_key: str = "",
    draft: drafting.Known | None = None,
    poll: polling.Question | None = None,
) -> Thread:
    """Start a thread with its original post, and a poll where one is asked, and return it.

    The same `submission_key` again returns the same thread.

    `draft` is the one this form was saved as; it ends with the post. Raises NotAllowed (gate, suspension, retired
    forum) or Refusal (subject or text unfit, posting rules, a newcomer's limits; `field` says which).
    """
    subject = subjects.clean(subject)
    text = _fit(text)
    links = PostLinks(None)
    rendered = render_post(text, kind, links=links)
    with transaction.atomic():
        _lock_author(author)
        if (again := _submitted_already(author, submission_key)) is not None:
            drafting.end(draft, by=author)
            return again.thread
        may_start(author, forum).or_refuse()
        _meet_the_rules(
            rules.Writing(forum, rendered, subject, starts=True, author_posts=_written(author, forum)), author, links
        )
        now = clock.now()
        thread = Thread(
            forum=forum,
            author=author,
            subject=subject,
            slug=thread_slug(subject),
            created_at=now,
            post_count=1,
            last_number=0,
            last_post_at=now,
            last_author=author,
        )
        rows.store([thread])
        post = Post(
            thread=thread,
            forum=forum,
            author=author,
            number=0,
            place=0,
            path=paths.segment(0),
            created_at=now,
            opening=rendered.opening,
            submission_key=submission_key or None,
        )
        rows.store([post])
        _store_text(post, text, kind, rendered, subject="")
        naming.name(post, rendered, links)
        drafting.end(draft, by=author)
        if poll is not None:
            polling.ask(thread, by=author, question=poll)
        counting.add_post(author_id=author.pk, thread_id=None, forum_id=forum.pk, number=0, at=now)
        events.publish(ThreadStarted(thread.pk, post.pk, forum.pk, author.pk))
    return thread


def reply(
    *,
    thread: Thread,
    author: Member,
    text: str,
    subject: str = "",
    answers: Post | None = None,
    kind: str = SourceText.Kind.MARKDOWN,
    submission_key: str = "",
    draft: drafting.Known | None = None,
) -> Post:
    """Write a reply, to the thread or to a given post of it, and return it. The same `submission_key` again returns the same post.

    `draft` is the one this form was saved as; it ends with the post. Raises ThreadIsLocked, NotAllowed or Refusal; whatever was written stays with the caller.
    """
    if answers is not None and answers.thread_id != thread.pk:
        raise Refusal(_("The post you are answering belongs to another thread."))
    subject = _own_subject(subject)
    text = _fit(text)
    links = PostLinks(thread.pk)
    rendered = render_post(text, kind, links=links)
    with transaction.atomic():
        _lock_author(author)
        thread = rows.held(Thread, thread.pk, with_its="forum")
        if (again := _submitted_already(author, submission_key)) is not None:
            drafting.end(draft, by=author)
            return again
        _may_reply_or_refuse(author, thread)
        _meet_the_rules(rules.Writing(thread.forum, rendered, subject), author, links)
        now = max(clock.now(), thread.last_post_at)
        number = thread.last_number + 1
        path = paths.below("" if answers is None or answers.is_original else answers.path, number)
        post = Post(
            thread=thread,
            forum=thread.forum,
            author=author,
            number=number,
            place=thread.post_count,
            answers=answers,
            answers_number=None if answers is None else answers.number,
            path=path,
            depth=paths.depth(path),
            subject=subject,
            opening=rendered.opening,
            created_at=now,
            submission_key=submission_key or None,
        )
        rows.store([post])
        _store_text(post, text, kind, rendered, subject=subject)
        naming.name(post, rendered, links)
        drafting.end(draft, by=author)
        counting.add_post(author_id=author.pk, thread_id=thread.pk, forum_id=thread.forum_id, number=number, at=now)
        events.publish(
            ReplyWritten(
                thread.pk, post.pk, number, thread.forum_id, author.pk, None if answers is None else answers.pk
            )
        )
    return post


def edit(
    post: Post,
    *,
    by: Member,
    text: str,
    subject: str | None = None,
    because: str = "",
    seen_version: int | None = None,
    draft: drafting.Known | None = None,
) -> Post:
    """Give a post a new version. The text before stays in its history. Editing an imported post makes it Markdown.

    `subject` of an original post renames the thread; None leaves it. `seen_version` is the version the form was filled
    from: OutOfDate is raised when another window has saved since. Posting rules that the version before did not meet
    either are not asked. Raises NotAllowed, Refusal. Returns the post anew.
    """
    may_edit(by, post).or_refuse()
    text, because = _fit(text), reason(because, LONGEST_REASON)
    links = PostLinks(post.thread_id)
    rendered = render_post(text, SourceText.Kind.MARKDOWN, links=links)
    with transaction.atomic():
        post = (
            Post.objects.select_for_update(of=("self",), no_key=True).select_related("thread", "forum").get(pk=post.pk)
        )
        may_edit(by, post).or_refuse()
        if seen_version is not None and seen_version != post.version:
            raise OutOfDate(
                _(
                    "This post was changed in another window after you opened this form. Your text is below; compare, then save again."
                )
            )
        newest = SourceText.objects.get(post=post, version=post.version)
        thread = post.thread
        if post.is_original:
            wanted = thread.subject if subject is None else subjects.clean(subject)
        else:
            wanted = post.subject if subject is None else _own_subject(subject)
        shown = thread.subject if post.is_original else post.subject
        drafting.end(draft, by=by)
        if wanted == shown and text == newest.text and newest.kind == SourceText.Kind.MARKDOWN:
            return post  # Nothing was changed: no new version, no event.
        writing = rules.Writing(
            post.forum,
            rendered,
            wanted,
            starts=post.is_original,
            author_posts=max(by.post_count, post.forum.posts_to_start),
        )
        _meet_the_rules(writing, by, links, before=newest)
        post.version += 1
        post.edited_at = clock.now()
        post.opening = rendered.opening
        if not post.is_original:
            post.subject = wanted
        post.save(update_fields=["version", "edited_at", "opening", "subject"])
        _store_text(post, text, SourceText.Kind.MARKDOWN, rendered, subject=wanted, because=because)
        if post.is_original and wanted != thread.subject:
            if post.version == 2:
                SourceText.objects.filter(post=post, version=1).update(subject=thread.subject)
            Thread.objects.filter(pk=thread.pk).update(subject=wanted, slug=thread_slug(wanted))
            thread.refresh_from_db()
        named = naming.name(post, rendered, links)
        events.publish(
            PostEdited(post.pk, post.thread_id, post.forum_id, post.author_id, post.version, named.members, named.posts)
        )
    return post


def _meet_the_rules(
    writing: rules.Writing, author: Member, links: PostLinks, *, before: SourceText | None = None
) -> None:
    """Raise what the forum's rules or a newcomer's limits say. `before`: the version that an edit replaces."""
    if found := rules.findings(writing):
        old: set[str] = set()
        if before is not None:
            rendered = render_post(before.text, before.kind, thread_id=before.post.thread_id)
            old = {one.rule for one in rules.findings(writing._replace(rendered=rendered))}
        if found := [one for one in found if one.rule not in old]:
            raise RulesNotMet(found)
    mentions = len(naming.mentioned(writing.rendered, links, author_id=author.pk))
    newcomers.hold(author, writing.rendered, mentions, edits=before is not None)


def _written(author: Member, forum: Forum) -> int:
    """How much the author has written, asked anew only where the count at hand, which may be old, is not enough."""
    if author.post_count >= forum.posts_to_start:
        return author.post_count
    return Member.objects.values_list("post_count", flat=True).get(pk=author.pk)


def thread_slug(subject: str) -> str:
    """The readable part of a thread's address; never the address of an act on it."""
    made = slugs.slug(subject)
    return f"{made}-{slugs.NAMELESS}" if made in TAKEN_SLUGS else made


def _lock_author(author: Member | None) -> None:
    """Serialise one member's submissions, so that two copies of one form find each other (on SQLite writers are serial anyway).

    A guest (None) is refused right after, by the permission.
    """
    if author is not None and transaction.get_connection().features.has_select_for_update:
        Member.objects.select_for_update(no_key=True).only("pk").get(pk=author.pk)


def _submitted_already(author: Member | None, submission_key: str) -> Post | None:
    if author is None or not submission_key:
        return None
    post_id = reads.submitted(author.pk, submission_key)
    return None if post_id is None else Post.objects.select_related("thread").get(pk=post_id)


def _may_reply_or_refuse(author: Member, thread: Thread) -> None:
    answer = may_reply(author, thread)
    if not answer:
        if running_lock(thread) is not None:
            raise ThreadIsLocked(answer.because)
        answer.or_refuse()


def _own_subject(subject: str) -> str:
    """A reply's own subject; most have none."""
    return subjects.clean(subject) if subjects.visible(subject[: subjects.LONGEST]) else ""


def _fit(text: str) -> str:
    if not text.strip():
        raise EmptyText(_("There is no text yet. Write what you want to say."), field="text")
    if (refusal := rendering.too_long(text)) is not None:
        raise refusal
    return storable(text)


def _store_text(
    post: Post, text: str, kind: str, rendered: rendering.Rendered, *, subject: str, because: str = ""
) -> None:
    source = SourceText(
        post=post,
        version=post.version,
        kind=kind,
        subject=subject,
        text=text,
        written_at=post.edited_at or post.created_at,
        because=because,
    )
    rows.store([source])
    body = PostBody(post=post, html=rendered.html, renderer=rendered.version)
    if post.version == 1:
        rows.store([body])
    else:
        body.save(force_update=True)
    attaching.use(post, rendered.html)
