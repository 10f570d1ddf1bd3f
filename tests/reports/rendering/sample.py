"""An invented yearly report of an invented commune, with one of every block."""

from datetime import datetime
from zoneinfo import ZoneInfo

from reports.rendering.content import (
    Appendix,
    Cell,
    Column,
    Document,
    Heading,
    Letterhead,
    Paragraph,
    Row,
    Run,
    SignOff,
    Table,
    para,
    task,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
HAMLETS = ["Thôn Đông", "Thôn Đoài", "Đồng Quan", "Gò Mây", "Phố Chợ", "Xóm Bến"]
CLOSING = (
    "Trên đây là báo cáo công tác năm 2026 của Hội, kính gửi Ban Thường vụ Hội Cựu chiến binh "
    "tỉnh Lam Giang xem xét, cho ý kiến chỉ đạo./."
)
FILLER = (
    "Các chi hội họp đúng lịch, ghi biên bản từng kỳ; việc nào chưa xong thì chuyển sang kỳ sau "
    "và nêu tên người phụ trách, ngày phải xong, cách đo kết quả."
)


def letterhead(**changes) -> Letterhead:
    fields = {
        "parent_line": "HỘI CCB TỈNH LAM GIANG",
        "issuer_lines": ["HỘI CỰU CHIẾN BINH", "XÃ THANH SƠN"],
        "number": "05/BC-CCB",
        "place": "Thanh Sơn",
        "date_text": "ngày 05 tháng 12 năm 2026",
    }
    return Letterhead(**fields | changes)


def small_table() -> Table:
    columns = [
        Column("TT", 10, "center"),
        Column("Nội dung", 90),
        Column("Đơn vị tính", 30, "center"),
        Column("Số lượng", 35, "right"),
    ]
    rows = [
        Row([Cell("A. Tổ chức")], "group"),
        Row([Cell("1"), Cell("Hội viên"), Cell("hội viên"), Cell("798", "hv.tong")]),
        Row([Cell(""), Cell("trong đó nữ"), Cell("hội viên"), Cell("102", "hv.tong|nữ")], "part"),
        Row([Cell("B. Phong trào")], "group"),
        Row([Cell("2"), Cell("Buổi gặp mặt"), Cell("buổi"), Cell(state="words")]),
        Row([Cell("3"), Cell("Tuần tra biên giới"), Cell("lần"), Cell(state="not_concerned")]),
        Row([Cell(""), Cell("Cộng hai mục"), Cell("mục"), Cell("2")], "total"),
    ]
    return Table(columns, rows, caption="Bảng 1. Số liệu năm 2026", unit_note="Đến 30/11/2026")


def matrix(rows: int = 26) -> Table:
    """Hamlets over many rows; long enough for two landscape pages."""
    columns = [Column("TT", 10, "center"), Column("Chỉ tiêu", 60)]
    columns += [Column(hamlet, 20, "right") for hamlet in HAMLETS]
    body = []
    for i in range(1, rows + 1):
        numbers = [Cell(str(i * n)) for n in (1, 10, 30)]
        states = [Cell(state="missing")] * 2 + [Cell(state="not_concerned")]
        body.append(Row([Cell(str(i)), Cell(f"Việc thứ {i}"), *numbers, *states]))
    return Table(columns, body, small=True, groups=[("Chỉ tiêu", 2), ("Chi hội", 6)])


def blocks() -> list:
    return [
        para(
            "Hội báo cáo kết quả công tác năm 2026; số liệu của 15/16 chi hội, nhiệm kỳ 2022-2027."
        ),
        Heading(0, "Phần thứ nhất", "Kết quả công tác năm 2026"),
        Heading(1, "I.", "Đặc điểm tình hình"),
        Paragraph(
            [
                Run("Toàn Hội có "),
                Run("798 hội viên", figure="hv.tong"),
                Run(", trong đó "),
                Run("521 đồng chí", figure="hv.dang|đảng viên"),
                Run(" là đảng viên, theo Hướng dẫn số 22/HD-CCB và 8/26 tiêu chí."),
            ]
        ),
        Heading(2, "1.", "Xây dựng Hội"),
        Heading(3, "a)", "Kết nạp"),
        para("Hội kết nạp 19 hội viên, sau dịch Covid-19 nhiều hơn năm trước."),
        small_table(),
        para("Ghi chú: dòng “trong đó” là phần của dòng trên.", "note"),
        Heading(0, "Phần thứ hai", "Nhiệm vụ năm 2027"),
        task("Một là,", "kết nạp từ 20 hội viên trở lên; báo cáo vào dịp 22/12."),
        para(CLOSING, "closing"),
    ]


def report(**changes) -> Document:
    """The whole report, issued; `changes` replace fields."""
    fields = {
        "title": "BÁO CÁO",
        "subject_lines": ["Kết quả công tác Hội năm 2026", "và phương hướng, nhiệm vụ năm 2027"],
        "addressed_to": "Ban Thường vụ Hội Cựu chiến binh tỉnh Lam Giang",
        "letterhead": letterhead(),
        "blocks": blocks(),
        "created": datetime(2026, 12, 5, 8, 0, tzinfo=HANOI),
        "sign_off": SignOff(
            "TM. BAN CHẤP HÀNH",
            "CHỦ TỊCH",
            "Trần Văn Mẫu",
            ["Như trên", "- Đảng ủy xã;", "Lưu: VT."],
        ),
        "author": "Hội Cựu chiến binh xã Thanh Sơn",
    }
    return Document(**fields | changes)


def draft(**changes) -> Document:
    note = "Số liệu tính lúc 16 giờ 30 phút ngày 01 tháng 12 năm 2026"
    head = letterhead(number="…/BC-CCB", date_text="ngày … tháng 12 năm 2026")
    return report(**{"draft": True, "draft_note": note, "letterhead": head} | changes)


def appendix(number: str = "", orientation: str = "landscape", rows: int = 26) -> Appendix:
    attached = "Kèm theo Báo cáo số 05/BC-CCB ngày 05 tháng 12 năm 2026"
    return Appendix(number, "Số liệu theo chi hội", attached, orientation, [matrix(rows)])
