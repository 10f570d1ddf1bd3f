"""Parts of a figure (phân tổ): dimensions, their values, and how a typed part is read."""

from dataclasses import dataclass, field

from .spelling import same_word_key, squeeze

SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to split an indicator.

    open: units may write values of their own. overlap: values share members, so they never add
    up. required: every cell carries a value, there is no whole. units: the unit of measure of
    each value, where the values have different ones.
    """

    name: str
    values: tuple[str, ...]
    open: bool = False
    overlap: bool = False
    required: bool = False
    units: dict[str, str] = field(default_factory=dict, hash=False)

    def spelling_of(self, value: str) -> str | None:
        """The known spelling of a typed value; None when it is not one of the listed values."""
        key = same_word_key(value)
        return next((known for known in self.values if same_word_key(known) == key), None)

    @property
    def choices_text(self) -> str:
        """For messages: "dịp (Tết Nguyên đán, 30/4, …)"."""
        more = ", hoặc giá trị khác" if self.open else ""
        return f"{self.name} ({', '.join(self.values)}{more})"


def dimension_of(dimensions: tuple[Dimension, ...], value: str) -> Dimension | None:
    """The dimension that lists a value; for an unlisted one the first open dimension, or None."""
    return next(
        (d for d in dimensions if d.spelling_of(value) is not None),
        next((d for d in dimensions if d.open), None),
    )


def split_part(
    dimensions: tuple[Dimension, ...], part: str, label: str
) -> tuple[tuple[Dimension, str], ...]:
    """The values of a part with their dimensions, in the order of the dimensions.

    Listed values get their known spelling, unlisted ones go to the open dimensions that are
    still free (a required one first). Raises ValueError (Vietnamese) for a value that stands
    nowhere, for two values of one dimension, and for a required dimension without a value.
    """
    typed = [value for value in map(squeeze, part.split(";")) if value]
    if typed and not dimensions:
        raise ValueError(f"“{label}” không tách theo phân tổ; hãy bỏ “{squeeze(part)}”.")
    found: dict[str, str] = {}
    unlisted = []
    for value in typed:
        home = next((d for d in dimensions if d.spelling_of(value) is not None), None)
        if home is None:
            unlisted.append(value)
        elif home.name in found:
            raise ValueError(
                f"“{label}”: chỉ ghi một giá trị của phân tổ {home.name},"
                f" đang có “{found[home.name]}” và “{value}”."
            )
        else:
            found[home.name] = home.spelling_of(value)
    free = [d for d in dimensions if d.open and d.name not in found]
    if len(unlisted) > len(free):
        raise ValueError(
            f"“{label}” không có phân tổ “{unlisted[len(free)]}”."
            f" Được ghi: {'; '.join(d.choices_text for d in dimensions)}."
        )
    chosen = sorted(free, key=lambda d: not d.required)[: len(unlisted)]
    homes = [d for d in free if d in chosen]
    found.update({d.name: value for d, value in zip(homes, unlisted, strict=True)})
    for dimension in dimensions:
        if dimension.required and dimension.name not in found:
            raise ValueError(f"“{label}” phải ghi phân tổ {dimension.choices_text}.")
    return tuple((d, found[d.name]) for d in dimensions if d.name in found)
