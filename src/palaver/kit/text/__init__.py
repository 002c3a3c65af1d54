"""Text that strangers wrote: rendered, cleaned, compared, cut into words.

What it is: one pipeline from source text (`markdown` as members write it; `html`, `bbcode` and `plain` as imports
bring it) to HTML that may stand on a page, and the small rules about lines and names that need knowledge of Unicode.
What it is not: it knows no member, thread or database (links are asked of the caller by `Links`), fetches nothing and
stores nothing.

- `rendering.render(source, kind, links=…)` → `Rendered`; `rendering.too_long(source)` is the refusal of a text too long
- `converting.to_markdown(source, kind)` makes an imported post editable
- `cleaning` holds the one allow-list and lists every CSS class that may reach a page; `highlighting.css()` colours code
- `words.tokens` for search, `differences.segments` and `.html` for histories
- `names.clean` and `.name_key` for member names, `subjects.clean` and `slugs.slug` for subject lines

Cost is bounded by the shape of a text, never by a clock: nesting and busy runs are capped before a parser meets them,
and what lies beyond a cap is shown as typed. Words are never lost.
"""

from palaver.kit.text.converting import to_markdown
from palaver.kit.text.finishing import Links, Picture
from palaver.kit.text.rendering import KINDS, RENDERER_VERSION, Kind, Rendered, render, too_long

__all__ = ["KINDS", "RENDERER_VERSION", "Kind", "Links", "Picture", "Rendered", "render", "to_markdown", "too_long"]
