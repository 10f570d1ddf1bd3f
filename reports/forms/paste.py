"""A table copied from a spreadsheet: which box each value belongs to, and what fits nowhere."""

from dataclasses import dataclass, field

from members.vietnamese import fold

PASTED_MAX = 200_000  # characters
NAMED = 10
TOTALS = ("tong", "cong")
UNIT_WORDS = ("Chi hội ", "Phường ", "Xã ", "Phân hội ")


@dataclass
class Pasted:
    """Boxes filled, and by name whatever was left out: nothing is dropped in silence."""

    filled: int = 0
    unknown_rows: list = field(default_factory=list)
    total_rows: list = field(default_factory=list)
    unknown_columns: dict = field(default_factory=dict)
    closed_columns: dict = field(default_factory=dict)
    spare_columns: set = field(default_factory=set)
    not_concerned: list = field(default_factory=list)
    twice: list = field(default_factory=list)
    is_cut: bool = False

    def left_out(self, noun):
        """Sentences for the person who pasted; ``noun`` is what a row is called."""
        said = [
            ("Bỏ lại", self.unknown_rows, f"hàng không rõ là {noun} nào", f"Trong hàng phải có tên hoặc mã {noun}."),
            ("Bỏ qua", self.total_rows, "hàng cộng", "Chương trình tự cộng ở cuối bảng."),
            ("Bỏ lại", self.unknown_columns.values(), "cột không rõ là chỉ tiêu nào", "Tên cột phải như ở hàng đầu bảng dưới."),
            ("Bỏ lại", self.closed_columns.values(), "cột của chỉ tiêu không mở trong bảng này",
             "Mở các chỉ tiêu ấy ở “Chọn mục và chỉ tiêu”, rồi dán lại."),
            ("Không điền", self.not_concerned, "ô không thuộc diện", ""),
            ("Có", self.twice, f"{noun} ghi ở nhiều hàng, lấy hàng dưới cùng", ""),
        ]
        out = [f"{verb} {len(found)} {what}: {_named(found)}. {advice}".strip() for verb, found, what, advice in said if found]
        if self.spare_columns:
            out.append(f"Bỏ lại {len(self.spare_columns)} cột thừa ở bên phải: bảng này hết cột.")
        return [*out, "Bảng dán dài quá, chưa đọc hết. Hãy dán phần còn lại ở lần sau."] if self.is_cut else out


@dataclass
class Headings:
    """What a line of headings says about each column, by its place in the line."""

    texts: list
    open: dict = field(default_factory=dict)
    closed: set = field(default_factory=set)

    @property
    def knows_any(self):
        return bool(self.open or self.closed)


def paste(text, rows, columns, section):
    """Put ``text`` into the boxes of ``rows`` (``GridRow``); nothing is stored. Returns ``Pasted``.

    ``columns`` are the entries of the open table, ``section`` all that it could show. A line of
    headings says which column is which; without one they follow the name in the order of the table.
    """
    answer = Pasted(is_cut=len(text) > PASTED_MAX)
    names, heads, seen = _names(rows), None, set()
    for line in text[:PASTED_MAX].replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        values = [" ".join(value.split()) for value in line.split("\t")]
        if not any(values):
            continue
        at = next((i for i, v in enumerate(values) if fold(v) in names), None)
        if at is not None:
            row = names[fold(values[at])]
            if row.unit.pk in seen and row.unit.short_name not in answer.twice:
                answer.twice.append(row.unit.short_name)
            seen.add(row.unit.pk)
            _fill(row, values, at, columns, heads, answer)
            continue
        found = None if seen else _headings(values, columns, section)
        if found and (found.knows_any or heads is None):
            heads = found
            continue
        first = next((v for v in values if any(ch.isalpha() for ch in v)), None) or next(v for v in values if v)
        (answer.total_rows if fold(first).startswith(TOTALS) else answer.unknown_rows).append(first)
    return answer


def _names(rows):
    """{folded name or code: row}; "Chi hội Thôn Đông" is "Thôn Đông" in most tables."""
    names = {}
    for row in rows:
        short = row.unit.short_name
        bare = [short.removeprefix(word) for word in UNIT_WORDS if short.startswith(word)]
        for name in (row.unit.name, short, row.unit.code, *bare):
            names.setdefault(fold(name), row)
    return names


def _headings(values, columns, section):
    """The line as ``Headings``; None when it is no such line: nothing known in it, and one cell or numbers."""
    known = {}
    for entry in [*columns, *section]:
        for name in (entry.name, entry.short, entry.code):
            known.setdefault(fold(name), entry)
    found = Headings(values)
    for i, value in enumerate(values):
        entry = known.get(fold(value.split(" (")[0])) or known.get(fold(value))
        if entry in columns and entry not in found.open.values():
            found.open[i] = entry
        elif entry and entry not in columns:
            found.closed.add(i)
    words = [v for v in values if v]
    return found if found.knows_any or (len(words) > 1 and not any(ch.isdigit() for v in words for ch in v)) else None


def _fill(row, values, at, columns, heads, answer):
    cells = {cell.entry.code: cell for cell in row.cells}
    for i, value in enumerate(values[at + 1:], start=at + 1):
        if not value:
            continue
        if heads is None:
            entry = columns[i - at - 1] if i - at - 1 < len(columns) else None
        else:
            entry = heads.open.get(i)
        if entry is None:
            _leave(i, heads, answer)
        elif not cells[entry.code].concerned:
            answer.not_concerned.append(f"{row.unit.short_name}, {entry.short}")
        else:
            cells[entry.code].text = value
            answer.filled += 1


def _leave(i, heads, answer):
    """A value in a column that leads to no box."""
    if heads is None:
        answer.spare_columns.add(i)
        return
    text = heads.texts[i] if i < len(heads.texts) else ""
    (answer.closed_columns if i in heads.closed else answer.unknown_columns)[i] = text or f"cột thứ {i + 1}, không có tên"


def _named(found):
    texts = list(found)
    return "; ".join(f"“{text[:60]}”" for text in texts[:NAMED]) + ("; …" if len(texts) > NAMED else "")
