from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.models import OutboxRow
from flow.owed import differences


class Command(BaseCommand):
    help = "核对待办与各道关卡是否一致"

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = OutboxRow.objects.filter(channel="owed_reread").exclude(state=OutboxRow.State.DONE).count()
        if waiting:
            raise CommandError(f"还有 {waiting} 项重读排队中，请稍后再核对")
        found = list(differences())
        for what, debt in found:
            words = "缺少" if what == "missing" else "多余"
            self.stderr.write(f"{words}待办：{debt.kind} {debt.subject_id} {debt.what} {debt.role or debt.person_id}")
        if found:
            raise CommandError(f"{len(found)} 处不一致")
        self.stdout.write("待办与关卡一致")
