"""The project's own catalogue and the shared reference say the same, figure by figure."""

import ast
import json
from collections import Counter
from functools import cache
from pathlib import Path

from reports import catalogue

DOMAIN = Path(__file__).resolve().parents[3] / "shared" / "domain"
ENTRIES = catalogue.ENTRIES

# Which unit each source document reports of: level, place, flags.
REPORTING = {
    "000": ("CO_SO", "workplace", ()),
    "001": ("CUM", "workplace", ()),
    "002": ("CUM", "territorial", tuple(catalogue.FLAGS)),
    "003": ("CO_SO", "territorial", ()),
    "004": ("CUM", "territorial", ()),
}


@cache
def shared(name: str):
    return json.loads((DOMAIN / name).read_text(encoding="utf-8"))


def reference() -> list[dict]:
    return shared("catalogue/catalogue.json")["indicators"]


def as_reference(entry) -> dict:
    """One of our entries in the words of the reference, without where it was seen."""
    plain = {
        name: getattr(entry, name)
        for name in (
            *("code", "unit", "kind", "adds_up", "numerator", "denominator", "section"),
            *("outline5", "outline7", "counted_from", "activity_kind", "part_of"),
            *("direction", "print", "tier", "sentence_group"),
        )
    }
    plain |= {"name_vi": entry.name, "short_vi": entry.short, "rule_vi": entry.rule}
    plain["unit_accepts"] = set(entry.unit_accepts)
    plain["parts"] = [
        {
            "dimension": d.name,
            "values": list(d.values),
            "open": d.open,
            "overlap": d.overlap,
            "required": d.required,
            "units": d.units,
        }
        for d in entry.parts
    ]
    plain["concerns"] = (entry.concerns.levels, entry.concerns.place, entry.concerns.needs)
    plain["computed"] = entry.computed and (entry.computed.op, entry.computed.terms)
    plain["since"] = entry.since and entry.since.isoformat()
    return plain | {name: getattr(entry, name) for name in ("sensitive", "legacy", "at_start")}


def comparable(row: dict) -> dict:
    """A row of the reference, with what it leaves out filled in."""
    concerns, computed = row["concerns"], row.get("computed")
    usual = {"since": None, "sensitive": False, "legacy": False, "at_start": False}
    changed = {
        "unit_accepts": set(row["unit_accepts"]),
        "parts": [{"units": {}, **dimension} for dimension in row["parts"]],
        "concerns": (
            *(frozenset(concerns["levels"]), concerns["place"], frozenset(concerns["needs"])),
        ),
        "computed": computed and (computed["op"], tuple(computed["terms"])),
    }
    full = {**usual, **row, **changed}
    del full["in_sources"]
    return full


def test_every_indicator_is_the_reference_indicator():
    ours = {code: as_reference(entry) for code, entry in ENTRIES.items()}
    assert ours == {row["code"]: comparable(row) for row in reference()}


def test_inside_a_section_the_order_is_that_of_the_reference():
    for section in catalogue.SECTIONS:
        ours = [entry.code for entry in ENTRIES.values() if entry.section == section]
        assert ours == [row["code"] for row in reference() if row["section"] == section]


def test_units_are_those_of_the_reference_and_the_pieces_that_things_in_kind_need():
    ours = {
        unit.unit: {
            "unit": unit.unit,
            "cls": unit.cls,
            "decimals": unit.decimals,
            "accepts": list(unit.accepts),
            "leading_zero": unit.leading_zero,
            "scaled": {name: float(factor) for name, factor in unit.scaled.items()},
        }
        for unit in catalogue.UNITS.values()
    }
    theirs = {unit["unit"]: unit for unit in shared("catalogue/catalogue.json")["units"]}
    own = {name: ours.pop(name) for name in set(ours) - set(theirs)}
    assert ours == theirs
    assert set(own) == {"kg", "con", "cái", "chiếc"}


def test_sections_flags_and_headings_are_those_of_the_reference():
    theirs = shared("catalogue/catalogue.json")
    sections = {row["code"]: row["name_vi"] for row in theirs["sections"]}
    assert list(catalogue.SECTIONS.items()) == list(sections.items())
    assert theirs["flags"] == catalogue.FLAGS
    assert {key: theirs[key] for key in ("outline5", "outline7")} == catalogue.OUTLINE_HEADINGS
    assert shared("catalogue/outlines.json")["section_map"] == catalogue.SECTION_MAP


def test_outlines_are_those_of_the_reference():
    def ours(outline):
        return {
            "code": outline.code,
            "name_vi": outline.name,
            "report_kind": outline.report_kind,
            "levels": sorted(outline.levels),
            "numbering": outline.numbering,
            "title_vi": outline.title,
            "parts_vi": {str(number): text for number, text in outline.parts.items()},
            "compare": list(outline.compare),
            "sections": [section(s) for s in outline.sections],
        }

    def section(s):
        always = {
            "code": s.code,
            "number": s.number,
            "heading_vi": s.heading,
            "part": s.part,
            "type": s.type,
            "indicators": list(s.indicators),
            "sentence_groups": list(s.sentence_groups),
            "prompts_vi": list(s.prompts),
            "if_empty": s.if_empty,
        }
        names = ("yearly", "proposals", "list_style", "denominator", "show_parts")
        return always | {name: getattr(s, name) for name in names if getattr(s, name)}

    theirs = shared("catalogue/outlines.json")["outlines"]
    assert [ours(outline) for outline in catalogue.OUTLINES.values()] == [
        {**outline, "levels": sorted(outline["levels"])} for outline in theirs
    ]


def test_sentence_groups_are_those_of_the_reference():
    ours = [
        {
            "number": group.number,
            "name_vi": group.name,
            "slots": {
                name: f"{slot.code}/{slot.part}" if slot.part else slot.code
                for name, slot in group.slots.items()
            },
        }
        for group in catalogue.SENTENCE_GROUPS.values()
    ]
    assert ours == shared("catalogue/outlines.json")["sentence_groups"]


def test_every_indicator_counted_from_activities_is_one_measure_of_one_kind():
    measures = [
        (m["indicator"], kind["code"], m["unit"])
        for kind in shared("catalogue/activity_kinds.json")["kinds"]
        for m in kind["measures"]
    ]
    assert Counter(measures) == Counter(
        (entry.code, entry.activity_kind, entry.unit)
        for entry in ENTRIES.values()
        if entry.counted_from == "activities" and not entry.is_ratio
    )
    home = {code for code, _kind, _unit in measures}
    assert {e.code for e in ENTRIES.values() if e.activity_kind} == home


def test_every_measure_splits_its_indicator_as_the_catalogue_does():
    for kind in shared("catalogue/activity_kinds.json")["kinds"]:
        for measure in kind["measures"]:
            entry = ENTRIES[measure["indicator"]]
            dimensions = [None, *(dimension.name for dimension in entry.parts)]
            assert measure["dimension"] in dimensions, measure["code"]
            assert measure["part_of"] in (None, entry.part_of), measure["code"]
            assert measure["how"] != "open" or entry.kind == "stock", measure["code"]


def test_the_rules_for_reports_name_only_indicators_and_parts_that_exist():
    for check in shared("catalogue/checks.json")["checks"]:
        tree = ast.parse(check["expression"], mode="eval")
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        for call in calls:
            words = [word.value for word in call.args if isinstance(word, ast.Constant)]
            if call.func.id in ("prev", "part"):
                assert words[0] in ENTRIES, check["code"]
            if call.func.id == "part":
                listed = [v for d in ENTRIES[words[0]].parts for v in d.values]
                assert words[1] in listed, check["code"]
        called = {call.func.id for call in calls}
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - called
        if check["for_each"] is None:
            assert names - set(ENTRIES) == set(), check["code"]


def test_every_figure_of_the_real_reports_has_a_place_that_takes_its_part_and_unit():
    rows = shared("catalogue/source_map.json")["rows"]
    figures = shared("source_figures.json")
    assert [row["row"] for row in rows] == list(range(len(figures)))
    placed = [row for row in rows if row["code"] is not None]
    for row in placed:
        entry = ENTRIES[row["code"]]
        assert entry.check_part(row["part"]) == row["part"]
        answer = entry.accepts_unit(row["unit_of_measure"], part=row["part"])
        assert (answer.factor, answer.warning) == (1, ""), row
        level, place, flags = REPORTING[row["source"]]
        assert entry.concerns_unit(level, place, flags), row
    cells = Counter((r["source"], r["unit"], r["code"], r["part"]) for r in placed)
    assert set(cells.values()) == {1}
    assert len(cells) == 106


def test_every_code_of_the_list_of_found_indicators_is_still_there():
    found = [row["code"] for row in shared("indicators.json")]
    assert (len(found), set(found) - set(ENTRIES)) == (185, set())
