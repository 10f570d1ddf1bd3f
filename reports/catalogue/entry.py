"""One indicator of the catalogue: what its number means, for whom, and how it is written."""

from dataclasses import dataclass
from datetime import date

from . import parts as part_rules
from . import units as unit_rules
from .parts import SEPARATOR, Dimension
from .units import UnitAnswer, UnitOfMeasure

# Units above the grassroots that hold territorial units and workplaces alike.
HOLDS_EVERY_PLACE = frozenset({"TRUNG_UONG", "TINH"})


@dataclass(frozen=True, slots=True)
class Concerns:
    """Whom an indicator is asked of.

    levels: unit levels that have a cell (a phân hội's numbers are written at its chi hội).
    place: "any", "territorial" (communes, wards and what is above them) or "workplace"
    (offices, firms, schools and their khối). needs: flags, codes of catalogue.FLAGS.
    """

    levels: frozenset[str]
    place: str
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Computed:
    """A value worked out from other indicators of the same unit and period.

    op: "sum" of the terms, or "decrease": the term at the start of the period minus the term at
    its end. A term that nobody reported leaves the result unreported; never a partial sum.
    """

    op: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One indicator; the built-in ones are data of this package, the others administrators'.

    kind: "stock" (at the end of the cut-off day), "flow" (within the dates, inclusive),
    "yearly" (belongs to one year, never added over years), "ratio".
    adds_up: "sum" over subordinate units, "ratio_of_sums", "within_part" (each part by itself,
    no whole), "not".
    part_of: the indicator whose value this one never exceeds and never adds to.
    direction: "up", "down" (which way is good) or "none". print: "number", "words", "list"
    (names when there are few), "none" (appendix and screen only).
    sensitive: counted from private files; only the number may leave them. legacy: an old scale,
    shown only where numbers exist. since: first day the title existed. at_start: taken at the
    end of the day before the period.
    """

    code: str
    name: str
    short: str
    unit: str
    unit_accepts: tuple[str, ...]
    kind: str
    adds_up: str
    numerator: str | None
    denominator: str | None
    section: str
    outline5: str
    outline7: str
    counted_from: str
    activity_kind: str | None
    rule: str
    part_of: str | None
    parts: tuple[Dimension, ...]
    direction: str
    print: str
    concerns: Concerns
    tier: str
    sentence_group: int | None
    computed: Computed | None = None
    sensitive: bool = False
    legacy: bool = False
    since: date | None = None
    at_start: bool = False
    builtin: bool = True

    @property
    def is_ratio(self) -> bool:
        return self.kind == "ratio"

    @property
    def measure(self) -> UnitOfMeasure:
        """The unit of measure with its class, decimals and spellings."""
        return unit_rules.measure_of(self.unit)

    @property
    def needs_part(self) -> bool:
        """True when there is no whole: every cell carries a part."""
        return any(dimension.required for dimension in self.parts)

    def dimension_of(self, value: str) -> Dimension | None:
        """The dimension of one part value; for an unlisted value the first open one, or None."""
        return part_rules.dimension_of(self.parts, value)

    def split_part(self, part: str) -> tuple[tuple[Dimension, str], ...]:
        """(dimension, value) pairs of a part, in the order of the dimensions; see check_part."""
        return part_rules.split_part(self.parts, part, self.name)

    def check_part(self, part: str) -> str:
        """The part as it is stored: known spellings, one value per dimension, in their order.

        Raises ValueError with a Vietnamese text that lists what may be written.
        """
        return SEPARATOR.join(value for _dimension, value in self.split_part(part))

    def measure_for(self, part: str) -> UnitOfMeasure | None:
        """The unit of measure of a cell; None when a unit's own kind of thing has none yet.

        `part` is a checked part. It matters only for the indicators "theo loại".
        """
        if self.measure.cls != unit_rules.BY_PART:
            return self.measure
        for dimension, value in self.split_part(part) if part else ():
            if value in dimension.units:
                return unit_rules.measure_of(dimension.units[value])
        return None

    def accepts_unit(self, text: str, part: str = "", fraction: bool = False) -> UnitAnswer:
        """(ok, factor, printed_unit, warning) for the unit that was typed behind a number.

        `part`: the checked part of the cell, for indicators whose unit depends on it.
        `fraction`: a rate was typed as "16/26"; then the unit is that of the two terms.
        Raises ValueError with a Vietnamese text when counts, money, length, area, weight and
        rates are mixed up, or when a measured number carries an unknown word.
        """
        label = self.name
        if fraction and self.measure.cls == "percent":
            return unit_rules.judge_terms(text, self.measure)
        measure = self.measure_for(part)
        if measure is None:
            return unit_rules.judge_any(text, label)
        also = self.unit_accepts if measure is self.measure else ()
        return unit_rules.judge(text, measure, also, label)

    def concerns_unit(self, level: str, kind_place: str, flags) -> bool:
        """Whether the indicator is asked of a unit.

        level: a unit level. kind_place: "territorial" or "workplace", from the unit's kind; it
        does not matter for the association's province and national levels, which hold both.
        flags: the unit's flags, those of the units below it included.
        """
        level = str(level)
        if level not in self.concerns.levels or not self.concerns.needs <= frozenset(flags):
            return False
        return self.concerns.place in ("any", kind_place) or level in HOLDS_EVERY_PLACE
