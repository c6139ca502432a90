"""`manage.py sweep_files`: removes files that no row names (a crash between file and row leaves them; B14)."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from documents import bundles, files, rendering
from documents.models import Attachment, BundleFile, Document, Letterhead


class Command(BaseCommand):
    help = "清理没有记录的文件"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--hours", type=float, default=24, help="只清理早于多少小时的文件，默认 24")
        parser.add_argument("--dry-run", action="store_true", help="只列出，不删除")

    def handle(self, *args: Any, **options: Any) -> None:
        # A file younger than this may belong to a transaction that is still open.
        before = time.time() - options["hours"] * 3600
        orphans = [path for room in files.ROOMS for path in orphans_in(room, before)]
        for path in orphans:
            self.stdout.write(str(path))
            if not options["dry_run"]:
                path.unlink(missing_ok=True)
        self.stdout.write(f"{'将清理' if options['dry_run'] else '已清理'} {len(orphans)} 个文件")


def orphans_in(room: files.Room, before: float) -> Iterator[Path]:
    named = names_in_use(room)
    for path in sorted((Path(settings.MEDIA_ROOT) / room).glob("*/*")):
        if path.name not in named and path.stat().st_mtime < before:
            yield path


def names_in_use(room: files.Room) -> set[str]:
    match room:
        case "renderings":
            shapes = rendering.SHAPES.values()
            return {name for shape in shapes for name in shape._default_manager.values_list("sha256", flat=True)}
        case "bundles":
            since = timezone.now() - bundles.KEPT
            return set(BundleFile.objects.filter(made_at__gte=since).values_list("stored", flat=True))
        case "attachments":
            return set(Attachment.objects.values_list("stored", flat=True))
        case "logos":
            frozen = Document.objects.values_list("letterhead__logo", flat=True).distinct()
            return {*Letterhead.objects.values_list("logo", flat=True), *frozen}
