"""The author's name is nowhere in what a juror reads, whatever the author did to leave it there."""

from __future__ import annotations

import pytest
from tests.cast import Cast

from palaver.accounts import settling
from palaver.forums.rendering import render_post
from palaver.web.juries import masking
from palaver.web.juries.masking import Mask

NAMES = ["Goran", "Goran of the Weir", "Gorčin"]


@pytest.mark.parametrize(
    ("html", "masked"),
    [
        ("<p>Goran said so.</p>", "<p>‹author› said so.</p>"),
        ("<p>goran, GORAN!</p>", "<p>‹author›, ‹author›!</p>"),
        ("<p>So says Goran of the Weir.</p>", "<p>So says ‹author›.</p>"),
        ("<p>goran_of_the-weir</p>", "<p>‹author›</p>"),
        ("<p>Gorčin</p>", "<p>‹author›</p>"),
        ("<p>Go<b>ran</b> and G<em>o</em>ran</p>", "<p>‹author›<b></b> and ‹author›<em></em></p>"),
        ("<p>Go</p><p>ran</p>", "<p>Go</p><p>ran</p>"),
        ("<p>Gorani is another word.</p>", "<p>Gorani is another word.</p>"),
        ('<p><a href="/m/Goran" class="mention">@Goran</a></p>', '<p><a class="mention">@‹author›</a></p>'),
        ('<p><a href="/m/Goran%20of%20the%20Weir">he</a></p>', "<p><a>he</a></p>"),
        ('<p><a href="https://goran.example/" title="Goran’s">me</a></p>', '<p><a title="‹author›’s">me</a></p>'),
        ('<p><img src="/media/x/goran.jpg" alt="Goran"></p>', '<p><img alt="‹author›"></p>'),
        ('<p><a href="/m/Hana" class="mention">@Hana</a></p>', '<p><a href="/m/Hana" class="mention">@Hana</a></p>'),
    ],
)
def test_a_name_goes_wherever_it_stands(html: str, masked: str) -> None:
    assert str(Mask(NAMES).html(html)) == masked


def test_plain_text_is_masked_too_and_a_mask_of_nobody_masks_nothing() -> None:
    assert Mask(NAMES).text("Goran again, as @Goran_of_the_Weir.") == "‹author› again, as @‹author›."
    assert str(Mask([]).html("<p>Goran</p>")) == "<p>Goran</p>"


def test_what_is_escaped_stays_escaped() -> None:
    assert str(Mask(["Tom"]).html("<p>&lt;b&gt; Tom &amp; Jerry</p>")) == "<p>&lt;b&gt; ‹author› &amp; Jerry</p>"
    assert str(Mask(['A"b']).html('<p title="A&quot;b &lt;">x</p>')) == '<p title="‹author› &lt;">x</p>'


def test_a_post_that_mentions_and_quotes_its_author_says_the_name_nowhere(cast: Cast) -> None:
    thread = cast.thread(by=cast.hana)
    goran = cast.goran
    first = cast.reply(thread, by=goran, text="The weir is shut.")
    settling.settle(goran, name="Goran of the Weir")
    source = (
        f"[quote=Goran, #{first.number}]\nThe weir is shut.\n[/quote]\n\nI, @Goran, said so. See [my page](/m/Goran) "
        "or /m/Goran%20of%20the%20Weir – *Go*ran. @Hana knows."
    )
    html = render_post(source, "markdown", thread_id=thread.pk).html
    assert "Goran" in html
    masked = str(masking.of(goran).html(html))
    assert "goran" not in masked.lower().replace("<em>", "").replace("</em>", "")
    assert 'href="/m/Hana"' in masked
