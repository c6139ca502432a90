from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.chain import broken_rows


class Command(BaseCommand):
    help = "核对操作记录的哈希链，指出被改动的行"

    def handle(self, *args: Any, **options: Any) -> None:
        rows = broken_rows()
        for event_id, kind, subject_id, seq in rows:
            self.stderr.write(f"操作记录 {event_id}（{kind} {subject_id} 第 {seq} 条）与哈希链不符")
        if rows:
            raise CommandError(f"{len(rows)} 条记录不符")
        self.stdout.write("操作记录完整")
