"""Check that the tree of units and the spells of members agree with their own history."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError

from members.audit import audit
from members.scoping import all_units

SHOWN = 200


class Command(BaseCommand):
    help = "Kiểm tra cây đơn vị và quá trình sinh hoạt: mỗi hội viên ở đúng một đơn vị mỗi ngày. Có sai thì in từng dòng và thoát với mã 1."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, default=SHOWN, metavar="N", help=f"in nhiều nhất bao nhiêu dòng mỗi loại ({SHOWN})")

    def handle(self, *args, limit, **options):
        counted = Counter()
        with all_units("the audit looks at every unit"):
            for finding in audit():
                counted[finding.check] += 1
                if counted[finding.check] <= limit:
                    self.stdout.write(f"{finding.check}: {finding.words}")
        if counted:
            raise CommandError(f"{counted.total()} chỗ sai: {', '.join(f'{check} {n}' for check, n in counted.items())}.", returncode=1)
        self.stdout.write("Cây đơn vị và quá trình sinh hoạt khớp nhau, không có chỗ sai.")
