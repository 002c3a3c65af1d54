"""A small village of posts for searching, written through the real verbs, each remembered beside the database.

An oracle looks at what is remembered, post by post; it shares nothing with the index but the words of a text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from palaver.accounts.models import Member
from palaver.forums.models import Forum, Post, Thread
from palaver.kit.text import words
from tests.cast import Cast, at, original

BEGAN = datetime(2026, 9, 1, 8, 0, 0, 250_000, tzinfo=UTC)


@dataclass
class Told:
    """A post as the oracle knows it: what was written, by whom, where and when."""

    id: int
    subject: list[str]
    body: list[str]
    raw: str
    author: str
    forum: str
    thread: int
    at: datetime
    op: bool
    image: bool
    link: bool

    def has(self, text: str, *, where: str = "anywhere") -> bool:
        """Whether these words stand in a row, in the subject or in the body."""
        wanted = words.tokens(text)
        sides = {"anywhere": (self.subject, self.body), "subject": (self.subject,), "body": (self.body,)}[where]
        return any(
            side[start : start + len(wanted)] == wanted
            for side in sides
            for start in range(len(side) - len(wanted) + 1)
        )

    def shows(self, letter: str, *, where: str = "anywhere") -> bool:
        """Whether a character stands anywhere in a pair or alone."""
        sides = {"anywhere": (self.subject, self.body), "subject": (self.subject,), "body": (self.body,)}[where]
        return any(letter in token for side in sides for token in side)


@dataclass
class Village:
    cast: Cast
    posts: list[Told] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    hour: int = 0

    def start(
        self,
        subject: str,
        text: str,
        by: Member,
        forum: Forum,
        *,
        shown: str = "",
        image: bool = False,
        link: bool = False,
    ) -> Thread:
        self.hour += 1
        moment = BEGAN + timedelta(hours=self.hour * 31)
        with at(moment):
            thread = self.cast.thread(subject, by=by, forum=forum, text=text)
        self.threads.append(thread)
        self._tell(original(thread), subject, shown or text, by, forum, moment, True, image, link)
        return thread

    def reply(
        self,
        text: str,
        by: Member,
        *,
        thread: Thread | None = None,
        subject: str = "",
        shown: str = "",
        image: bool = False,
        link: bool = False,
    ) -> Post:
        self.hour += 1
        moment = BEGAN + timedelta(hours=self.hour * 31)
        thread = thread or self.threads[-1]
        with at(moment):
            post = self.cast.reply(thread, by=by, text=text, subject=subject)
        self._tell(post, subject, shown or text, by, thread.forum, moment, False, image, link)
        return post

    def _tell(
        self,
        post: Post,
        subject: str,
        text: str,
        by: Member,
        forum: Forum,
        moment: datetime,
        op: bool,
        image: bool,
        link: bool,
    ) -> None:
        told = Told(
            post.pk,
            words.tokens(subject),
            words.tokens(text),
            text,
            by.name,
            forum.name,
            post.thread_id,
            moment,
            op,
            image,
            link,
        )
        self.posts.append(told)

    def answer(self, wanted: Callable[[Told], bool], forums: Iterable[str]) -> list[int]:
        """The posts that are wanted in these forums, the newest first: by the second, then by number."""
        known = set(forums)
        chosen = [post for post in self.posts if post.forum in known and wanted(post)]
        return [post.id for post in sorted(chosen, key=lambda post: (int(post.at.timestamp()), post.id), reverse=True)]


def build(cast: Cast) -> Village:
    """The village: three forums, one of them closed, some forty posts of many kinds."""
    village = Village(cast)
    lounge, kitchen, den = cast.lounge, cast.kitchen, cast.den
    ana, bram, kaya = cast.ana, cast.bram, cast.kaya
    village.start(
        "Bread for the harvest",
        "Rye bread needs a **slow** oven and a long night.",
        ana,
        kitchen,
        shown="Rye bread needs a slow oven and a long night.",
    )
    village.reply("Wheat bread is faster. The oven must be hot.", bram)
    village.reply("A hot oven burns rye. Slow oven, I say!", kaya, subject="On rye")
    village.reply("Bread, bread, bread.", ana)
    village.start("The well runs dry", "We measured the well on Monday: three feet of water.", bram, lounge)
    village.reply("Three feet is little. The old well had nine feet.", ana)
    village.reply(
        "See [the map](https://example.org/wells) of all wells.", kaya, shown="See the map of all wells.", link=True
    )
    village.reply(
        "Here it stands: https://example.org/map.", bram, shown="Here it stands: https://example.org/map.", link=True
    )
    village.start("Café au lait", "Le café de la vallée est fermé. L’été revient.", kaya, lounge)
    village.reply("CAFE is what the sign says; naïve travellers read coffee.", bram)
    village.reply("Ｆｕｌｌｗｉｄｔｈ letters and ﬁne ligatures.", ana)
    village.start("Grüße aus Köln", "Die Straße ist gesperrt, über die Brücke geht es.", ana, lounge)
    village.reply("STRASSE und Strasse, beides wird gefunden.", bram)
    village.start("東京の天気", "今日は東京で雨が降りました。猫も家にいます。", ana, lounge)
    village.reply("京都は晴れです。黒猫がいます。", bram)
    village.reply("猫", kaya)
    village.reply("大阪から東京都まで。 Tokyo 2026.", bram)
    village.start("Νερό και ψωμί", "Το ψωμί είναι ζεστό. ΨΩΜΊ!", kaya, kitchen)
    village.reply("Хлеб и вода, ёлка и ель.", ana)
    village.start("خبز وماء", "الخُبْزُ طازج والماء بارد.", bram, kitchen)
    village.reply("לחם ומים", kaya)
    village.start("서울의 아침", "서울에서 아침을 먹었습니다. 김치가 맛있어요.", ana, kitchen)
    village.start("हिन्दी में रोटी", "यह रोटी गरम है। पानी ठंडा है।", bram, kitchen)
    village.start("Don't panic", "It's Ana's well-known rule: don't dig at night. O'Brien agrees.", bram, lounge)
    village.reply("Dont is not don’t, but here both are found. e-mail, email and E-Mail.", ana)
    village.start(
        "Code in the kitchen",
        "Run `make bread` and read foo_bar.py at 12:30, costs 3.50.",
        kaya,
        kitchen,
        shown="Run make bread and read foo_bar.py at 12:30, costs 3.50.",
    )
    village.reply(
        "In*side* a word, and <b>tags</b> typed as text.", ana, shown="Inside a word, and tags typed as text."
    )
    village.reply("C++ and C# are names; x86 too.", bram)
    village.start("A secret of the den", "The bread of the den is buried under the oven. Zanzibar.", ana, den)
    village.reply("Nobody outside may read of Zanzibar and the well.", bram)
    village.start("Ana is quoted", "As bread goes, the well goes. author: is a word too.", kaya, lounge)
    village.reply("A picture of it came by mail.", bram, subject="bread and water")
    village.reply("a a a b b a. The the THE.", ana)
    village.reply("oven slow: the words the other way round", kaya)
    village.reply("ordinary 'quoted words' and “curly ones”", bram)
    return village
