"""The charter that Palaver ships: what stands until a community adopts its own. Plain sentences, to be read by a newcomer.

Keys never change: alerts, verdicts and amendments name a standard by its key.
"""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

POST, NAME, ABOUT = "post", "name", "about"


class Written(NamedTuple):
    """A standard as it is shipped. `breaks` and `keeps` are examples, one a line."""

    key: str
    title: str
    rule: str
    breaks: tuple[str, ...]
    keeps: tuple[str, ...]
    kinds: tuple[str, ...]
    is_openable: bool = True
    for_hosts: bool = False


def written() -> tuple[Written, ...]:
    """The nine standards, in the installation's language."""
    with translation.override(settings.LANGUAGE_CODE):
        return _about_people() + _about_words()


def _about_people() -> tuple[Written, ...]:
    return (
        Written(
            "personal-attacks",
            _("No personal attacks"),
            _(
                "Argue with what people say, as hard as you like. Do not insult, mock or hound the person who says it,"
                " here or by way of other threads."
            ),
            (
                _("“Only an idiot like you could write that.”"),
                _("Following somebody from thread to thread to bring up an old quarrel."),
                _("A name or a line about oneself that is made to ridicule another member."),
            ),
            (
                _("“This is wrong, and I will show you why.”"),
                _("Sharp words about a public figure’s decisions."),
                _("Saying that an argument is foolish, and giving the reason."),
            ),
            (POST, NAME, ABOUT),
        ),
        Written(
            "bigotry",
            _("No bigotry"),
            _(
                "Do not run people down for what they are: origin, skin, faith or none, sex, whom they love, disability, age."
                " Do not repeat the words and signs that are used to do so."
            ),
            (
                _("Saying that people of some origin are thieves by nature."),
                _("A slur, spelled out or thinly disguised."),
                _("“They” as a joke whose only point is who they are."),
            ),
            (
                _("Criticism of a religion’s teaching, a party or a government."),
                _("Quoting a slur to report or condemn its use, where the quotation is needed."),
                _("Telling of prejudice one has met."),
            ),
            (POST, NAME, ABOUT),
        ),
        Written(
            "threats",
            _("No threats"),
            _("Do not threaten anybody with harm, wish it on them, call for it, or help others to do it."),
            (
                _("“Somebody should pay her a visit at night.”"),
                _("Hoping that a member falls ill."),
                _("A call to bring sticks to a meeting."),
            ),
            (
                _("“If this goes through, I will go to court.”"),
                _("News of a threat that others made."),
                _("Worry about somebody’s safety."),
            ),
            (POST, NAME, ABOUT),
        ),
        Written(
            "privacy",
            _("Private things stay private"),
            _(
                "Do not publish what could find, shame or harm a private person, or what was said in confidence: addresses,"
                " numbers, letters, pictures, who is behind a name. Only the person themselves may."
            ),
            (
                _("Where a neighbour lives, or which car is theirs."),
                _("A letter between members, posted by one of them."),
                _("“We all know that this account is really …”"),
            ),
            (
                _("The office address of an office."),
                _("What a member has said of themselves here, in the same thread."),
                _("A public official’s public acts, with the source."),
            ),
            (POST, NAME, ABOUT),
            is_openable=False,
        ),
    )


def _about_words() -> tuple[Written, ...]:
    return (
        Written(
            "spam",
            _("No spam"),
            _(
                "Do not use this place to sell, to draw people elsewhere, or to say the same thing in many threads. Your own work"
                " is welcome where it answers somebody, with a word that it is yours."
            ),
            (
                _("Lamps, loans, lotteries."),
                _("The same text in five forums."),
                _("An account that writes only to link to one shop."),
            ),
            (
                _("“I wrote a book about this; the second chapter answers you.”"),
                _("A notice of the village market in the forum for it."),
                _("Two posts in one thread because a thought came late."),
            ),
            (POST, NAME, ABOUT),
            is_openable=False,
        ),
        Written(
            "excerpts",
            _("Excerpts, not copies"),
            _(
                "Of other people’s writing, pictures and music take what you need to make your point, say whose it is and link to it."
                " Whole works stay where they are."
            ),
            (
                _("An article pasted from beginning to end."),
                _("A poem by a living poet, complete, without leave."),
                _("A photographer’s picture put up without a name."),
            ),
            (
                _("Three paragraphs with the link, and your own words about them."),
                _("A complete text by its author, or one that is free to share."),
                _("A picture you took yourself."),
            ),
            (POST,),
        ),
        Written(
            "unsupported-claims",
            _("Say where you know it from"),
            _(
                "Whoever states as a fact what could harm or mislead others says where it comes from, or says that it is a guess."
                " When asked for the source, give it or take the claim back."
            ),
            (
                _("“The treasurer took the money”, and no word on how one would know."),
                _("A cure that is none, told as proven."),
                _("A headline turned into its opposite."),
            ),
            (
                _("An opinion, a question, a memory, a plain joke."),
                _("“I have this from hearsay; does anybody know more?”"),
                _("A claim that turns out wrong and is corrected."),
            ),
            (POST,),
        ),
        Written(
            "sabotage",
            _("No wrecking"),
            _(
                "Take part in good faith. Do not make a forum useless for what it is there for: by derailing threads again and again,"
                " by playing several people, by misusing alerts or votes, or by pretending to be somebody else."
            ),
            (
                _("The same quarrel carried into every thread of a support forum."),
                _("Two accounts that praise each other."),
                _("A name that makes people think it is an operator’s."),
            ),
            (
                _("Disagreeing with most people in the room."),
                _("One stray remark."),
                _("Asking openly for a standard to be changed."),
            ),
            (POST, NAME, ABOUT),
        ),
        Written(
            "off-topic",
            _("In the right place"),
            _(
                "Each forum says what it is for. A post that is fine but belongs elsewhere is moved by the forum’s hosts, who decide"
                " about this one alone; no jury sits for it."
            ),
            (_("A recipe in the forum for bus times."),),
            (_("A short aside in a thread that goes on."), _("A thread that touches on two subjects.")),
            (POST,),
            for_hosts=True,
        ),
    )
