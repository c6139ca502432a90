from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from documents.numbering import business_day
from orders import nightly


class Command(BaseCommand):
    help = "预交日顺延：补齐到指定日（默认昨日）为止的每一天；重复运行结果相同"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=date.fromisoformat, help="顺延到这一天为止，格式 2026-11-23")
        parser.add_argument("--dry-run", action="store_true", help="只计算，不写入")

    def handle(self, *args: Any, **options: Any) -> None:
        yesterday = business_day(timezone.now()) - timedelta(days=1)
        through = options["date"] or yesterday
        if through > yesterday:
            raise CommandError(f"{through} 尚未结束，最多只能顺延到 {yesterday}")
        report = nightly.run(through, dry_run=options["dry_run"])
        for order, error in report.bad:
            self.stderr.write(f"订单 id {order} 未能顺延：{error}")
        tried = "（试算，未写入）" if options["dry_run"] else ""
        self.stdout.write(f"截至 {through}：{report.orders} 张订单，共 {report.days} 天{tried}")
        if report.bad:
            raise CommandError(f"{len(report.bad)} 张订单未能顺延")
