"""Member names: what may be one, and the key that names which look alike share.

A name is 2 to 30 letters, digits, `_`, `-` and `.`, of one script (the Japanese and Korean mixtures excepted), NFKC.
The rules follow Unicode UAX 31 and UTS 39 ("highly restrictive", recommended scripts); the look-alikes are a table of
our own, because only letters these rules let through can look alike here.
"""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from palaver.kit.decisions import Refusal

SHORTEST = 2
LONGEST = 30

_SEPARATORS = "_-. "
_SCRIPTS = frozenset(
    [
        "LATIN",
        "GREEK",
        "CYRILLIC",
        "ARMENIAN",
        "HEBREW",
        "ARABIC",
        "GEORGIAN",
        "DEVANAGARI",
        "BENGALI",
        "GURMUKHI",
        "GUJARATI",
        "ORIYA",
        "TAMIL",
        "TELUGU",
        "KANNADA",
        "MALAYALAM",
        "SINHALA",
        "THAI",
        "LAO",
        "TIBETAN",
        "MYANMAR",
        "ETHIOPIC",
        "KHMER",
        "CJK",
        "HIRAGANA",
        "KATAKANA",
        "KATAKANA-HIRAGANA",
        "HANGUL",
        "BOPOMOFO",
        "IDEOGRAPHIC",
    ]
)
_MIXTURES = (
    frozenset({"LATIN", "CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)

# Letters that look like others, after case folding and without accents. Latin ones first, then the whole-script
# look-alikes of Cyrillic, Greek, Armenian and Georgian.
_ALIKE = {
    "0": "o", "1": "l", "i": "l", "ı": "l", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ƅ": "b",
    "ƒ": "f", "ƙ": "k", "ƚ": "l", "ƞ": "n", "ƥ": "p", "ƭ": "t", "ƴ": "y", "ƶ": "z", "ǥ": "g", "ɓ": "b", "ɖ": "d",
    "ɗ": "d", "ɨ": "l", "ɩ": "l", "ʉ": "u", "ʋ": "u", "ɍ": "r", "ɏ": "y", "ɉ": "j", "ƽ": "s", "ƨ": "2", "ȣ": "8",
    "ƈ": "c", "ɛ": "e", "ɣ": "y", "ɲ": "n", "ŋ": "n", "ʀ": "r", "ʒ": "3", "ȝ": "3", "ƍ": "g", "ɔ": "c", "ɯ": "w",
    "ɵ": "o", "ⱥ": "a", "ɫ": "l", "ɐ": "a", "ɑ": "a", "ǝ": "e", "ə": "e", "ǀ": "l",
    "æ": "ae", "œ": "oe", "þ": "p", "ƿ": "p",
    "а": "a", "в": "b", "с": "c", "ԁ": "d", "е": "e", "ҽ": "e", "ѐ": "e", "һ": "h", "ћ": "h", "і": "l", "ӏ": "l",
    "ј": "j", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p", "ԛ": "q", "г": "r", "ѕ": "s", "т": "t", "ц": "u",
    "ѵ": "v", "ѡ": "w", "ԝ": "w", "ш": "w", "щ": "w", "х": "x", "у": "y", "ү": "y", "ұ": "y", "ґ": "r", "з": "3",
    "ӡ": "3", "б": "6", "ь": "b", "ъ": "b", "ы": "bl", "ҳ": "x", "ҫ": "c", "қ": "k", "ң": "h", "ө": "o", "ғ": "f",
    "п": "n", "и": "u", "ԍ": "g", "є": "e", "э": "3", "ѳ": "o", "ӕ": "ae", "ԗ": "r", "ԟ": "k", "ӄ": "k", "ӷ": "r",
    "α": "a", "β": "b", "γ": "y", "ε": "e", "ζ": "z", "η": "n", "ι": "l", "κ": "k", "μ": "m", "ν": "v", "ο": "o",
    "ρ": "p", "σ": "o", "ς": "c", "τ": "t", "υ": "u", "χ": "x", "ω": "w", "ϳ": "j", "ϝ": "f", "ϻ": "m", "θ": "o",
    "ϲ": "c", "ϱ": "p", "ϑ": "o", "ϕ": "o", "ϐ": "b",
    "ք": "f", "ց": "g", "հ": "h", "ո": "n", "ռ": "n", "օ": "o", "գ": "q", "զ": "q", "ս": "u", "ա": "w", "տ": "s",
    "յ": "j", "լ": "l", "ի": "h", "ը": "n", "բ": "p", "ճ": "a", "ժ": "d",
    "ჿ": "o", "ყ": "y", "ი": "o", "ს": "b",
}  # fmt: skip
_TABLE = str.maketrans(_ALIKE)

# Upper case is where some pairs meet (Н is н, yet looks like H; Β looks like B and folds to β), so these
# are mapped before folding.
_CAPITALS = str.maketrans({
    "Η": "h", "Ν": "n", "Ζ": "z", "Υ": "y", "Χ": "x", "Ρ": "p", "Α": "a", "Ε": "e", "Ι": "l", "Κ": "k", "Μ": "m",
    "Ο": "o", "Τ": "t", "Ϲ": "c", "Ϳ": "j", "Ս": "u", "Տ": "s", "Օ": "o", "Լ": "l",
    "Ʀ": "r", "Ƨ": "2", "Ʒ": "3", "Ȝ": "3", "Ƽ": "5", "Ɩ": "l", "Ʝ": "j",
})  # fmt: skip


def clean(name: str) -> str:
    """The name as it is stored (NFKC, 2 to 30 characters). Raises Refusal with a sentence for the member."""
    for letter in name[: LONGEST * 4]:
        if unicodedata.category(letter) in ("Cf", "Cc", "Co", "Cs", "Cn") or letter in "\u115f\u1160\u3164\u034f":
            raise _refusal(_("This name holds a character nobody can see. Type it anew instead of pasting it."))
    cleaned = unicodedata.normalize("NFKC", name[: LONGEST * 4]).strip()
    if len(cleaned) < SHORTEST:
        raise _refusal(_("This name is too short: it needs at least two characters."))
    if len(cleaned) > LONGEST:
        raise _refusal(_("This name is too long: %(longest)s characters fit.") % {"longest": LONGEST})
    scripts: set[str] = set()
    marks = 0
    for letter in cleaned:
        category = unicodedata.category(letter)
        if letter in _SEPARATORS:
            continue
        if letter.isspace():
            raise _refusal(_("Only a plain space can stand in a name, between words."))
        if category == "Nd":
            if not letter.isascii():
                raise _refusal(_("Write the digits of a name as 0 to 9."))
            continue
        script = _script(letter)
        if category in ("Mn", "Mc"):
            marks += 1
            if marks > 2 or not scripts or scripts & {"LATIN", "GREEK", "CYRILLIC"}:
                raise _refusal(_("This name has marks that no letter carries. Use plain letters."))
            continue
        marks = 0
        if category not in ("Lu", "Ll", "Lo", "Lm", "Lt") or script not in _SCRIPTS or _odd_latin(letter, script):
            raise _refusal(
                _("“%(letter)s” cannot stand in a name. Letters, digits, spaces, _, - and . can.") % {"letter": letter}
            )
        scripts.add(script)
    if len(scripts) > 1 and not any(scripts <= mixture for mixture in _MIXTURES):
        raise _refusal(_("This name mixes letters of several alphabets, which can look like another member. Use one."))
    if not any(letter.isalnum() for letter in cleaned):
        raise _refusal(_("A name needs a letter or a digit."))
    if cleaned[0] in _SEPARATORS or cleaned[-1] in _SEPARATORS or re.search(r"[_.\- ]{2}", cleaned):
        raise _refusal(_("Spaces, _, - and . stand between letters: not first, not last, not twice in a row."))
    return cleaned


def name_key(name: str) -> str:
    """The key that a name shares with every name that could be taken for it; compared for equality, never shown.

    Case, accents, separators' kind and look-alike letters make no difference: Ana, ana, Аnа, and Il1 with lil.
    """
    mapped = unicodedata.normalize("NFKC", name).translate(_CAPITALS).casefold()
    bare = _bare(mapped).translate(_CAPITALS).translate(_TABLE)
    bare = _bare(bare).replace("rn", "m").replace("vv", "w")
    return re.sub(r"[_.\- ]+", "-", bare)


def nearest(name: str) -> str:
    """A valid name close to a given one, for members of an imported community; "" when nothing of it can be kept.

    The caller makes it unique (by `name_key`).
    """
    plain = unicodedata.normalize("NFKC", name[:400])
    kept = "".join(letter if letter.isalnum() or letter in _SEPARATORS else "_" for letter in plain)
    kept = re.sub(r"[_.\- ]*_[_.\- ]*|[_.\- ]{2,}", "_", kept)[:LONGEST].strip(_SEPARATORS)
    for candidate in (kept, re.sub(r"[^\x00-\x7f]+", "", _bare(kept)).strip(_SEPARATORS)):
        try:
            return clean(candidate)
        except Refusal:
            continue
    return ""


def _refusal(because: str) -> Refusal:
    return Refusal(because, field="name")


def _script(letter: str) -> str:
    """The first word of a letter's Unicode name, which for letters is its script."""
    return unicodedata.name(letter, "").partition(" ")[0]


def _odd_latin(letter: str, script: str) -> bool:
    """Latin letters of phonetics, clicks and manuscripts: nobody's name, everybody's look-alike."""
    point = ord(letter)
    if script != "LATIN":
        return False
    return 0x01C0 <= point <= 0x01C3 or 0x0250 <= point < 0x1E00 or point >= 0x1F00


def _bare(text: str) -> str:
    """Without accents; the marks of scripts that need them stay."""
    apart = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(mark for mark in apart if unicodedata.combining(mark) < 200))
