"""`manage.py verify_documents`: reads every kept file again and compares it with the hash its row names."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from documents import bundles, files, rendering
from documents.models import Attachment, BundleFile, Letterhead

BLOCK = 500


class Command(BaseCommand):
    help = "逐一核对单据、附件、标志与导出文件的哈希；有缺失或改动时列出并以 1 退出"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=int, default=0, help="只核对编号大于此数的单据，供分次核对")

    def handle(self, *args: Any, **options: Any) -> None:
        checked, wrong = 0, 0
        for what, room, name, sha256 in kept_files(options["since"]):
            checked += 1
            if fault := fault_of(room, name, sha256):
                wrong += 1
                self.stdout.write(f"{fault}\t{what}\t{room}/{name[:2]}/{name}")
        self.stdout.write(f"核对 {checked} 个文件，{wrong} 个有问题")
        if wrong:
            raise CommandError(f"{wrong} 个文件缺失或被改动，请从备份恢复。", returncode=1)


def fault_of(room: files.Room, name: str, sha256: str) -> str:
    try:
        files.read(room, name, sha256)
    except files.Damaged:
        return "被改动" if files.path_of(room, name).is_file() else "缺失"
    return ""


def kept_files(since: int) -> Iterator[tuple[str, files.Room, str, str]]:
    """(what, room, name, sha256) of every file that a row names."""
    for model in rendering.SHAPES.values():
        rows = model._default_manager.filter(document__gt=since).select_related("document").order_by("document_id")
        rows = rows.only("sha256", "document__title", "document__number", "document__version")
        for row in rows.iterator(BLOCK):
            yield str(row.document), "renderings", row.sha256, row.sha256
    for attachment in Attachment.objects.order_by("pk").iterator(BLOCK):
        yield f"附件 {attachment.name}", "attachments", attachment.stored, attachment.sha256
    for logo in Letterhead.objects.exclude(logo="").values_list("logo", flat=True):
        yield "标志", "logos", logo, logo
    kept = BundleFile.objects.filter(made_at__gte=timezone.now() - bundles.KEPT).select_related("bundle")
    for file in kept.order_by("pk").iterator(BLOCK):
        yield str(file.bundle), "bundles", file.stored, file.sha256
