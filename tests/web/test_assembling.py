"""Posts and tables put together from moulds."""

from __future__ import annotations

from html.parser import HTMLParser

from markupsafe import Markup
from tests.web import gallery

from palaver.web import assembling, moulding, templating
from palaver.web.contexts import EventLine, Link, Moment, PostView

AT = Moment("2026-11-01T15:47:00Z", "Sunday", "Sun 1 Nov 2026, 15:47")


def a_post(**more: object) -> PostView:
    values: dict[str, object] = {
        "id": 7,
        "number": 3,
        "author": "Ana",
        "author_href": "/m/Ana",
        "author_posts": 2055,
        "at": AT,
        "body": Markup("<p>100 % %(number)s</p>"),
    }
    return PostView(**{**values, **more})  # type: ignore[arg-type]


def shown(post: PostView, signed_in: bool = True) -> str:
    return assembling.post(templating.own(), post, "en", signed_in=signed_in)


class Balance(HTMLParser):
    """Fails on a tag that closes what is not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.deepest = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)
        self.deepest = max(self.deepest, self.open.count("ol"))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_what_people_typed_is_escaped_and_per_cent_signs_survive() -> None:
    html = shown(a_post(author="<b>%s", subject='"><script>', author_href='/m/"x'))
    assert "<script>" not in html and "<b>%s" not in html
    assert "&lt;b&gt;%s" in html and "<p>100 % %(number)s</p>" in html and 'href="/m/&#34;x"' in html


def test_own_posts_have_own_controls_and_no_recommendation() -> None:
    own, other, guest = shown(a_post(own=True)), shown(a_post()), shown(a_post(), signed_in=False)
    assert "/p/7/edit" in own and "data-rec" not in own
    assert "/p/7/edit" not in other and "data-rec" in other
    assert "data-rec" not in guest and "/p/7/edit" not in guest


def test_a_removed_post_shows_its_line_and_not_its_body() -> None:
    html = shown(a_post(state="removed", state_line="Removed by <Chidi>."))
    assert "Removed by &lt;Chidi&gt;." in html and "100 %" not in html and "data-rec" not in html


def test_a_mould_is_cast_once_per_language_and_flags() -> None:
    environment = templating.own()
    first = moulding.cast(environment, "parts/post.html", "en", frozenset({"shown"}))
    assert moulding.cast(environment, "parts/post.html", "en", frozenset({"shown"})) is first
    assert "body" in first.names and "state_line" not in first.names


def test_the_tree_nests_by_depth_and_closes_what_it_opens() -> None:
    lines = [a_post(number=n, id=n, depth=depth) for n, depth in enumerate((0, 1, 2, 1, 0, 3, 0, 70))]
    html = assembling.posts(
        templating.own(),
        [*lines, EventLine("Moved by", AT, Link("Chidi", "/m/Chidi"), "why <b>")],
        "en",
        tree=True,
        signed_in=False,
    )
    balance = Balance()
    balance.feed(html.replace("<br>", ""))
    assert balance.open == [] and balance.deepest == 3
    assert "why &lt;b&gt;" in html


def test_a_window_that_begins_deep_begins_at_the_top() -> None:
    html = assembling.nested("<ol>", "<ol>", [(4, "", "a"), (5, "", "b"), (2, "", "c"), (3, "", "d")])
    assert html == "<ol><li>a<ol><li>b</li></ol></li><li>c<ol><li>d</li></ol></li></ol>"


def test_every_page_of_the_gallery_has_one_first_heading_and_one_main() -> None:
    strict = templating.strict()
    for name, template, context in gallery.pages():
        html = strict.get_template(template).render(context)
        assert html.count("<h1") == 1, name
        assert html.count("<main") == 1, name
