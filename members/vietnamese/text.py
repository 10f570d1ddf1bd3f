"""Text as it comes from keyboards, files and spreadsheets, made plain before it is read."""

import unicodedata

# Full-width forms of East Asian keyboards, the minus sign, and the strokes that look like "/".
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_PLAIN |= {ord("−"): "-", ord("⁄"): "/", ord("∕"): "/"}
# Marks that take no room: zero-width spaces and joiners, direction marks, byte order mark.
_PLAIN |= dict.fromkeys([0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])


def clean(text: str) -> str:
    """NFC, one plain space between words, ASCII digits and punctuation for their look-alikes."""
    return " ".join(unicodedata.normalize("NFC", text.translate(_PLAIN)).split())


def printable(text: str, *, lines: bool = False) -> str:
    """``text`` as it was typed, in NFC, without what nobody sees: control characters, marks of direction and of no width.

    A control character becomes a space, a line break too unless ``lines``.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_seen(ch, lines) for ch in text)


def _seen(ch: str, lines: bool) -> str:
    category = unicodedata.category(ch)
    if ch == "\n" or category in ("Zl", "Zp"):
        return "\n" if lines else " "
    if category == "Cf":
        return ""
    return " " if category in ("Cc", "Cs") else ch


def quote(text: str) -> str:
    """What was typed, shortened, inside the quotation marks of a message."""
    return f"“{text if len(text) <= 40 else text[:39] + '…'}”"
