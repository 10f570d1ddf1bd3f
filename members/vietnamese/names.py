"""Names of people: the form they are searched in and the order they are listed in."""

import unicodedata
from functools import lru_cache

ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
#: Tone marks in the order of Vietnamese dictionaries; no mark (ngang) comes before them all.
TONE_MARKS = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
SORT_KEY_LENGTH = 255

_VOWELS = "aăâeêioôơuưy"
_BASE = str.maketrans("ăâđêôơư", "aadeoou")
_INVISIBLE = [0x00AD, *range(0x200B, 0x2010), 0x2060, 0xFEFF]


def _composed() -> list[tuple[str, str, str]]:
    """(written letter, letter of the alphabet, tone digit or "") for every lower-case letter."""
    plain = [(letter, letter, "") for letter in ALPHABET] + [("ð", "đ", "")]
    return plain + [
        (unicodedata.normalize("NFC", vowel + mark), vowel, tone)
        for vowel in _VOWELS
        for mark, tone in TONE_MARKS.items()
    ]


_FOLDED: dict[int, str | None] = {}
for _written, _letter, _tone in _composed():
    _FOLDED[ord(_written)] = _FOLDED[ord(_written.upper())] = _letter.translate(_BASE)
_FOLDED |= dict.fromkeys([*map(ord, TONE_MARKS), 0x0302, 0x0306, 0x031B, *_INVISIBLE])


def fold(text: str) -> str:
    """Lower case, no marks, đ as d, single spaces: "  Đặng  HOÀ" -> "dang hoa".

    The same for NFC and NFD and for òa and oà. Letters of other alphabets stay, lower case,
    without their marks.
    """
    plain = text.translate(_FOLDED)
    if not plain.isascii():
        plain = unicodedata.normalize("NFD", unicodedata.normalize("NFC", plain).lower())
        plain = "".join(c for c in plain if unicodedata.category(c) != "Mn")
        plain = unicodedata.normalize("NFC", plain).lower().translate(_FOLDED)
    return " ".join(plain.split())


def _letter_codes() -> dict[str, str]:
    """Codes that compare like the alphabet: a letter with variants takes a digit after it."""
    codes: dict[str, str] = {}
    for letter in ALPHABET:
        base = letter.translate(_BASE)
        variants = sum(known.translate(_BASE) == base for known in ALPHABET)
        seen = sum(known.translate(_BASE) == base for known in codes)
        codes[letter] = f"{base}{seen}" if variants > 1 or base == "z" else base
    return codes


_CODES = _letter_codes()


class _Codes(dict):
    """Character -> code; what Vietnamese does not use is worked out when it is met."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        base = unicodedata.normalize("NFD", character)[0]
        if base in _CODES:
            return _CODES[base]
        if character.isdecimal():
            return f"6{unicodedata.decimal(character)}"
        # Foreign letters follow z; marks and punctuation do not count.
        return f"z1{point:06x}" if unicodedata.category(character).startswith("L") else ""


class _Tones(dict):
    def __missing__(self, point: int) -> str:
        parts = unicodedata.normalize("NFD", chr(point))
        return "".join(TONE_MARKS.get(part, "") for part in parts)


_LETTER_OF = _Codes({ord(written): _CODES[letter] for written, letter, _ in _composed()})
_LETTER_OF |= {ord(digit): f"6{digit}" for digit in "0123456789"}
_TONE_OF = _Tones({ord(written): tone for written, _, tone in _composed()})


@lru_cache(maxsize=8192)
def _word_key(word: str) -> str:
    word = unicodedata.normalize("NFC", word).lower()
    letters = word.translate(_LETTER_OF)
    return letters + (word.translate(_TONE_OF) or "0") if letters else ""


def sort_key(name: str) -> str:
    """A key whose plain comparison lists people as Vietnamese lists do.

    Given name (the last word) first, then family name and middle names. Word by word: first the
    letters in the order a ă â b c d đ e ê …, then the tone, ngang < huyền < hỏi < ngã < sắc <
    nặng, wherever in the word its mark is written. Case and punctuation do not count; words in
    brackets ("(B)", told apart from a namesake) come last. Only 0-9 and a-z, at most 255, so
    every database and collation orders it alike.
    """
    main, _, aside = name.partition("(")
    keys = list(filter(None, map(_word_key, main.split())))
    if keys:
        keys.insert(0, keys.pop())
    if aside:
        keys += map(_word_key, aside.split())
    return "".join(keys)[:SORT_KEY_LENGTH]
