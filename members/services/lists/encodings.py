"""Vietnamese text typed in old fonts: TCVN3 (.VnTime) and VNI. Decided for a whole column, never for a cell.

A column is old text when what it says becomes Vietnamese by the table and is not Vietnamese as it stands.
"""

import re
import unicodedata

_MARKS = {"grave": "\u0300", "hook": "\u0309", "tilde": "\u0303", "acute": "\u0301", "dot": "\u0323"}
_TONES = ("grave", "hook", "tilde", "acute", "dot")


def _with(vowel, tone):
    return unicodedata.normalize("NFC", vowel + _MARKS[tone])


# TCVN3: one code a letter, the marked ones in lower case only; the capital fonts draw the same codes large.
_TCVN3_TONED = {
    "a": "µ¶·¸¹", "ă": "»¼½¾Æ", "â": "ÇÈÉÊË", "e": "ÌÎÏÐÑ", "ê": "ÒÓÔÕÖ", "i": "×ØÜÝÞ", "o": "ßáâãä", "ô": "åæçèé", "ơ": "êëìíî",
    "u": "ïñòóô", "ư": "õö÷øù", "y": "úûüýþ",
}
_TCVN3_PLAIN = {"¨": "ă", "©": "â", "ª": "ê", "«": "ô", "¬": "ơ", "\u00ad": "ư", "®": "đ", "¡": "Ă", "¢": "Â", "£": "Ê", "¤": "Ô", "¥": "Ơ", "¦": "Ư", "§": "Đ"}
TCVN3 = _TCVN3_PLAIN | {
    code: _with(vowel, tone) for vowel, codes in _TCVN3_TONED.items() for tone, code in zip(_TONES, codes, strict=True)
}

# VNI: the plain letter with the mark behind it.
_VNI_ONE = dict(zip(_TONES, "øûõùï", strict=True))
_VNI_HAT = dict(zip(_TONES, "àåãáä", strict=True))
_VNI_BREVE = dict(zip(_TONES, "èúüéë", strict=True))


def _vni():
    table = {"ñ": "đ", "ô": "ơ", "ö": "ư"}
    for vowel in "aeou":
        table |= {vowel + mark: _with(vowel, tone) for tone, mark in _VNI_ONE.items()}
    for letter, vowel in (("a", "â"), ("e", "ê"), ("o", "ô")):
        table[letter + "â"] = vowel
        table |= {letter + mark: _with(vowel, tone) for tone, mark in _VNI_HAT.items()}
    table["aê"] = "ă"
    table |= {"a" + mark: _with("ă", tone) for tone, mark in _VNI_BREVE.items()}
    for letter, vowel in (("ô", "ơ"), ("ö", "ư")):
        table |= {letter + mark: _with(vowel, tone) for tone, mark in _VNI_ONE.items()}
    table |= dict(zip("ìæóíò", (_with("i", tone) for tone in _TONES), strict=True))
    table |= {"y" + mark: _with("y", tone) for tone, mark in _VNI_ONE.items() if tone != "dot"} | {"î": _with("y", "dot")}
    return table | {code.upper(): letter.upper() for code, letter in table.items()}


VNI = _vni()
_VNI_CODES = re.compile("|".join(map(re.escape, sorted({*VNI, *(c[0].upper() + c[1:] for c in VNI if len(c) == 2)}, key=len, reverse=True))))

NAMES = {"": "Unicode", "tcvn3": "TCVN3 (.VnTime)", "vni": "VNI"}


def convert(text, encoding):
    """``text`` of an old font in Unicode (NFC); a text that holds modern letters already stays as it is."""
    if not encoding or any(ord(c) > 0xFF for c in text):
        return text
    if encoding == "tcvn3":
        return " ".join(_tcvn3_word(word) for word in text.split(" "))
    return _VNI_CODES.sub(_vni_letter, text)


def _tcvn3_word(word):
    """Codes of the small letters stand in words of capitals too."""
    plain = [c for c in word if c.isascii() and c.isalpha()]
    found = "".join(TCVN3.get(c, c) for c in word)
    return found.upper() if len(plain) > 1 and all(c.isupper() for c in plain) else found


def _vni_letter(found):
    code = found[0]
    return VNI[code] if code in VNI else VNI[code.lower()].upper()


# ── Is it Vietnamese? ──

_SYLLABLE = re.compile(
    "(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
    "(?:uyê|uya|uyu|uêu|ươu|ươi|iêu|yêu|oai|oay|oao|oeo|uây|uôi|uơ|uê|uy|oa|oă|oe|oo|ia|iê|yê|ua|uâ|uô|ưa|ươ|ai|ay|ao|au|âu|ây|eo|êu|iu|oi|ôi|ơi|ui|ưi|ưu"
    "|[aăâeêioôơuưy])"
    "(ch|nh|ng|[cmnpt])?"
)
_CUTS = re.compile(r"[\s!-@\[-`{-~]+")
_STOPPED = {"\u0301", "\u0323"}


def is_syllable(word):
    """Whether ``word`` can be read as one Vietnamese syllable."""
    letters = unicodedata.normalize("NFD", unicodedata.normalize("NFC", word).lower())
    tones = [c for c in letters if c in _MARKS.values()]
    found = _SYLLABLE.fullmatch(unicodedata.normalize("NFC", "".join(c for c in letters if c not in _MARKS.values())))
    if found is None or len(tones) > 1:
        return False
    return found[1] not in ("c", "ch", "p", "t") or (set(tones) <= _STOPPED and bool(tones))


ENOUGH = 400  # different words of a column tell as much as all


def _share(words, encoding):
    return sum(is_syllable(convert(word, encoding)) for word in words) / len(words)


def decide(texts):
    """The encoding of a column: "", "tcvn3" or "vni". Only words with letters beyond ASCII tell."""
    words = list(dict.fromkeys(word for text in texts for word in _CUTS.split(text) if word and not word.isascii()))[:ENOUGH]
    if not words:
        return ""
    as_is = _share(words, "")
    best = max(("tcvn3", "vni"), key=lambda encoding: _share(words, encoding))
    found = _share(words, best)
    return best if found >= 0.75 and found > as_is + 0.2 else ""
