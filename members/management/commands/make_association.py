"""``manage.py make_association``: an invented association of any size."""

import time
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ccb import clock
from members.models import Unit
from members.sample.build import make_association
from members.scoping import all_units
from members.vietnamese import format_number

SMALLEST = 30  # three communes of ten people


class Command(BaseCommand):
    help = "Lập một hội minh họa cỡ bất kỳ, với lịch sử nhiều năm, để thử và đo. Không người nào trong đó có thật."

    def add_arguments(self, parser):
        parser.add_argument("--members", type=int, required=True, metavar="N", help="số hội viên hôm nay; trên 300.000 thì gồm nhiều tỉnh")
        parser.add_argument("--years", type=int, default=5, metavar="Y", help="số năm có biến động (mặc định 5)")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="cùng số này thì ra cùng một hội")
        parser.add_argument("--today", type=date.fromisoformat, metavar="YYYY-MM-DD", help="ngày cuối của lịch sử (mặc định hôm nay)")
        parser.add_argument("--users", type=int, default=3, metavar="K", help="số cơ sở có tài khoản, ở mỗi tỉnh (mặc định 3)")
        parser.add_argument("--password", help="mật khẩu chung của các tài khoản; không ghi thì chưa ai đăng nhập được")
        parser.add_argument("--history", action="store_true", help="ghi cả lịch sử thay đổi của từng dòng (chậm hơn)")
        parser.add_argument("--force", action="store_true", help="làm cả khi cơ sở dữ liệu đã có đơn vị; mã đơn vị mới bắt đầu bằng M và --seed")

    def handle(self, *, members, years, seed, today, force, **options):
        if settings.PRODUCTION:
            raise CommandError("Hội minh họa không lập ở nơi chạy chính thức (CCB_PRODUCTION=1): nó sẽ lẫn vào sổ thật.")
        if members < SMALLEST or not 1 <= years <= 30:
            raise CommandError(f"--members từ {SMALLEST} trở lên, --years từ 1 đến 30.")
        began = time.monotonic()
        with all_units("an invented association is written"):
            prefix = self._prefix(force, seed)
            made = make_association(
                members=members, years=years, seed=seed, today=today or clock.today(), prefix=prefix,
                users=options["users"], password=options["password"], history=options["history"],
            )
        self._report(made, time.monotonic() - began)

    @staticmethod
    def _prefix(force, seed):
        if not Unit.objects.exists():
            return ""
        if not force:
            raise CommandError(
                "Cơ sở dữ liệu này đã có đơn vị; chưa ghi gì. Dùng một cơ sở dữ liệu trống (DATABASE_URL), hoặc thêm --force nếu chắc chắn.")
        prefix = f"M{seed}-"
        if Unit.objects.filter(code__startswith=prefix).exists():
            raise CommandError(f"Đã có hội minh họa mang mã {prefix}…; chưa ghi gì. Chọn --seed khác.")
        return prefix

    def _report(self, made, seconds):
        for model, count in sorted(made.counts.items(), key=lambda item: -item[1]):
            self.stdout.write(f"{format_number(count):>10} {model._meta.verbose_name}")
        self.stdout.write(f"{format_number(sum(made.counts.values())):>10} dòng, {seconds:.0f} giây")
        for name, role, unit in made.users:
            self.stdout.write(f"Tài khoản {name}: {role}, {unit}")
