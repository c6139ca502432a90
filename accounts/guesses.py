"""Passwords are guessed at here or nowhere: the log-in, the admin site and the old password all pass the same limits.

Who has logged in on a device before has a budget of their own there, so that nobody can lock anybody out of it, and
who stole its cookie still guesses slowly. Anywhere else the name from that address, the name from everywhere and the
address each have theirs. A guess is counted before the password is hashed; see `accounts.limits`.
"""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts import devices, limits, signins
from accounts.addresses import network_of
from accounts.models import User

Kind = signins.Kind


def keys_of(request: HttpRequest | None, name: str) -> list[str]:
    """Whose tries a guess at the password of `name` counts among."""
    device = devices.device_of(request) if request else ""
    person = User.objects.filter(username=name).first() if device else None
    if person and devices.is_known(person, device):
        return [f"device:{person.pk}:{device}"]
    network = network_of(request) if request else ""
    digest = digest_of(name)
    from_there = [f"pair:{digest}:{network}", f"address:{network}"] if network else []
    return [f"name:{digest}", *from_there]


def digest_of(name: str) -> str:
    """The name itself is not kept: it may be a password typed in the wrong box."""
    return salted_hmac("accounts.guesses", name.casefold()).hexdigest()[:32]


def judged(request: HttpRequest | None, name: str, guess: Callable[[], User | None], kind: Kind) -> User | None:
    """What `guess()` finds, counted if it finds nobody; `kind` is what is then recorded. Raises TooMany unasked."""
    keys = keys_of(request, name)
    waits = limits.take(*keys)
    if found := guess():
        limits.give_back(*keys)
        # Who knows the password is not the one who guessed at it from there.
        limits.clear(*(key for key in keys if key.startswith(("device:", "pair:"))))
        return found
    person = User.objects.filter(username=name).first()
    signins.record(kind, person, request, name=name)
    if waits:
        note_wait(request, person, name, waits)
    return None


def is_own(request: HttpRequest, person: User, password: str) -> bool:
    """Whether this is the password of a person who is in already. Raises TooMany."""
    found = judged(
        request, person.username, lambda: person if person.check_password(password) else None, Kind.PASSWORD_FAILED
    )
    return found is not None


def note_wait(request: HttpRequest | None, person: User | None, name: str, waits: dict[str, timedelta]) -> None:
    """Kept for the admins, and on the request for the page that answers."""
    longest = max(waits.values())
    what = "、".join(limits.LIMITS[key.partition(":")[0]].label for key in waits)
    signins.record(Kind.LIMITED, person, request, name=name, note=f"{what}，须等候{limits.in_words(longest)}")
    if request is not None:
        request.must_wait = longest  # type: ignore[attr-defined]


def free(person: User) -> None:
    """Nobody waits for this person's password any longer."""
    digest = digest_of(person.username)
    limits.clear(f"device:{person.pk}:", f"pair:{digest}:", f"name:{digest}")
