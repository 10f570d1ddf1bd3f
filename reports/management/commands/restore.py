"""``manage.py restore``: from a file of ``manage.py backup`` back to a working database."""

from django.core.management.base import BaseCommand, CommandError

from members.scoping import all_units
from members.vietnamese import format_number
from reports.backup import BackupRefused, restore_backup


class Command(BaseCommand):
    help = "Phục hồi từ một tệp sao lưu. Kiểm tra cả tệp trước khi thay đổi bất cứ thứ gì."
    requires_system_checks = []  # the database may be empty

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="TỆP.tar.gz")
        parser.add_argument("--force", action="store_true", help="thay cả cơ sở dữ liệu đã có dữ liệu; cái đang có được sao lưu trước")

    def handle(self, *, file, force, **options):
        try:
            with all_units("a backup holds every unit"):
                done = restore_backup(file, force=force)
        except BackupRefused as refused:
            raise CommandError(str(refused)) from refused
        say, manifest = self.stdout.write, done.manifest
        if done.saved:
            say(f"Cái đang có đã được sao lưu vào {done.saved}.")
        say(f"Đã phục hồi bản sao lưu lúc {manifest.made_at[:16].replace('T', ' ')} ({manifest.server}).")
        say(f"{len(manifest.tables)} bảng, {format_number(sum(manifest.tables.values()))} dòng, khớp với lúc lưu; {len(done.files)} tệp: {', '.join(done.files[:8]) or 'không có'}.")
        self._say_erasures(done)
        if done.older:
            say("Bản sao lưu của phiên bản cũ hơn: đã chuyển lên phiên bản này.")
        say("Khởi động lại máy chủ web và db_worker để dùng khóa và dữ liệu vừa phục hồi.")

    def _say_erasures(self, done):
        say = self.stdout.write
        if not done.erasures_known:
            say("Không biết sau lúc lưu có ai yêu cầu xóa dữ liệu cá nhân không (cơ sở dữ liệu trước đó trống, hoặc của phiên bản khác): xem sổ yêu cầu, có thì làm lại.")
        elif done.erased_again:
            say(f"Đã xóa lại dữ liệu cá nhân của {len(done.erased_again)} người, theo yêu cầu có sau lúc lưu: {', '.join(done.erased_again)}.")
        else:
            say("Sau lúc lưu không có yêu cầu xóa dữ liệu cá nhân nào.")
