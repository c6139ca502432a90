from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from documents import tables
from orders.importing import template
from orders.importing.orders import import_rows
from orders.importing.template import workbook


class Command(BaseCommand):
    help = "从 .xlsx 或 .csv 导入订单（草稿）；逐单全有或全无，重复运行不会重复导入"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", help="以谁的名义导入（用户名）；不填为系统")
        parser.add_argument("--submit", action="store_true", help="导入后提交审批（须指定 --user）")
        parser.add_argument("--template", action="store_true", help="不导入，把空白模板写到该文件")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if options["template"]:
            path.write_bytes(workbook())
            return
        by = User.objects.filter(username=options["user"]).first() if options["user"] else None
        if options["user"] and by is None:
            raise CommandError(f"没有用户 {options['user']}")
        if options["submit"] and by is None:
            raise CommandError("提交审批须用 --user 指定提交人")
        try:
            rows = tables.read(path.name, path.read_bytes(), template.COLUMNS)
        except (tables.Unreadable, OSError) as error:
            raise CommandError(str(error)) from error
        report = import_rows(rows, by=by, submit=options["submit"])
        for each in report.as_json()["refused"]:
            self.stderr.write(f"第 {each['row']} 行 {each['reference']}：{each['reason']}")
        self.stdout.write(
            f"新建 {len(report.created)} 张，此前已导入 {len(report.repeated)} 张，退回 {len(report.refused)} 行"
        )
