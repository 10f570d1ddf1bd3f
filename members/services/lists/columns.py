"""The columns that a list of members may have, and the words under which offices write them."""

from dataclasses import dataclass

from members.models import Member
from members.vietnamese import fold


@dataclass(frozen=True)
class Column:
    """``label`` heads it in our own lists; ``also`` are other headings, folded. ``private``: for who may open files."""

    key: str
    label: str
    also: tuple[str, ...] = ()
    private: bool = False
    width: int = 14
    exported: bool = True


COLUMNS = {column.key: column for column in (
    Column("co_so", "Cơ sở", ("hoi co so", "to chuc co so", "xa phuong", "xa", "phuong", "ma co so"), width=26),
    Column("unit", "Chi hội", (
        "phan hoi", "chi hoi sinh hoat", "noi sinh hoat", "don vi sinh hoat", "chi hoi phan hoi", "ma chi hoi", "ten chi hoi"), width=22),
    Column("name", "Họ và tên", (
        "ho ten", "ho va ten hoi vien", "ho ten hoi vien", "ten hoi vien", "ho va ten khai sinh", "ho ten khai sinh", "hoi vien"), width=26),
    Column("family", "Họ và tên đệm", ("ho dem", "ho va dem", "ho lot", "ho va chu dem", "ho va chu lot"), exported=False),
    Column("given", "Tên", ("ten goi",), exported=False),
    Column("sex", "Giới tính", ("gioi", "nam nu", "phai"), width=10),
    Column("male", "Giới tính Nam", ("gioi nam", "nam gioi"), exported=False),
    Column("female", "Giới tính Nữ", ("nu", "gioi nu", "nu gioi"), exported=False),
    Column("born", "Ngày sinh", ("nam sinh", "ngay thang nam sinh", "sinh ngay", "sinh nam", "ngay sinh nam sinh", "thang nam sinh"), width=12),
    Column("born_male", "Năm sinh Nam", ("ngay sinh nam", "ngay thang nam sinh nam", "sinh nam nam"), exported=False),
    Column("born_female", "Năm sinh Nữ", ("ngay sinh nu", "ngay thang nam sinh nu", "sinh nam nu"), exported=False),
    Column("category", "Đối tượng", ("ccb cqn", "doi tuong hoi vien"), width=18),
    Column("card_number", "Số thẻ hội viên", ("so the", "so the hv", "the hoi vien", "so the hoi vien ccb", "ma the", "ma hoi vien", "so the hoi"), width=16),
    Column("admitted_on", "Ngày vào Hội", (
        "vao hoi", "nam vao hoi", "ngay ket nap", "ngay vao hoi ccb", "ngay thang nam vao hoi", "thoi gian vao hoi", "nam ket nap", "ngay vao hoi ccb viet nam",
        "ngay ket nap hoi", "thang nam vao hoi"), width=12),
    Column("phone", "Điện thoại", ("so dien thoai", "dt", "sdt", "so dt", "dien thoai di dong", "dien thoai lien he", "di dong"), width=13),
    Column("hometown", "Quê quán", ("nguyen quan", "que", "que quan goc"), width=28),
    Column("address", "Nơi ở", (
        "dia chi", "cho o", "cho o hien nay", "noi o hien nay", "noi thuong tru", "ho khau thuong tru", "dia chi thuong tru", "noi cu tru", "tru quan",
        "cho o hien tai", "noi o hien tai"), width=28),
    Column("enlisted_on", "Ngày nhập ngũ", ("nhap ngu", "nam nhap ngu", "ngay thang nam nhap ngu", "thang nam nhap ngu", "thoi gian nhap ngu"), width=12),
    Column("discharged_on", "Ngày xuất ngũ", (
        "xuat ngu", "nam xuat ngu", "ngay thang nam xuat ngu", "thang nam xuat ngu", "thoi gian xuat ngu", "ngay phuc vien", "phuc vien"), width=12),
    Column("rank", "Cấp bậc", ("quan ham", "cap bac khi xuat ngu", "cap bac quan ham", "cap bac cao nhat")),
    Column("military_post", "Chức vụ trong quân đội", ("chuc vu khi xuat ngu", "chuc vu quan doi", "chuc vu cao nhat trong quan doi"), width=20),
    Column("military_unit", "Đơn vị trong quân đội", ("don vi khi xuat ngu", "don vi quan doi", "don vi cong tac trong quan doi"), width=24),
    Column("education", "Học vấn", ("trinh do hoc van", "van hoa", "trinh do van hoa")),
    Column("political_theory", "Lý luận chính trị", ("llct", "trinh do ly luan chinh tri", "ly luan", "trinh do llct")),
    Column("qualification", "Chuyên môn", ("trinh do chuyen mon", "chuyen mon nghiep vu", "trinh do chuyen mon nghiep vu"), width=20),
    Column("livelihood", "Mô hình kinh tế", ("nghe nghiep", "mo hinh lam kinh te"), width=20),
    Column("note", "Ghi chú", ("chu thich",), width=24),
    Column("cccd", "Số căn cước", (
        "cccd", "so cccd", "can cuoc", "can cuoc cong dan", "so can cuoc cong dan", "cmnd", "so cmnd", "cmnd cccd", "cccd cmnd", "so cmnd cccd",
        "so cccd cmnd", "so dinh danh", "so dinh danh ca nhan", "chung minh nhan dan", "so chung minh nhan dan"), private=True, width=15),
    Column("ethnicity", "Dân tộc", private=True, width=10),
    Column("religion", "Tôn giáo", private=True, width=10),
    Column("party", "Đảng viên", ("la dang vien",), private=True, width=10),
    Column("party_on", "Ngày vào Đảng", (
        "vao dang", "nam vao dang", "ngay vao dang csvn", "ngay thang nam vao dang", "thang nam vao dang", "ngay ket nap dang"), private=True, width=12),
)}
# Fields of Member that hold plain text, and those that hold a partial date.
TEXTS = (
    "card_number", "phone", "hometown", "address", "rank", "military_post", "military_unit", "education", "political_theory", "qualification",
    "livelihood", "note",
)
DATES = ("born", "admitted_on", "enlisted_on", "discharged_on")
LONGEST = {name: Member._meta.get_field(name).max_length for name in (*TEXTS, "name")}
PRIVATE_TEXTS = {"ethnicity": 40, "religion": 40}
AS_TEXT = {"cccd", "phone", "card_number"}  # written as text: Excel would take their first zero


def label_key(text):
    """A heading without case, marks and punctuation."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


KNOWN = {word: column.key for column in COLUMNS.values() for word in (label_key(column.label), *column.also)}
