"""`manage.py make_faces`: cuts the papers' faces down to the characters in daily use; papers are then made faster."""

from typing import Any

from django.core.management.base import BaseCommand

from documents import faces


class Command(BaseCommand):
    help = "生成单据用的精简字体（没有也能出单据，只是慢一倍）"

    def handle(self, *args: Any, **options: Any) -> None:
        for path in faces.make():
            self.stdout.write(str(path))
