"""For the admin who lost the phone and the recovery codes, with no other admin to ask."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.factor_actions import reset_factors
from accounts.models import User
from audit.errors import Refused


class Command(BaseCommand):
    help = "移除一个人的全部双重验证（验证器、通行密钥、恢复码），写入登录记录"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("reason", help="原因")

    def handle(self, *args: Any, username: str, reason: str, **options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError("没有这个用户。")
        try:
            reset_factors(person, by=None, reason=reason)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write("已移除，可仅凭密码登录后重新添加。")
