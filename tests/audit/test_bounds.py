"""What no column holds and nothing prints is refused by the frame in words, whichever page forgot to look."""

from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from audit.errors import Refused
from audit.frame import Act, action
from audit.models import Event
from documents.actions import choose_notices
from tests import people
from tests.races import at_once, of_kind


@action("change_holiday", versioned=False)
def name_somebody(act: Act, person: User, *, name: str, rows: list[dict[str, str]] | None = None) -> User:
    """An action that forgets to look at what it is given."""
    User.objects.filter(pk=person.pk).update(name=name)
    act.record(person)
    return person


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a\x00b", "a\x0bb", "a\x1fb", "a\ud800b", "a\uffffb"])
def test_what_nothing_prints_is_refused_beside_its_field(name: str) -> None:
    admin = people.person("admin", name="管理员")
    with pytest.raises(Refused, match="「a」之后有看不见的控制字符") as refused:
        name_somebody(admin, by=admin, name=name)
    assert refused.value.field == "name"


@pytest.mark.django_db
def test_a_row_is_looked_into_too_and_ends_of_lines_are_no_fault() -> None:
    admin = people.person("admin")
    with pytest.raises(Refused) as refused:
        name_somebody(admin, by=admin, name="王", rows=[{"remark": "好"}, {"remark": "\x08"}])
    assert refused.value.field == "rows"
    assert name_somebody(admin, by=admin, name="王\r\n\t李").pk == admin.pk


@pytest.mark.django_db
def test_what_is_too_long_for_its_column_is_refused_and_told_to_the_log(caplog: Any) -> None:
    admin = people.person("admin", name="管理员")
    with transaction.atomic(), pytest.raises(Refused, match="太长"):
        name_somebody(admin, by=admin, name="王" * 500)
    assert "no column holds" in caplog.text
    assert not connection.needs_rollback
    assert (User.objects.get(pk=admin.pk).name, Event.objects.count()) == ("管理员", 0)


@pytest.mark.django_db(transaction=True)
def test_who_comes_second_to_a_chain_without_its_lock_begins_anew() -> None:
    clerk = people.person("sales")
    outcomes = at_once(3, lambda _: choose_notices(None, by=clerk, choices={}, digest_at=None))
    assert of_kind(outcomes, Exception) == []
