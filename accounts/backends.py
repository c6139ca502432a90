"""Who is at the browser: the person and their roles, read anew at each request (B8), in one statement."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from accounts.models import User
from accounts.roles import ROLES
from audit.prepared import Prepared

KNOWN = Prepared(
    lambda pk: User.objects.filter(pk=pk).annotate(
        role_names=ArraySubquery(Group.objects.filter(user=OuterRef("pk")).order_by().values("name"))
    ),
    int,
)


class PeopleBackend(ModelBackend):
    """Django's own, with the roles at hand for `accounts.permissions.roles_of`."""

    def get_user(self, user_id: Any) -> User | None:
        found = KNOWN(int(user_id))
        if not found or not self.user_can_authenticate(found[0]):
            return None
        person = found[0]
        person.known_roles = frozenset(person.__dict__.pop("role_names")) & ROLES.keys()
        return person
