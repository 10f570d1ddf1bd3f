"""Words that invented people and places are named with, the frequent ones first."""

FAMILY = {
    "Nguyễn": 38, "Trần": 11, "Lê": 10, "Phạm": 7, "Hoàng": 5, "Huỳnh": 3, "Phan": 4, "Vũ": 4, "Võ": 3, "Đặng": 3,
    "Bùi": 3, "Đỗ": 2, "Hồ": 2, "Ngô": 2, "Dương": 2, "Lý": 1, "Đinh": 1, "Mai": 1, "Trịnh": 1, "Đào": 1, "Hà": 1,
    "Tạ": 1, "Lương": 1, "Cao": 1, "Đoàn": 1, "Lưu": 1, "Chu": 1, "Quách": 1, "Ưng": 1,
}
MIDDLE_MALE = {
    "Văn": 40, "Đình": 7, "Xuân": 6, "Hữu": 6, "Quang": 6, "Đức": 6, "Minh": 4, "Ngọc": 4, "Công": 4, "Bá": 3, "Duy": 3,
    "Thanh": 3, "Trọng": 3, "Viết": 2, "Sỹ": 2, "Khắc": 2, "Tiến": 2, "Thế": 2, "Quốc": 2, "Huy": 1,
}
MIDDLE_FEMALE = {"Thị": 70, "Thị Thanh": 6, "Thị Kim": 5, "Thị Ngọc": 5, "Thị Minh": 4, "Kim": 3, "Thúy": 2, "Ngọc": 2}
GIVEN_MALE = (
    "Hùng Dũng Sơn Hải Bình Thắng Tuấn Cường Minh Hòa Long Thành Tâm Lâm Quang Hà Đức Tùng Phong Khánh Vinh Hiếu Tiến Thanh "
    "Nam Hưng Trung Chiến Quyết Thuận Phú Lộc Thọ An Khang Ninh Toàn Nghĩa Nhân Lễ Trí Tín Bảo Kiên Cương Quân Điền Giang "
    "Hạnh Ích Khoa Lợi Mạnh Ngọc Oanh Phúc Quý Sáng Tài Uyên Việt Xuân Yên Đạt Đông Đồng Ước Ứng Tỵ Thìn Mão Dần Sửu Tý Ngọ"
).split()
GIVEN_FEMALE = (
    "Hoa Lan Hương Hồng Huệ Mai Nga Thủy Hà Hằng Hạnh Liên Loan Lý Minh Ngân Nhung Oanh Phượng Quế Sen Tâm Thanh Thảo Thơm "
    "Thu Thúy Tuyết Vân Xuân Yến Bình Cúc Dung Duyên Hiền Hòa Hoài Lụa Mận Nhạn Thắm Thoa Tơ"
).split()

VILLAGES = (
    "Đông|Đoài|Thượng|Hạ|Trung|Tiền Phong|Tân Lập|Tân Tiến|Đoàn Kết|Hòa Bình|Quyết Thắng|Thống Nhất|Yên Phú|Yên Bình|Phú Thọ|"
    "Phú Lộc|Xuân Hòa|Xuân Phong|Đồng Tâm|Đại Đồng|Bình Minh|Cầu Đá|Bến Đò|Gò Mít|Cây Đa|Ao Sen|Đình Làng|Giếng Ngọc|Núi Bút|Trại Mới"
).split("|")
OLD_COMMUNES = (
    "Tân Lập|Đại Thắng|Minh Khai|Quang Trung|Hồng Phong|Thanh Bình|An Khánh|Phú Xuân|Đông Sơn|Tây Hồ|Nam Thắng|Bắc Sơn|"
    "Yên Thịnh|Vĩnh Lộc|Hợp Tiến|Trường Sơn|Liên Minh|Cẩm Giang|Hải Hòa|Sơn Đông|Long Châu|Thạch Bàn|Kim Sơn|Lộc An"
).split("|")
OFFICES = [
    ("co_quan", "Sở Nội vụ"), ("co_quan", "Sở Y tế"), ("co_quan", "Sở Tài chính"), ("doanh_nghiep", "Công ty Điện lực"),
    ("truong", "Trường Chính trị tỉnh"), ("co_quan", "Sở Xây dựng"), ("co_quan", "Ngân hàng Chính sách xã hội tỉnh"),
    ("doanh_nghiep", "Công ty Cấp nước"), ("truong", "Trường Cao đẳng Nghề"), ("co_quan", "Viện kiểm sát nhân dân tỉnh"),
]

RANKS = [
    (4, ["Binh nhất", "Hạ sĩ", "Trung sĩ", "Thượng sĩ"]),
    (9, ["Thượng sĩ", "Thiếu úy", "Trung úy", "Chuẩn úy"]),
    (18, ["Trung úy", "Thượng úy", "Đại úy"]),
    (99, ["Đại úy", "Thiếu tá", "Trung tá", "Thượng tá", "Đại tá"]),
]
MILITARY_POSTS = "Chiến sĩ|Tiểu đội trưởng|Trung đội trưởng|Y tá|Lái xe|Đại đội phó|Đại đội trưởng|Trợ lý hậu cần|Chính trị viên".split("|")
MILITARY_UNITS = (
    "Sư đoàn 308|Sư đoàn 312|Sư đoàn 320|Sư đoàn 324|Sư đoàn 325|Sư đoàn 341|Quân khu 4|Quân khu 5|Quân đoàn 1|Quân đoàn 3|"
    "Đoàn 559|Bộ đội Biên phòng|Sư đoàn 5|Sư đoàn 9|Mặt trận 479|Trung đoàn 27|Lữ đoàn 171 Hải quân|Bộ Chỉ huy quân sự tỉnh"
).split("|")
EDUCATION = {"7/10": 18, "10/10": 32, "12/12": 42, "5/10": 8}
THEORY = {"": 55, "Sơ cấp": 27, "Trung cấp": 15, "Cao cấp": 3}
QUALIFICATION = {"": 62, "Trung cấp": 18, "Cao đẳng": 6, "Đại học": 12, "Thạc sĩ": 2}
LIVELIHOODS = {"": 82, "Trồng lúa, chăn nuôi": 8, "Vườn, ao, chuồng": 4, "Trang trại": 2, "Doanh nghiệp nhỏ": 1, "Dịch vụ": 3}
ETHNICITIES = {"Kinh": 86, "Mường": 4, "Thái": 3, "Tày": 3, "Nùng": 2, "Khmer": 1, "Dao": 1}
RELIGIONS = {"Không": 82, "Phật giáo": 9, "Công giáo": 8, "Cao Đài": 1}
ORDERS = [
    ("huan_chuong", "Huân chương Kháng chiến hạng Ba"), ("huan_chuong", "Huân chương Chiến công hạng Ba"),
    ("huy_chuong", "Huy chương Kháng chiến hạng Nhất"), ("huy_chuong", "Huy chương Chiến sĩ vẻ vang"),
]
