"""The words of packages are Vietnamese where they reach a page."""

import gettext
import re
import unicodedata
from pathlib import Path

import django
import pytest
import simple_history
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext

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


def messages(file):
    """(context, message, plural) of a source of translations; '' where there is none."""
    for block in file.read_text("utf-8").split("\n\n"):
        said = {
            name: "".join(re.findall(r'"(.*)"', lines)).replace("\\n", "\n").replace('\\"', '"')
            for name, lines in re.findall(r'^(msgctxt|msgid|msgid_plural) ((?:".*"\n?)+)', block, re.MULTILINE)
        }
        if said.get("msgid"):
            yield said.get("msgctxt", ""), said["msgid"], said.get("msgid_plural", "")


PACKAGES = [
    *(Path(django.__file__).parent / "contrib" / name / "locale/en/LC_MESSAGES/django.po" for name in ("admin", "auth", "contenttypes")),
    Path(simple_history.__file__).parent / "locale/de/LC_MESSAGES/django.po",  # it has no English one
]
NOT_SAID = {"%(class_name)s %(instance)s", "Or press the 'Change History' button to edit the history."}  # no words; gone from the package


@pytest.mark.parametrize("file", PACKAGES, ids=lambda file: file.parts[-5])
def test_no_message_of_the_admin_is_left_in_english_for_one_thing_or_for_many(file):
    found = list(messages(file))
    english = []
    for context, one, many in found:
        if many:
            said = [npgettext(context, one, many, n) if context else ngettext(one, many, n) for n in (1, 2)]
        else:
            said = [pgettext(context, one) if context else _(one)]
        english += [text for text in said if text in (one, many)]
    assert (len(found) > 3, set(english) - NOT_SAID) == (True, set())


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
