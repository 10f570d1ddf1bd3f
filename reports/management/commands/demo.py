"""``manage.py demo``: loads the demo association and prints its accounts and reports."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from members.scoping import all_units
from reports.demo import PASSWORD, build, read
from reports.structure import dates_of


class Command(BaseCommand):
    help = "Nạp hội mẫu để dùng thử: năm tài liệu thật, một tỉnh minh họa, mỗi vai trò một tài khoản. Chạy lại không hại gì."

    def handle(self, *args, **options):
        if settings.PRODUCTION:
            raise CommandError(
                "Hội mẫu chỉ để dùng thử, mật khẩu của nó ai cũng biết. Không nạp được khi CCB_PRODUCTION=1."
            )
        with all_units("the demo association is loaded"):
            loaded = build.load()
            self.stdout.write(self._made(loaded.made))
            self._table("Tài khoản dùng thử", ["Tài khoản", "Vai trò", "Đơn vị", "Mật khẩu"], self._accounts(loaded.users))
            self._table("Báo cáo của hội mẫu", ["Mã", "Từ ngày", "Đến ngày", "Tên"], self._reports(loaded))

    @staticmethod
    def _made(made):
        if not made:
            return "Hội mẫu đã có đủ, không thay đổi gì."
        return "Đã thêm vào hội mẫu: " + ", ".join(f"{count} {name}" for name, count in made.items()) + "."

    @staticmethod
    def _accounts(users):
        """A row for each role; a password that the user has changed is not known any more."""
        for user in filter(None, users.values()):
            password = PASSWORD if user.check_password(PASSWORD) else "(đã đổi)"
            for role in user.roles_today:
                yield user.username, role.get_role_display(), f"{role.unit} ({role.unit.code})", password

    @staticmethod
    def _reports(loaded):
        for row in read("reports.json"):
            unit, period = loaded.units[row["unit"]], loaded.periods[row["period"]]
            first, last = dates_of(unit, period)
            yield unit.code, first.isoformat(), last.isoformat(), row["title"]

    def _table(self, title, heads, rows):
        """Columns two spaces apart, so that a line is easily read by eye and by program."""
        rows = [heads, *map(list, rows)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
        self.stdout.write(f"\n{title}")
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
