"""The bell: what is new for a person, and how they want to be told."""

from datetime import time
from typing import Any

import pytest
from django.test import Client

from audit.errors import Refused
from audit.models import Event
from documents import actions, notices
from documents.models import Notice, NoticeSettings, OutboxRow
from documents.tasks import deliver
from orders.actions import approval, chain
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return Shop()


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rung(client: Client) -> int:
    return int(client.get("/bell/").json()["count"])


def delivered() -> None:
    for pk in OutboxRow.objects.filter(channel="notice", state="waiting").values_list("pk", flat=True):
        deliver(pk)


def test_the_bell_rings_for_the_next_step_until_it_was_looked_at(shop: Shop) -> None:
    client = client_of(shop.who["supervisor"])
    client.get("/notices/")
    assert rung(client) == 0
    shop.signed()
    assert rung(client) == 1
    assert "批准" in client.get("/notices/").content.decode()
    assert rung(client) == 0


def test_what_somebody_else_has_done_rings_no_more(shop: Shop) -> None:
    client = client_of(shop.who["marketing_director"])
    order = shop.signed()
    one, other = client_of(shop.who["supervisor"]), rung(client)
    assert rung(one) == 1
    approval.approve(order.revision, by=shop.who["supervisor"])
    assert (rung(one), rung(client)) == (0, other)


def test_a_notice_rings_until_it_is_read(shop: Shop) -> None:
    client = client_of(shop.who["sales"])
    client.get("/notices/")
    shop.approved()
    delivered()
    assert rung(client) == Notice.objects.filter(recipient=shop.who["sales"]).count() > 0
    client.post("/notices/read/")
    assert rung(client) == 0


def test_nothing_new_is_answered_without_a_body(shop: Shop) -> None:
    client = client_of(shop.who["sales"])
    first = client.get("/bell/")
    again = client.get("/bell/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    shop.approved()
    delivered()
    assert client.get("/bell/", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_bell_takes_few_statements_however_much_is_owed(shop: Shop, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        shop.submitted()
    client = client_of(shop.who["customer_service"])
    with django_assert_max_num_queries(6):
        assert rung(client) >= 3


# -- one's own settings


def held(shop: Shop) -> None:
    """Something the salesperson is told of, and owes nothing for."""
    order = shop.submitted()
    chain.hold(order, by=shop.who["customer_service"], reason="客户来电")
    delivered()


def choose(shop: Shop, how: str, at: time | None = None) -> None:
    user = shop.who["sales"]
    user.email = "sales@x.example"
    user.save()
    actions.choose_notices(None, by=user, choices={"held": how}, digest_at=at)


def test_who_chose_nothing_is_told_at_once(shop: Shop) -> None:
    held(shop)
    assert Notice.objects.get(recipient=shop.who["sales"], kind="held").read_at is None


def test_who_turned_a_kind_off_is_not_told_of_it(shop: Shop) -> None:
    choose(shop, "off")
    held(shop)
    assert not Notice.objects.filter(recipient=shop.who["sales"], kind="held").exists()


def test_who_wants_the_digest_is_not_rung_for_it(shop: Shop) -> None:
    choose(shop, "digest", time(8, 30))
    held(shop)
    notice = Notice.objects.get(recipient=shop.who["sales"], kind="held")
    assert notice.for_digest and notice.read_at


@pytest.mark.parametrize("kind", ["sent_back", "anomaly", "cannot_make"])
def test_what_is_ones_own_to_do_or_cannot_wait_is_not_turned_off(shop: Shop, kind: str) -> None:
    with pytest.raises(Refused, match="不能关闭"):
        actions.choose_notices(None, by=shop.who["sales"], choices={kind: "off"})
    # Not even by a row that is there all the same: a role that came later, say.
    NoticeSettings.objects.create(user=shop.who["sales"], choices={kind: "off"})
    people_of = type(shop.who["sales"]).objects.filter(pk=shop.who["sales"].pk)
    assert notices.hows(kind, people_of) == {shop.who["sales"].pk: "app"}


def test_a_digest_needs_a_time_and_an_address(shop: Shop) -> None:
    with pytest.raises(Refused, match="发送时间"):
        choose(shop, "digest")
    finance = shop.who["finance"]
    with pytest.raises(Refused, match="电子邮箱"):
        actions.choose_notices(None, by=finance, choices={}, digest_at=time(9))


def test_the_settings_page_offers_what_one_may_be_told_of_and_keeps_the_choice(shop: Shop) -> None:
    client = client_of(shop.who["production"])
    page = client.get("/notices/settings/")
    fields = page.context["form"].fields
    assert {"pushed", "held", "handed_over"} <= fields.keys() and "money_in" not in fields
    assert fields["handed_over"].disabled and not fields["held"].disabled
    data = {"held": "off", "pushed": "app", "handed_over": "off", "digest_at": ""}
    rest = {name: "app" for name in fields if name not in {*data, "key", "version"}}
    assert client.post("/notices/settings/", data | rest).status_code == 302
    mine = NoticeSettings.objects.get(user=shop.who["production"])
    assert mine.choices == {"held": "off"}
    assert Event.objects.get(action="choose_notices").by == shop.who["production"]


def test_ones_choice_changes_nothing_for_others(shop: Shop) -> None:
    choose(shop, "off")
    other = people.person("sales")
    assert notices.hows("held", type(other).objects.filter(pk=other.pk)) == {other.pk: "app"}
