"""Emoji shortcodes such as `:smile:` as characters. Unknown ones stay as typed."""

from __future__ import annotations

import re
from functools import cache

import emoji

SHORTCODE = re.compile(r":([a-z0-9_+\-]{1,40})(:(?:t[2-6]:)?)")

# Names other engines use for characters that the package knows by another name.
_OTHER_NAMES = {
    "slight_smile": "🙂",
    "slight_frown": "🙁",
    "upside_down": "🙃",
    "thinking": "🤔",
    "hugs": "🤗",
    "roll_eyes": "🙄",
    "face_with_raised_eyebrow": "🤨",
    "frowning": "🙁",
    "smile_cat": "😸",
    "stuck_out_tongue": "😛",
    "neutral_face": "😐",
    "nerd_face": "🤓",
    "money_mouth_face": "🤑",
    "white_check_mark": "✅",
    "man_shrugging": "🤷‍♂️",
    "woman_shrugging": "🤷‍♀️",
    "man_facepalming": "🤦‍♂️",
    "woman_facepalming": "🤦‍♀️",
    "shrug": "🤷",
    "facepalm": "🤦",
    "rofl": "🤣",
    "crazy_face": "🤪",
    "heavy_check_mark": "✔️",
    "mechanical_arm": "🦾",
    "star_struck": "🤩",
    "exploding_head": "🤯",
    "cowboy_hat_face": "🤠",
    "lying_face": "🤥",
    "zipper_mouth_face": "🤐",
    "drooling_face": "🤤",
    "nauseated_face": "🤢",
    "sneezing_face": "🤧",
    "partying_face": "🥳",
    "clap": "👏",
}


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for character, facts in emoji.EMOJI_DATA.items():
        if facts["status"] != emoji.STATUS["fully_qualified"]:
            continue
        for name in (facts["en"], *facts.get("alias", ())):
            names.setdefault(name.strip(":").lower(), character)
    for name, character in _OTHER_NAMES.items():
        names.setdefault(name, character)
    return names


def character(name: str) -> str | None:
    """The emoji of a shortcode's name (without colons), or None."""
    return _names().get(name)


def replace(text: str) -> str:
    """Text with its known shortcodes replaced."""
    if text.count(":") < 2:
        return text
    return SHORTCODE.sub(lambda match: character(match[1]) or match[0], text)
