from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import books


class Command(BaseCommand):
    help = "由台账重算订单、订单行、收款等处的合计，并与历史逐行核对；指出不符的每一行，有不符时以 1 退出"

    def handle(self, *args: Any, **options: Any) -> None:
        faults = list(books.faults())
        for words in faults:
            self.stderr.write(words)
        if faults:
            raise CommandError(f"{len(faults)} 处不符", returncode=1)
        self.stdout.write("账目相符")
