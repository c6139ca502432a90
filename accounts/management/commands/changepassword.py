"""Django's own, and it is kept who got a password this way; their log-ins are over."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from accounts.actions import note_given_password
from accounts.models import User


class Command(changepassword.Command):
    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> str | None:
        name = options["username"] or getpass.getuser()
        said = super().handle(*args, **{**options, "username": name})
        person = User.objects.get(username=name)
        note_given_password(person, by=None, reason="命令 changepassword")
        return said
