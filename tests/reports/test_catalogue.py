"""The built-in indicators keep their own rules: each test is one rule that must hold for all."""

import re
import unicodedata
from collections import Counter
from datetime import date

import pytest

from reports import catalogue
from reports.catalogue.data import FOLDER, read
from reports.catalogue.entry import Entry
from reports.catalogue.loader import read_dimensions
from reports.catalogue.spelling import same_word_key

ENTRIES = catalogue.ENTRIES
ALL = list(ENTRIES.values())
RATES = ("%", "điểm phần trăm")


def codes(entries) -> list[str]:
    return [entry.code for entry in entries]


def terms(entry: Entry) -> list[str]:
    """Codes that a value is worked out from."""
    computed = entry.computed.terms if entry.computed else ()
    return [code for code in (*computed, entry.numerator, entry.denominator) if code]


def repeated(values) -> list:
    return [value for value, times in Counter(values).items() if times > 1]


def chain(entry: Entry) -> list[str]:
    """The wholes above an entry; stops where it would repeat itself."""
    seen = [entry.code]
    while (above := ENTRIES[seen[-1]].part_of) and above not in seen:
        seen.append(above)
    return seen if not above else [*seen, above]


def needed_for(code: str) -> set[str]:
    """Everything that a value is worked out from, over any number of steps."""
    found, waiting = set(), terms(ENTRIES[code])
    while waiting:
        term = waiting.pop()
        if term not in found:
            found.add(term)
            waiting += terms(ENTRIES[term])
    return found


# One entry by itself


def test_all_259_indicators_are_there_and_no_code_stands_twice():
    rows = [
        row["code"] for section in catalogue.SECTIONS for row in read(f"section_{section}.json")
    ]
    assert repeated(rows) == []
    assert rows == list(ENTRIES)
    assert len(rows) == 259
    assert Counter(entry.tier for entry in ALL) == {"core": 142, "extended": 117}


def test_every_code_is_snake_case():
    assert [c for c in ENTRIES if not re.fullmatch(r"[a-z][a-z0-9_]+", c)] == []


def test_no_two_indicators_share_a_name_or_a_column_heading():
    assert repeated(entry.name for entry in ALL) == []
    assert repeated(entry.short for entry in ALL) == []


def test_column_headings_fit_26_characters():
    assert [entry.short for entry in ALL if not 0 < len(entry.short) <= 26] == []


def test_every_rule_is_a_sentence():
    assert codes(entry for entry in ALL if not re.fullmatch(r"[A-ZĐ].+\.", entry.rule)) == []


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("kind", {"stock", "flow", "yearly", "ratio"}),
        ("adds_up", {"sum", "ratio_of_sums", "within_part", "not"}),
        (
            "counted_from",
            {
                *("members", "activities", "loans", "funds", "emulation", "targets"),
                *("reports", "campaigns", "entered"),
            },
        ),
        ("direction", {"up", "down", "none"}),
        ("print", {"number", "words", "list", "none"}),
        ("tier", {"core", "extended"}),
        ("section", set(catalogue.SECTIONS)),
        ("outline5", set(catalogue.OUTLINE_HEADINGS["outline5"])),
        ("outline7", set(catalogue.OUTLINE_HEADINGS["outline7"])),
        ("unit", set(catalogue.UNITS) - {"kg", "con", "cái", "chiếc"}),
        ("builtin", {True}),
    ],
)
def test_every_value_of_a_choice_is_a_known_one(name, allowed):
    assert {getattr(entry, name) for entry in ALL} - allowed == set()


def test_a_ratio_and_only_a_ratio_has_both_terms():
    for entry in ALL:
        both = (entry.numerator is not None, entry.denominator is not None)
        assert both == (entry.is_ratio, entry.is_ratio), entry.code


def test_a_ratio_adds_up_as_a_ratio_of_sums_unless_it_is_computed():
    wrong = [e for e in ALL if e.is_ratio != (e.adds_up == "ratio_of_sums") and not e.computed]
    assert codes(wrong) == []


def test_a_rate_is_never_added():
    wrong = [e for e in ALL if e.unit in RATES and e.adds_up not in ("ratio_of_sums", "not")]
    assert codes(wrong) == []


def test_what_adds_up_only_within_parts_has_no_whole():
    within = [entry for entry in ALL if entry.adds_up == "within_part"]
    assert codes(within) == ["inkind_gifts", "small_infrastructure_items"]
    assert [entry.needs_part for entry in within] == [True, True]


def test_indicators_concern_known_levels_places_and_flags():
    for entry in ALL:
        assert entry.concerns.levels <= set(catalogue.LEVELS), entry.code
        assert entry.concerns.levels, entry.code
        assert entry.concerns.place in ("any", "territorial", "workplace"), entry.code
        assert entry.concerns.needs <= set(catalogue.FLAGS), entry.code


def test_every_private_old_or_dated_indicator_is_named_here():
    assert codes(e for e in ALL if e.sensitive) == [
        "members_ethnic_minority",
        "members_wounded",
        "members_sick_soldiers",
        "members_agent_orange",
        "members_martyr_relatives",
    ]
    assert codes(e for e in ALL if e.legacy) == [
        "orgs_tsvm",
        "orgs_tsvm_rate",
        "branches_tsvm",
        "branches_tsvm_rate",
    ]
    assert {e.code: e.since for e in ALL if e.since} == {
        "exemplary_cadres": date(2023, 8, 7),
        "exemplary_branches": date(2023, 8, 7),
    }
    assert codes(e for e in ALL if e.at_start) == ["members_opening"]


# References


def test_every_named_indicator_exists():
    named = {code for e in ALL for code in (*terms(e), e.part_of) if code}
    assert named - set(ENTRIES) == set()


def test_no_indicator_is_part_of_itself():
    assert [chain(entry) for entry in ALL if repeated(chain(entry))] == []


def test_no_indicator_is_worked_out_from_itself():
    assert [code for code in ENTRIES if code in needed_for(code)] == []


def test_a_part_is_counted_in_the_same_kind_of_unit_as_its_whole():
    parts = [entry for entry in ALL if entry.part_of]
    wrong = [e for e in parts if e.measure.cls != ENTRIES[e.part_of].measure.cls]
    assert codes(wrong) == []


def test_a_stock_is_never_part_of_a_flow():
    parts = [entry for entry in ALL if entry.part_of]
    wrong = [e for e in parts if (e.kind, ENTRIES[e.part_of].kind) == ("stock", "flow")]
    assert codes(wrong) == []


def test_a_computed_sum_adds_the_same_kind_in_the_same_unit():
    for entry in ALL:
        if entry.computed and entry.computed.op == "sum":
            for term in entry.computed.terms:
                other = ENTRIES[term]
                assert (other.kind, other.measure.cls) == (entry.kind, entry.measure.cls), term


def test_a_percentage_has_terms_in_one_kind_of_unit_and_any_other_ratio_says_its_own():
    for entry in ALL:
        if entry.is_ratio:
            over, under = (ENTRIES[c].measure.cls for c in (entry.numerator, entry.denominator))
            if entry.unit in RATES:
                assert over == under, entry.code
            else:
                assert entry.measure.cls == f"{over}_per_{under}", entry.code


# Parts and units


def test_a_part_value_stands_in_one_dimension_only_and_holds_no_semicolon():
    for entry in ALL:
        keys = [same_word_key(value) for d in entry.parts for value in d.values]
        assert repeated(keys) == [], entry.code
        assert [key for key in keys if ";" in key] == [], entry.code


def test_every_dimension_of_the_data_is_used_and_has_values():
    used = {dimension for entry in ALL for dimension in entry.parts}
    assert used == set(read_dimensions().values())
    assert [d.name for d in used if not d.values] == []


def test_values_with_units_of_their_own_name_a_known_unit_each():
    own = {d.name: d for entry in ALL for d in entry.parts if d.units}
    assert set(own) == {"loại hiện vật", "loại công trình"}
    for dimension in own.values():
        assert set(dimension.units) == set(dimension.values)
        assert set(dimension.units.values()) - set(catalogue.UNITS) == set()


def test_no_spelling_of_a_unit_is_also_a_multiple_of_it():
    for entry in ALL:
        assert set(entry.unit_accepts) & set(entry.measure.scaled) == set(), entry.code


# Outlines and sentences


def test_there_are_six_outlines_each_section_once():
    assert list(catalogue.OUTLINES) == [
        *("annual5", "annual7", "half_year", "half_term", "cluster", "rating")
    ]
    for code, outline in catalogue.OUTLINES.items():
        assert outline.code == code
        assert repeated(section.code for section in outline.sections) == []
        assert {section.part for section in outline.sections} - {0} <= set(outline.parts)


def test_an_outline_prints_an_indicator_at_most_once():
    for outline in catalogue.OUTLINES.values():
        printed = [code for section in outline.sections for code in section.indicators]
        assert repeated(printed) == []
        assert set(printed) - set(ENTRIES) == set()


def test_a_section_names_known_groups_and_denominators():
    for outline in catalogue.OUTLINES.values():
        for section in outline.sections:
            assert set(section.sentence_groups) <= set(catalogue.SENTENCE_GROUPS)
            assert section.denominator in ("", *ENTRIES)


def test_a_section_that_asks_when_empty_has_something_to_ask():
    for outline in catalogue.OUTLINES.values():
        for section in outline.sections:
            assert section.if_empty in ("ask", "omit")
            assert section.if_empty == "omit" or section.prompts or section.indicators


@pytest.mark.parametrize("kind", ["5", "7"])
def test_both_annual_outlines_hold_every_indicator_where_the_entry_says(kind):
    outline = catalogue.OUTLINES[f"annual{kind}"]
    printed = {code: section.code for section in outline.sections for code in section.indicators}
    assert printed == {entry.code: getattr(entry, f"outline{kind}") for entry in ALL}


@pytest.mark.parametrize("key", ["outline5", "outline7"])
def test_every_section_has_a_place_in_both_annual_outlines(key):
    places = catalogue.SECTION_MAP[key]
    assert set(places) == set(catalogue.SECTIONS)
    assert set(places.values()) <= set(catalogue.OUTLINE_HEADINGS[key])


def test_every_slot_of_a_sentence_is_an_indicator_and_a_part_of_it():
    for group in catalogue.SENTENCE_GROUPS.values():
        for slot in group.slots.values():
            assert ENTRIES[slot.code].check_part(slot.part) == slot.part


def test_an_indicator_has_a_sentence_group_exactly_when_it_has_a_slot_there():
    slots: dict[str, set[int]] = {}
    for group in catalogue.SENTENCE_GROUPS.values():
        for slot in group.slots.values():
            slots.setdefault(slot.code, set()).add(group.number)
    assert set(slots) == {entry.code for entry in ALL if entry.sentence_group is not None}
    assert [
        code for code, groups in slots.items() if ENTRIES[code].sentence_group not in groups
    ] == []


# Texts


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.json")), ids=lambda path: path.relative_to(FOLDER).as_posix()
)
def test_texts_are_nfc_with_plain_spaces_and_the_right_words(path):
    text = path.read_text(encoding="utf-8")
    assert unicodedata.is_normalized("NFC", text)
    assert re.findall("[\u00a0\ufeff\u200b]", text) == []
    assert re.findall(r"\S {2,}\S", text) == []
    assert "điểm %" not in text
    if path.name != "units.json":  # where "m2" is read as "m²"
        assert re.findall(r"\bm2\b", text) == []
