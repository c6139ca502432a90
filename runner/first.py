"""The demo company, begun the first time: `python -m runner.first [--again]`, inside the program's environment.

Its people, products and customers come before the web opens; its orders come in beside it (`manage.py demo`). Leaves
the names of its log-ins in `demo-users` beside the data, for the supervisor to print.
"""

import os
import sys
from pathlib import Path


def load(words: list[str]) -> None:
    from django.contrib.auth import get_user_model
    from django.core.management import call_command, get_commands

    from home.demo.loading import unfinished

    if "demo" not in get_commands():
        return
    if "--again" in words:
        call_command("demo", *words)
    elif unfinished() or not get_user_model().objects.exists():
        call_command("demo", "--founding", *words)
    note_users()


def note_users() -> None:
    """Those who are named after their role are the demo's; their password is made what DEMO_PASSWORD says."""
    from django.conf import settings
    from django.contrib.auth import get_user_model

    from accounts.roles import ROLES

    people = list(get_user_model().objects.filter(username__in=list(ROLES)))
    for person in people:
        if not person.check_password(os.environ["DEMO_PASSWORD"]):
            person.set_password(os.environ["DEMO_PASSWORD"])
            # It is printed at each start, for everybody who tries the house out.
            person.must_change_password = False
            person.save(update_fields=["password", "must_change_password"])
    if people:
        names = {person.username for person in people}
        (Path(settings.DATA_DIR) / "demo-users").write_text(" ".join(code for code in ROLES if code in names) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    load(sys.argv[1:])
