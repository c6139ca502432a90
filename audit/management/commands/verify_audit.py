from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.verifying import verify


class Command(BaseCommand):
    help = "核对封存过的行与操作记录的哈希链，指出被改动、删除或插入的行；有不符时以 1 退出"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="只核对最近若干天封存的行")
        parser.add_argument("--head", default="", help="另处保存的头（64 位十六进制），核对它在封存文件之中")

    def handle(self, *args: Any, **options: Any) -> None:
        since = timezone.now() - timedelta(days=options["days"]) if options["days"] is not None else None
        report = verify(since=since, head=options["head"])
        for words in report.notes:
            self.stdout.write(words)
        for words in report.faults:
            self.stderr.write(words)
        if report.faults:
            raise CommandError(f"{len(report.faults)} 处不符", returncode=1)
        self.stdout.write("操作记录完整")
