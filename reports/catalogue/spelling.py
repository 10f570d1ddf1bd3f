"""How words are compared when a person typed one side: the same word, not a similar one."""

import re
import unicodedata

from members.vietnamese.text import printable

# Two vowels with the mark on the second one at the end of a word: "xoá", "thuỷ".
_LATE_TONE = re.compile("([ou])([aey])([\u0300\u0301\u0303\u0309\u0323])(?!\\w)")


def squeeze(text: str) -> str:
    """NFC, no space at the ends, single spaces inside, nothing that is not seen."""
    return " ".join(printable(text).split())


def same_word_key(text: str) -> str:
    """A key that is equal for two ways to write one word: capitals, spaces, "xoá" and "xóa".

    Marks are kept: "cống" and "cổng" are two things. Not for display.
    """
    spread = unicodedata.normalize("NFD", squeeze(text).casefold())
    return unicodedata.normalize("NFC", _LATE_TONE.sub(r"\1\3\2", spread))
