"""``manage.py backup``: database, uploads and keys in one file."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from members.vietnamese import format_number
from reports.backup import BackupRefused, make_backup


class Command(BaseCommand):
    help = "Sao lưu cơ sở dữ liệu, tệp tải lên và khóa vào một tệp, kèm mã kiểm tra. Máy chủ vẫn chạy bình thường trong lúc ấy."

    def add_arguments(self, parser):
        parser.add_argument("--to", metavar="THƯ_MỤC", help="nơi ghi tệp (mặc định: backups trong thư mục dữ liệu CCB_VAR)")

    def handle(self, *, to, **options):
        if to is None:
            to = settings.VAR_DIR / "backups"
            to.mkdir(mode=0o700, exist_ok=True)
        try:
            path, manifest = make_backup(to)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        rows = sum(manifest.tables.values())
        self.stdout.write(f"Đã sao lưu vào {path} ({format_number(path.stat().st_size // 1024)} KB).")
        self.stdout.write(f"{manifest.server}: {len(manifest.tables)} bảng, {format_number(rows)} dòng; {len(manifest.parts) - 1} tệp.")
        if settings.PRODUCTION:
            self.stdout.write("Khóa SECRET_KEY nằm ở biến môi trường, không có trong tệp này: giữ riêng.")
        self.stdout.write("Tệp chứa dữ liệu cá nhân: chép sang máy khác, nơi chỉ người phụ trách mở được.")
