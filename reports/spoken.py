"""The figures of a report as its sentences say them."""

from dataclasses import replace

from reports.figures import State


class SpokenFigures:
    """A whole that only its typed parts make up is told by the parts; what was told already is not told again."""

    def __init__(self, figures):
        self._figures = figures

    def get(self, code, part=""):
        found = self._figures.get(code, part)
        if found.source == "parts" and found.code.startswith("awards_") and not self._is_held_back(found):
            return found
        if found.source in ("parts", "confirmed") or self._is_told_already(found) or self._is_a_counted_nothing(found):
            return replace(found, state=State.MISSING, value=None)
        return found

    def _is_held_back(self, found):
        return any(part.held for part in self._figures.parts(found.code))

    @staticmethod
    def _is_a_counted_nothing(found):
        """No transfers, no expulsions …: the register's zeros stand in the appendix, not in sentences."""
        return found.value == 0 and found.source in ("counted", "sum", "computed") and found.entry.counted_from == "members"

    def _is_told_already(self, found):
        """A rate held back whose count is printed; "tốt trở lên" beside xuất sắc and tốt; a khối's cơ sở counted again as workplaces."""
        entry = found.entry
        if found.held and entry.is_ratio and entry.numerator:
            return self._figures.get(entry.numerator).state == State.NUMBER
        if found.code.endswith(("good_or_better", "good_or_better_rate")) and found.source in ("computed", "ratio"):
            return self._figures.get(f"{found.code.split('_')[0]}_good").state == State.NUMBER
        if found.code == "grassroots_associations_487" and found.source in ("counted", "sum"):
            return found.value == self._figures.get(entry.part_of).value
        return False

    def parts(self, code):
        return self._figures.parts(code)
