"""Three hundred broken workbooks: none is an error of the program, none writes half of anything."""

import io
import zipfile
from random import Random

import pytest

from members.models import ImportJob, ImportRow, JobState, Member, MemberPrivate, Membership
from members.services.lists import jobs
from members.services.lists.read import read_sheet
from members.workbooks.reader import Row
from members.workbooks.refusal import WorkbookRefused
from tests.members.lists.sheets import book, checked

HEADS = [
    "STT", "Họ và tên", "Ngày sinh", "Năm sinh", "Giới tính", "Số CCCD", "SĐT", "Chi hội", "Đối tượng", "Đảng viên", "Ngày vào Đảng", "Số thẻ", "Dân tộc",
    "Ghi chú", "Nam", "Nữ", "Họ đệm", "Tên", "", "Cột lạ", "Ngày vào Hội", "Họ và tên",
]
CELLS = [
    None, "", 0, -1, 1e300, 2.5, 1954, 19863, 99_999_999, 38055001234, "Lê Văn Mẫu", "lê văn mẫu", "x", "Nam", "Nữ", "31/02/1954", "1954", "19/05/54", "#REF!",
    "#N/A", "=SUM(A1:A9)", "=cmd|'/c calc'!A0", "a" * 400, "\u0301\u0301", "‮đảo", "😀 Mặt Cười", "NguyÔn V¨n H­ng", "Nguyeãn Vaên Höøng", "Thôn Đông",
    "thôn trung", "038055001234", "12", "Tổng cộng", "Chi hội Thôn Đông", "<b>đậm</b>", "'; DROP TABLE members_member; --", "\x07chuông", "𝓛ê 𝓥ăn", "CCB", "CQN", True,
]


def sheet_of_chance(chance):
    width = chance.randint(1, 12)
    rows = [[chance.choice(CELLS) for _ in range(chance.randint(0, width))] for _ in range(chance.randint(0, 3))]
    rows.append([chance.choice(HEADS) for _ in range(width)] + (["Họ và tên", "Giới tính"] if chance.random() < 0.7 else []))
    rows += [[chance.choice(CELLS) for _ in range(width + 2)] for _ in range(chance.randint(0, 15))]
    return rows


def broken(data, chance):
    """``data`` cut, overwritten, or with a part of the package damaged."""
    kind = chance.randrange(4)
    if kind == 0:
        return data[: chance.randrange(len(data))]
    if kind == 1:
        spoiled = bytearray(data)
        for _ in range(chance.randint(1, 40)):
            spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        return bytes(spoiled)
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == victim:
                if kind == 2:
                    continue
                at = chance.randrange(len(part) or 1)
                part = part[:at] + chance.choice([b"<", b"&x;", b"\xff\xfe", b"]]>", b"<!DOCTYPE a>", b"\0"]) + part[at + chance.randint(0, 5):]
            new.writestr(name, part)
    return kept.getvalue()


def rows_in_register():
    return [model.objects.count() for model in (Member, Membership, MemberPrivate, ImportRow)]


def test_two_hundred_sheets_of_nonsense_never_break_the_program(tree, secretary, monkeypatch):
    """The child's part is played by hand: what it hands over is what matters here."""
    chance, ended = Random(2026), {JobState.DONE: 0, "refused": 0}
    for number in range(200):
        rows = [Row(i, cells) for i, cells in enumerate(sheet_of_chance(chance), start=1) if any(c not in (None, "") for c in cells)]
        rows = [Row(row.number, [None if cell == "" else cell for cell in row.cells]) for row in rows]
        monkeypatch.setattr(jobs, "rows_of", lambda content, rows=rows: rows)
        before = rows_in_register()
        try:
            job = checked(b"%d" % number, tree.thanh_son, secretary, sex=chance.choice(["", "nam"]))
        except WorkbookRefused:
            ended["refused"] += 1
            assert rows_in_register() == before
            continue
        assert rows_in_register() == before
        assert job.counts["read"] == sum(job.counts[name] for name in ("new", "changed", "same", "wrong"))
        jobs.confirm(job=job, by=secretary)
        jobs.write(job=job, by=secretary)
        job = ImportJob.objects.get(pk=job.pk)
        assert job.state == JobState.DONE
        ended[JobState.DONE] += 1
        assert rows_in_register()[0] == before[0] + job.counts["new"]
    assert all(ended.values())


@pytest.mark.parametrize("seed", range(4))
def test_one_hundred_damaged_files_are_refused_in_words_or_read(tree, secretary, seed):
    chance, refused = Random(seed), 0
    for _ in range(25):
        data = broken(book([["Họ và tên", "Năm sinh", "Giới tính"], ["Lê Văn Mẫu", 1954, "Nam"], ["Trần Thị Mai", 1956, "Nữ"]]), chance)
        try:
            read_sheet(jobs.rows_of(data))
        except WorkbookRefused as refusal:
            refused += 1
            assert refusal.what and refusal.mend
    assert refused > 5
    assert rows_in_register() == [0, 0, 0, 0]
