"""How many ordinary posts one core renders in a second: `python bench/text_rendering.py`.

The posts are written here, in the proportions of a talkative forum; a calibration loop timed in the same run makes the
figure comparable between machines.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from django.conf import settings

from palaver.kit.text.rendering import Kind, render

WORDS = (
    "The well by the market was repaired last week and the water is clear again, so the question is: who keeps the "
    "key? "
    "I would rather see two neighbours share it for a month than one person for ever; what do the others think? "
)

POSTS: dict[Kind, list[str]] = {
    "markdown": [
        "I agree with @Bram, see #12.",
        WORDS * 2,
        f"[quote=Ana, #4]\n{WORDS}\n[/quote]\n\n{WORDS}\n\nSee https://example.org/well?a=1&b=2 for the *plan*.",
        f"> {WORDS}\n\nNo. **Three** things:\n\n- the key\n- the rope\n- the `bucket`\n\n{WORDS} :smile:",
        f"{WORDS}\n\n1. one\n2. two\n\n[the map](https://example.org/map) and ![the well](/media/1/well.jpg)\n\n"
        f"{WORDS * 2}",
        f"{WORDS}\n\n```python\ndef turns(people):\n    return {{p: i for i, p in enumerate(people)}}\n```\n",
    ],
    "html": [
        f'<aside class="quote" data-username="Ana" data-post="4"><div class="title">A:</div><blockquote><p>{WORDS}</p>'
        f'</blockquote></aside><p>{WORDS} <a class="mention" href="/u/bram">@Bram</a></p>',
        f"<p>{WORDS}</p><p>{WORDS}</p><ul><li>the key</li><li>the rope</li></ul>",
    ],
    "bbcode": [f'[quote="Ana"]{WORDS}[/quote]\n{WORDS}\n\n[b]No.[/b] [url=https://example.org]map[/url] {WORDS}'],
    "plain": ["\n".join(f"> {WORDS}" for _ in range(4)) + f"\n\n{WORDS}\n\n{WORDS}\n\n-- \nAna"],
}


class _Everybody:
    def prepare(self, names: Collection[str], numbers: Collection[int]) -> None:
        pass

    def member_url(self, name: str) -> str | None:
        return f"/m/{name}"

    def reference_url(self, number: int) -> str | None:
        return f"/p/{number}"


def per_second(act: Callable[[], None], times: int) -> float:
    """The best of five rounds, in processor time."""
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        act()
        best = min(best, time.process_time() - start)
    return times / best


def calibration() -> None:
    """100,000 additions, the unit the figures are also given in."""
    total = 0
    for number in range(100_000):
        total += number


def main() -> None:
    """Print the figures."""
    settings.configure(USE_I18N=False)
    unit = per_second(calibration, 1)
    links = _Everybody()
    for kind, posts in POSTS.items():
        rounds = max(1, 300 // len(posts))

        def act(posts: list[str] = posts, kind: Kind = kind, rounds: int = rounds) -> None:
            for _ in range(rounds):
                for post in posts:
                    render(post, kind, links=links)

        rate = per_second(act, rounds * len(posts))
        size = sum(map(len, posts)) / len(posts)
        print(f"{kind:9} {rate:7,.0f} posts/s of {size:,.0f} characters · {rate / unit:.2f} a calibration loop")


if __name__ == "__main__":
    main()
