from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.errors import Refused
from audit.heads import Anew
from audit.sealed import tables
from audit.sealing import seal


class Command(BaseCommand):
    help = "封存只增不改的各表自上次以来的行，打印应另处保存的头（平时每晚自动）"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anew", action="store_true", help="重新封存：恢复备份之后，或改变表结构的升级之后")
        parser.add_argument("--after", type=int, default=0, help="与 --anew 同用：此号及以前的封存仍然有效")
        parser.add_argument("--table", action="append", default=[], help="与 --anew 同用：只重新封存此表，可多次给出")
        parser.add_argument("--reason", default="", help="与 --anew 同用：原因，永久记在封存文件中")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = seal(timezone.now(), anew=anew(options))
        except Refused as error:
            raise CommandError(error.message, returncode=1) from error
        except OSError as error:
            raise CommandError(f"封存文件写不下去：{error}", returncode=1) from error
        self.stdout.write(f"封存 {done.rows} 行，请另处保存：{done.words}")
        for table in done.left:
            self.stdout.write(f"{table.words}正被写入，留待下次")


def anew(options: dict[str, Any]) -> Anew | None:
    if not options["anew"]:
        if options["after"] or options["table"] or options["reason"]:
            raise CommandError("--after、--table、--reason 须与 --anew 同用", returncode=1)
        return None
    if not options["reason"].strip():
        raise CommandError("重新封存须写明 --reason 原因", returncode=1)
    if unknown := sorted(set(options["table"]) - tables().keys()):
        raise CommandError(f"没有这样的封存表：{'、'.join(unknown)}", returncode=1)
    return Anew(options["after"], options["reason"].strip(), options["table"])
