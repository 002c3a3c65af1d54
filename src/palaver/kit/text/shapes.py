"""Reading and writing single tags of HTML that nh3 has written: every `<` opens a tag, every value is quoted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

Tags = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')


def attributes_of(attributes: str) -> dict[str, str]:
    """Names and unescaped values."""
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(attributes)}


def start_tag(tag: str, attributes: Mapping[str, str]) -> str:
    """A start tag with every value escaped."""
    return f"<{tag}" + "".join(f' {name}="{escape(value)}"' for name, value in attributes.items()) + ">"


def written(attributes: str) -> dict[str, str]:
    """Names and values as they stand, escaped."""
    return dict(_ATTRIBUTE.findall(attributes))
