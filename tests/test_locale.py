"""The words of packages are Vietnamese where they reach a page."""

import gettext
import re
import unicodedata
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FOLDER = Path(__file__).resolve().parent.parent / "locale/vi/LC_MESSAGES"
PLACEHOLDER = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}")


def catalogue(name: str) -> dict[str, str]:
    """English to Vietnamese, from the compiled file; the context of a message left off."""
    with (FOLDER / name).open("rb") as file:
        pairs = gettext.GNUTranslations(file)._catalog.items()
    keys = ((key[0] if isinstance(key, tuple) else key, text) for key, text in pairs)
    return {key.split("\x04")[-1]: text for key, text in keys if key}


@pytest.mark.parametrize("name", ["django.mo", "djangojs.mo"])
def test_a_translation_uses_no_value_that_the_original_does_not_give(name):
    wrong = {
        english: text for english, text in catalogue(name).items()
        if not set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(english))
    }
    assert wrong == {}


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_every_translation_is_compiled_and_normalised(name):
    source = (FOLDER / f"{name}.po").read_text()
    assert unicodedata.is_normalized("NFC", source)
    count = len(re.findall(r"^msgid ", source, re.MULTILINE)) - 1  # the header
    with (FOLDER / f"{name}.mo").open("rb") as file:
        assert len(gettext.GNUTranslations(file)._catalog) - 1 == count


def test_ours_wins_over_the_words_of_django():
    assert [_("Enter a whole number."), _("Log out"), ngettext("entry", "entries", 2)] == ["Hãy ghi một số nguyên.", "Đăng xuất", "mục"]


def test_a_weak_password_is_explained_in_vietnamese():
    with pytest.raises(ValidationError) as refused:
        validate_password("12345")
    assert refused.value.messages == [
        "Mật khẩu quá ngắn, phải có ít nhất 10 ký tự.",
        "Mật khẩu này quá dễ đoán vì nhiều người dùng.",
        "Mật khẩu không được toàn chữ số.",
    ]
