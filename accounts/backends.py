"""Who is at the browser: the person and their roles, read anew at each request (B8), in one statement."""

from functools import partial
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.http import HttpRequest

from accounts import guesses
from accounts.models import LONGEST_NAME, Authenticator, FactorRule, Passkey, SignIn, User
from accounts.roles import ROLES
from audit.prepared import Prepared

HELD = Group.objects.filter(user=OuterRef(OuterRef("pk"))).order_by().values("name")
LACKS_FACTOR = ExpressionWrapper(
    Q(Exists(FactorRule.objects.filter(role__in=HELD)))
    & ~Q(Exists(Authenticator.objects.filter(user=OuterRef("pk"))))
    & ~Q(Exists(Passkey.objects.filter(user=OuterRef("pk")))),
    BooleanField(),
)
KNOWN = Prepared(
    lambda pk: User.objects.filter(pk=pk).annotate(
        role_names=ArraySubquery(Group.objects.filter(user=OuterRef("pk")).order_by().values("name")),
        lacks_factor=LACKS_FACTOR,
    ),
    int,
)


class PeopleBackend(ModelBackend):
    """Django's own, with limits on guessing, and the roles at hand for `accounts.permissions.roles_of`."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **rest: Any
    ) -> User | None:
        """Raises `limits.TooMany`, which every log-in form shows as an error of its own."""
        if not username or password is None or len(username) > LONGEST_NAME or "\0" in username:
            return None
        ask = partial(super().authenticate, request, username=username, password=password, **rest)
        return guesses.judged(request, username, ask, SignIn.Kind.FAILED)

    def get_user(self, user_id: Any) -> User | None:
        found = KNOWN(int(user_id))
        if not found or not self.user_can_authenticate(found[0]):
            return None
        person = found[0]
        person.known_roles = frozenset(person.__dict__.pop("role_names")) & ROLES.keys()
        person.must_add_factor = person.__dict__.pop("lacks_factor")
        return person
