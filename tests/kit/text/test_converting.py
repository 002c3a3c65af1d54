from __future__ import annotations

import re

from palaver.kit.text.converting import to_markdown
from palaver.kit.text.rendering import render
from tests.kit.text.normal import faults
from tests.kit.text.shared import cooked_posts

POST = (
    '<aside class="quote" data-username="Ana" data-post="2"><div class="title">Ana:</div><blockquote><p>one</p>'
    '<p>two</p></blockquote></aside><p>See <a href="https://x.org/a">there</a>, <strong>bold</strong> and '
    '<code>c_d</code>.</p><ul><li>a<ul><li>b</li></ul></li></ul><pre><code class="lang-python">def f(*a):\n'
    "    pass\n</code></pre><table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1</td>"
    "<td>2</td></tr></tbody>"
    '</table><p><img src="/uploads/t.png" alt="tree"></p><details><summary>More</summary><p>inside</p></details>'
)


def test_an_imported_post_comes_back_from_markdown_much_the_same() -> None:
    written = to_markdown(POST, "html")
    assert "[quote=Ana, #2]\none\n\ntwo\n[/quote]" in written
    assert "```python\ndef f(*a):\n    pass\n```" in written and "[details=More]\ninside\n[/details]" in written
    assert "![tree](/uploads/t.png)" in written and "| x | y |" in written
    made = render(written, "markdown")
    before = render(POST, "html")
    assert made.quotes == before.quotes and made.has == before.has
    assert words(made.html) == words(before.html)


def test_markdown_comes_back_unchanged() -> None:
    assert to_markdown("*a*  \n<b>", "markdown") == "*a*  \n<b>"


def test_bbcode_and_mail_can_be_edited() -> None:
    assert to_markdown("[quote=Ana]x[/quote][b]y[/b]", "bbcode") == "[quote=Ana]\nx\n[/quote]\n\n**y**\n"
    assert to_markdown("> said\n\nanswer", "plain") == "> said\n\nanswer\n"


def test_converted_real_posts_keep_their_words() -> None:
    posts = cooked_posts()
    same = 0
    for source in posts:
        made = render(to_markdown(source, "html"), "markdown")
        assert not faults(made.html)
        same += words(made.html) == words(render(source, "html").html)
    print(f"{same} of {len(posts)} imported posts say the same after conversion")
    assert same / len(posts) > 0.95


def test_a_deeply_nested_page_is_converted() -> None:
    assert "deep" in to_markdown("<blockquote>" * 3000 + "deep", "html")


def words(html: str) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))
