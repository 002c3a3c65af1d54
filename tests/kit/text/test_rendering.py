from __future__ import annotations

import re
from collections.abc import Collection

import pytest

from palaver.kit.text.finishing import Picture
from palaver.kit.text.rendering import LONGEST, RENDERER_VERSION, Rendered, render, too_long
from tests.kit.text.normal import faults
from tests.kit.text.shared import cooked_posts


class Village:
    """Ana and Bram have pages, and every number below 100."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[str], list[int]]] = []

    def prepare(self, names: Collection[str], numbers: Collection[int]) -> None:
        self.asked.append((sorted(names), sorted(numbers)))

    def member_url(self, name: str) -> str | None:
        return f"/m/{name}" if name in ("Ana", "Bram", "a_b_c") else None

    def reference_url(self, number: int) -> str | None:
        return f"/p/{number}" if number < 100 else None

    def prepare_pictures(self, addresses: Collection[str]) -> None:
        self.asked_pictures = list(addresses)

    def picture(self, address: str) -> Picture | None:
        """A tall tree with a smaller copy, and a wide lawn without."""
        if address == "/media/1/t.jpg":
            return Picture(address, 1500, 2000, "/media/1/small/t.jpg", 480)
        return Picture(address, 1280, 640) if address == "/media/2/l.png" else None


def markdown(source: str) -> Rendered:
    return render(source, "markdown", links=Village(), prefix="p7")


def test_a_mention_and_a_reference_become_links() -> None:
    made = markdown("Ask @Ana about #12, not @nobody about #555.")
    assert '<a href="/m/Ana" class="mention">@Ana</a>' in made.html
    assert '<a href="/p/12" class="reference">#12</a>' in made.html
    assert "@nobody" in made.html and "/m/nobody" not in made.html and "/p/555" not in made.html
    assert made.mentions == ("Ana", "nobody") and made.references == (12, 555)


def test_names_and_numbers_are_asked_for_once() -> None:
    village = Village()
    render("@Ana @Bram @Ana #1 #2 #1 @x\n\n[quote=Ana, #3]\nhi\n[/quote]", "markdown", links=village)
    assert village.asked == [(["Ana", "Bram", "x"], [1, 2, 3])]


def test_nothing_is_asked_when_nobody_is_named() -> None:
    village = Village()
    render("Plain words & a mail@example.org", "markdown", links=village)
    assert village.asked == []


def test_a_mention_in_code_a_link_or_an_address_is_none() -> None:
    made = markdown("`@Ana` [@Ana](/x) ana@Ana.org https://x.org/@Ana\n\n    @Ana\n")
    assert made.mentions == () and "mention" not in made.html


def test_underscores_in_names_and_addresses_are_no_emphasis() -> None:
    made = markdown("@a_b_c and http://x.org/_a_/__b__/c ok")
    assert ">@a_b_c</a>" in made.html and "http://x.org/_a_/__b__/c</a>" in made.html and "<em>" not in made.html


def test_a_quote_names_its_author_and_leads_back() -> None:
    made = markdown("[quote=Ana, #4]\nsaid @Bram\n[/quote]\n\nyes")
    assert (
        '<blockquote class="quote">\n<p><cite class="by"><a href="/m/Ana" class="mention">Ana</a>, '
        '<a href="/p/4" class="reference">#4</a></cite></p>' in made.html
    )
    assert made.quotes == (("Ana", 4),)
    assert made.mentions == (), "a name inside a quote calls nobody"
    assert made.opening == "yes", "the opening is what the author wrote"


@pytest.mark.parametrize(
    "source",
    [
        "[quote=Ana, #4]said[/quote]",
        '[quote="Ana, post:4, topic:9"]\nsaid\n[/quote]',
        "> [quote=Ana, #4]\n> said\n> [/quote]",
    ],
)
def test_a_quote_may_be_written_in_several_ways(source: str) -> None:
    assert markdown(source).quotes == (("Ana", 4),)


def test_quotes_nest_and_an_unclosed_one_stays_as_typed() -> None:
    made = markdown("[quote=Ana]\nouter\n[quote=Bram]\ninner\n[/quote]\n[/quote]\n[quote=Ana]\nopen")
    assert made.html.count('<blockquote class="quote">') == 2 and made.html.count("</blockquote>") == 2
    assert "[quote=Ana]" in made.html


def test_details_fold_their_content() -> None:
    made = markdown("[details=The end]\n- *Ana* wins\n[/details]")
    assert '<details class="spoiler"><summary>The end</summary>' in made.html and "<li><em>Ana</em>" in made.html


def test_tags_inside_a_fence_are_code() -> None:
    made = markdown("```\n[quote=Ana]\nx\n[/quote]\n```")
    assert "blockquote" not in made.html and "[quote=Ana]" in made.html


@pytest.mark.parametrize("mark", ["‹snip›", "<snip>", "[snip]"])
def test_a_snip_is_a_mark_of_its_own(mark: str) -> None:
    assert '<p>a</p>\n<div class="snip">‹snip›</div>\n<p>b</p>' in markdown(f"a\n{mark}\nb").html


def test_task_lists_show_what_is_done() -> None:
    made = markdown("- [ ] ask\n- [x] answer\n- neither")
    assert '<span class="open">☐</span> ask' in made.html and '<span class="done">☑</span> answer' in made.html
    assert made.html.count('class="task"') == 2


def test_footnotes_of_two_posts_never_clash() -> None:
    one = render("a[^1]\n\n[^1]: note", "markdown", prefix="p1").html
    two = render("a[^1]\n\n[^1]: note", "markdown", prefix="p2").html
    ids = re.findall(r' id="([^"]+)"', one + two)
    assert len(ids) == 4 == len(set(ids))
    assert 'href="#fn-p1-1"' in one and 'id="fn-p1-1"' in one


def test_a_prefix_that_could_break_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="letters and digits"):
        render("a", "markdown", prefix='"x')


def test_tables_are_aligned_by_class() -> None:
    made = markdown("| a | b |\n|:-:|--:|\n| 1 | 2 |")
    assert '<td class="center">1</td>' in made.html and '<td class="right">2</td>' in made.html
    assert "style" not in made.html


def test_known_languages_are_coloured_and_others_stay_plain() -> None:
    assert '<span class="k">def</span>' in markdown("```python\ndef f(): pass\n```").html
    assert "<span" not in markdown("```klingon\ndef f(): pass\n```").html


def test_a_picture_of_another_house_becomes_a_link_and_ours_stays() -> None:
    made = render(
        "![a tree](https://e.org/t.png) ![ours](/media/t.png) [![in](https://e.org/i.png)](https://l.org)", "markdown"
    )
    assert '<a href="https://e.org/t.png" class="image-link" rel="nofollow ugc noopener">a tree</a>' in made.html
    assert '<img src="/media/t.png" alt="ours" loading="lazy">' in made.html
    assert made.html.count("<img") == 1
    assert '<a href="https://l.org" class="outside" rel="nofollow ugc noopener">in</a>' in made.html
    assert "image" in made.has


def test_outside_links_are_marked_and_our_own_are_not() -> None:
    made = render(
        "https://us.org/t/1 https://us.org.evil.com //e.org [p](//e.org) [t](/t/1)", "markdown", own="https://us.org"
    )
    assert '<a href="https://us.org/t/1">' in made.html and '<a href="/t/1">t</a>' in made.html
    assert 'href="https://us.org.evil.com" class="outside"' in made.html
    assert 'href="//e.org" class="outside" rel="nofollow ugc noopener"' in made.html


def test_an_address_ends_before_the_sentence_does() -> None:
    made = markdown("(see http://x.org/a_(b)). And http://x.org/?a=1&b=2; www.y.org!")
    assert 'href="http://x.org/a_(b)"' in made.html
    assert 'href="http://x.org/?a=1&amp;b=2"' in made.html and 'href="http://www.y.org"' in made.html


def test_shortcodes_become_characters_but_not_in_code() -> None:
    made = markdown(":smile: `:smile:` :nosuchthing:")
    assert made.html.startswith("<p>😄 <code>:smile:</code> :nosuchthing:")


def test_html_in_markdown_is_shown_as_typed() -> None:
    made = markdown("vector<int> <b>x</b> <script>alert(1)</script>")
    assert "vector&lt;int&gt;" in made.html and "&lt;script&gt;" in made.html


def test_what_a_post_has_is_noted() -> None:
    made = markdown("http://x.org\n\n> q\n\n`c`\n\n- l\n\n|a|\n|-|\n|b|\n")
    assert made.has == {"link", "quote", "code", "list", "table"}
    assert markdown("words").has == frozenset() and made.version == RENDERER_VERSION


def test_the_opening_is_short_plain_text_cut_at_a_word() -> None:
    made = markdown("# Hello *there* & [welcome](/x)\n\n" + "word " * 40)
    assert made.opening.startswith("Hello there & welcome word") and made.opening.endswith("word…")
    assert len(made.opening) <= 81
    assert markdown("> only quoted").opening == "only quoted"
    assert markdown("").opening == ""


def test_a_text_too_long_is_refused_with_a_sentence() -> None:
    assert too_long("a" * LONGEST) is None
    refusal = too_long("a" * (LONGEST + 5))
    assert refusal is not None and "100,005" in refusal.because and "by 5" in refusal.because


@pytest.mark.parametrize("kind", ["markdown", "bbcode", "plain"])
def test_beyond_the_cap_words_are_still_shown(kind: str) -> None:
    made = render("first " + "*" * LONGEST + " last<b>", kind)  # type: ignore[arg-type]
    assert "first" in made.html and "last&lt;b&gt;" in made.html


def test_nesting_beyond_the_cap_loses_no_words() -> None:
    made = markdown(">" * 300 + " deep\n> shallow\n\n" + "- " * 200 + "item")
    for word in ("deep", "shallow", "item"):
        assert word in made.html


def test_a_busy_paragraph_is_shown_as_typed() -> None:
    source = "before " + "[a*b_c`" * 500 + " after"
    made = markdown(source)
    assert source in made.html.replace("<p>", "").replace("</p>", "")


# Imported HTML


def test_a_discourse_quote_keeps_name_and_number() -> None:
    made = render(
        '<aside class="quote no-group" data-username="Ana" data-post="2" data-topic="9"><div class="title">'
        '<div class="quote-controls"></div><img class="avatar" src="https://c.org/a.png"> Ana:</div>'
        "<blockquote><p>words</p></blockquote></aside><p>reply</p>",
        "html",
        links=Village(),
    )
    assert made.quotes == (("Ana", 2),) and "words" in made.html and "Ana:" not in made.html
    assert "<img" not in made.html and made.opening == "reply"


def test_a_discourse_lightbox_is_its_full_picture() -> None:
    made = render(
        '<div class="lightbox-wrapper"><a class="lightbox" href="/u/full.png" title="t">'
        '<img src="/u/s.png" alt="a tree">'
        '<div class="meta"><span class="filename">full</span><span class="informations">600×400</span></div></a></div>',
        "html",
        base="https://old.org/t/1",
    )
    assert '<a href="https://old.org/u/full.png" class="image-link"' in made.html and "600×400" not in made.html


def test_imported_shapes_become_ours() -> None:
    made = render(
        '<p><a class="mention" href="/u/Ana">@Ana</a> <img class="emoji" alt=":smile:" src="https://c.org/s.png"> '
        '<span class="bbcode-b">b</span> <a href="/t/5">t</a></p>'
        '<pre><code class="lang-python">def f(): pass</code></pre>'
        '<div class="spoiler">dark</div><iframe src="https://v.org/1"></iframe>',
        "html",
        links=Village(),
        base="https://old.org/",
    )
    assert '<a href="/m/Ana" class="mention">@Ana</a> 😄 <strong>b</strong>' in made.html
    assert 'href="https://old.org/t/5"' in made.html and '<span class="k">def</span>' in made.html
    assert '<details class="spoiler">' in made.html and 'href="https://v.org/1"' in made.html


def test_real_imported_posts_render_and_pass_the_judge() -> None:
    for source in cooked_posts():
        made = render(source, "html", base="https://old.org/")
        assert not faults(made.html)
    assert len(source) == 62_055 and len(made.html) > 50_000, "the longest post keeps its words"


# BBCode


def test_bbcode_of_the_usual_set() -> None:
    made = render(
        '[quote="Ana" post_id=3]hi [b]there[/b][/quote]\n[i]i[/i] [u]u[/u] [s]s[/s] [url=http://a.org]A[/url] '
        "[url]www.b.org[/url]\n"
        "\n[list=1][*]one[*]two[/list][code]x [b] y[/code][img]http://i.org/p.png[/img][color=red]red[/color] [foo]",
        "bbcode",
        links=Village(),
    )
    assert made.quotes == (("Ana", 3),) and "<strong>there</strong>" in made.html
    assert "<em>i</em> <u>u</u> <s>s</s>" in made.html
    assert 'href="http://a.org"' in made.html and 'href="http://www.b.org"' in made.html
    assert made.html.count("<li>") == 2 and "<ol>" in made.html and "x [b] y" in made.html
    assert 'class="image-link"' in made.html and "red [foo]" in made.html


def test_unbalanced_bbcode_stays_as_typed() -> None:
    made = render("[b]open [/i] [quote]never closed", "bbcode")
    assert "[b]open [/i] [quote]never closed" in made.html


# Mail


def test_quoted_levels_nest() -> None:
    made = render("> > deep\n> less\n\nanswer", "plain")
    assert made.html.count('<blockquote class="level">') == 2 and made.opening == "answer"


def test_a_long_quote_is_folded_and_a_short_one_is_not() -> None:
    long = "\n".join(f"> line {n}" for n in range(20))
    assert '<details class="folded"><summary>line 0 … (20)</summary>' in render(f"{long}\nanswer", "plain").html
    assert "details" not in render("> line\nanswer", "plain").html


def test_a_signature_stands_apart_and_a_table_keeps_its_shape() -> None:
    made = render("Hi\n\n   a     b\n   1     2\n\n-- \nAna\nana@x.org", "plain")
    assert '<div class="signature">Ana<br>\nana@x.org</div>' in made.html
    assert "<pre>   a     b\n   1     2</pre>" in made.html


def test_mail_is_not_read_as_markdown_or_html() -> None:
    made = render("x <- c(1, 2) *not* <b>bold</b> :smile:", "plain")
    assert "x &lt;- c(1, 2) *not* &lt;b&gt;bold&lt;/b&gt; :smile:" in made.html


def test_a_picture_of_ours_stands_in_its_place_before_it_has_come() -> None:
    made = markdown('Look:\n\n![A "tall" tree](/media/1/t.jpg)')
    assert made.html.strip() == (
        "<p>Look:</p>\n"
        '<p><a href="/media/1/t.jpg" class="picture"><img src="/media/1/small/t.jpg" '
        'srcset="/media/1/small/t.jpg 480w, /media/1/t.jpg 1500w" sizes="(max-width: 420px) 100vw, 420px" '
        'width="420" height="560" alt="A &quot;tall&quot; tree" loading="lazy" decoding="async"></a></p>'
    )
    assert made.has == frozenset({"image"}) and "tall" in made.opening


def test_a_picture_of_ours_in_a_link_leads_where_the_link_leads() -> None:
    made = markdown("[![lawn](/media/2/l.png)](https://l.org)")
    assert '<img src="/media/2/l.png" width="640" height="320" alt="lawn"' in made.html
    assert made.html.count("<a ") == 1 and 'href="https://l.org"' in made.html


def test_a_picture_that_nobody_put_up_is_its_words() -> None:
    assert '<a href="/media/9/gone.jpg" class="image-link">gone</a>' in markdown("![gone](/media/9/gone.jpg)").html
    assert "<img" not in markdown("![](/media/../account/x)").html


def test_pictures_are_asked_for_once_each() -> None:
    village = Village()
    render("![](/media/1/t.jpg) ![](/media/1/t.jpg) ![](/media/2/l.png)", "markdown", links=village)
    assert village.asked_pictures == ["/media/1/t.jpg", "/media/2/l.png"]
