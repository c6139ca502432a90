"""What customers owe: by part, by age, to the cent; 100,000 cases of the money equations (R27, R28)."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.money import cents
from documents.numbering import business_day
from finance import clearing, exposure, receivables
from finance.actions import clearance
from finance.queries import split_deposit
from finance.receivables import BUCKETS, Left, Sent, Terms, bucket, parts_of, unpaid, worths
from flow.models import Owed
from flow.owed import differences
from orders.models import Revision, Shipment
from orders.shares import percent_of, worth
from shipping.actions import dispatching, noticing
from tests import people
from tests.finance.desk import on_credit, receive
from tests.shop import Shop, today

DAY = timedelta(days=1)
CASES = 100_000


def money(rng: Random, most: int = 10_000_000) -> Decimal:
    return Decimal(rng.randrange(most)) / 100


def staged(rng: Random, share: Decimal) -> list[tuple[str, Decimal, int]]:
    """Stages after shipping that make up what `share` leaves."""
    cut = Decimal(rng.randrange(int(100 - share) + 1))
    return [(kind, part, 30) for kind, part in (("arrival", cut), ("monthly", 100 - share - cut)) if part]


def test_the_money_equations_hold_in_a_hundred_thousand_cases() -> None:
    """Lines add up to the total, deposit + balance = total, what is open is billed − paid, every age adds up, the
    deposit held back never exceeds what came in, and once what is asked for came in the goods clear."""
    rng, start = Random(64), date(2026, 1, 1)  # noqa: S311
    for _ in range(CASES):
        terms: Any = {line: SimpleNamespace(price=money(rng, 100_000) / 100) for line in range(rng.randrange(1, 4))}
        shipments = [
            Sent(
                start + rng.randrange(90) * DAY,
                rng.choice([None, start + 95 * DAY]),
                {line: Decimal(rng.randrange(1, 10_000)) / 1000 for line in terms},
            )
            for _ in range(rng.randrange(1, 4))
        ]
        shipped = worths(terms, shipments)
        out = {line: sum((sent.carried[line] for sent in shipments), Decimal(0)) for line in terms}
        billed = worth(terms, out)
        assert sum(left.worth for left in shipped) == billed == sum(cents(terms[n].price * q) for n, q in out.items())
        share, paid = Decimal(rng.randrange(101)), money(rng, 500_000)
        parts = parts_of(
            shipped, billed, rng.choice([Terms(share), Terms(share, 30), Terms(share, 60, staged(rng, share))])
        )
        assert sum(part.amount for part in parts) == billed and all(part.amount > 0 for part in parts)
        open_ = unpaid(parts, paid)
        assert sum(left for _, left in open_) == max(billed - paid, 0)
        ages = [Decimal(0)] * len(BUCKETS)
        for part, left in open_:
            assert 0 < left <= part.amount
            ages[bucket(part.due_on, start + 100 * DAY)] += left
        assert sum(ages) == max(billed - paid, 0)
        due = percent_of(share, billed)
        order: Any = SimpleNamespace(
            revision=SimpleNamespace(
                deposit_due=due,
                total=billed,
                deposit_pro_rata=rng.random() < 0.5,
                share_before_shipping=Decimal(rng.randrange(101)),
            ),
            received=paid,
        )
        split = split_deposit(order)
        assert split.earnest + split.prepaid + (billed - due) == billed and split.earnest <= percent_of(
            Decimal(20), billed
        )
        goods, is_last = min(billed, money(rng)), rng.random() < 0.3
        assert 0 <= clearing.held_back(order, goods, paid, is_last=is_last) <= paid
        asked = clearing.missing(order, goods, paid, is_last=is_last)
        assert asked >= 0 and clearing.missing(order, goods, paid + asked, is_last=is_last) == 0


@pytest.mark.parametrize(
    ("late", "age"), [(-3, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)]
)
def test_a_part_is_as_old_as_the_days_since_it_was_due(late: int, age: int) -> None:
    assert bucket(today() - late * DAY, today()) == age


def test_what_came_back_is_owed_no_more_and_money_pays_what_fell_due_first() -> None:
    shipped = [Left(date(2026, 1, 1), Decimal(100)), Left(date(2026, 2, 1), Decimal(100))]
    parts = parts_of(shipped, Decimal(150), Terms(Decimal(40), 30))
    assert [(part.stage, part.amount) for part in parts] == [("提货前", 40), ("余款", 60), ("提货前", 20), ("余款", 30)]
    [(first, left), *_] = unpaid(parts, Decimal(50))
    assert (first.stage, first.due_on, left) == ("余款", date(2026, 1, 31), 50)
    assert parts_of(shipped, Decimal(80), Terms(Decimal(0)))[0].amount == 80


def test_stages_after_shipping_are_due_from_arrival_and_from_the_months_end() -> None:
    stages = [("before", Decimal(40), 0), ("arrival", Decimal(30), 15), ("monthly", Decimal(30), 60)]
    shipped = [Left(date(2026, 2, 10), Decimal("99.99"), date(2026, 2, 14))]
    parts = parts_of(shipped, Decimal("99.99"), Terms(Decimal(40), 60, stages))
    assert [(part.stage, part.amount, part.due_on) for part in parts] == [
        ("提货前", Decimal("40.00"), date(2026, 2, 10)),
        ("货到后", Decimal("30.00"), date(2026, 3, 1)),
        ("月结", Decimal("29.99"), date(2026, 4, 29)),
    ]


@pytest.mark.django_db
def test_goods_that_left_unpaid_by_special_release_are_due_on_the_day_it_names_and_owed_till_paid() -> None:
    shop, pay_by = on_credit(share="100", days=None), today() + 20 * DAY
    order = shop.passed()
    shipment = shop.shipment(order)
    for role, sign in (
        ("marketing_director", clearance.special_release_md),
        ("finance", clearance.special_release_fin),
    ):
        sign(shipment, by=shop.who[role], pay_by=pay_by, text="老客户，月底付")
    dispatched_as_it_is(shop, shipment)
    [row] = receivables.owing(shop.who["finance"], shop.customer)
    assert (row.part.stage, row.part.due_on, row.open) == ("提货前", pay_by, 1000)
    owed = Owed.objects.open().filter(order=order, what="special_paid")
    assert {(one.role, business_day(one.due)) for one in owed if one.due} == {("sales", pay_by), ("finance", pay_by)}
    shop.pay_rest(order)
    assert not owed.all() and not list(differences())


def dispatched_as_it_is(shop: Shop, shipment: Shipment) -> None:
    noticing.check_shipment(shipment, by=shop.who["customer_service"])
    noticing.issue_notice(shipment, by=shop.who["customer_service"])
    soon = timezone.now() + DAY
    dispatching.dispatch(shipment, by=shop.who["warehouse"], carrier="德邦", expected_at=soon, check_at=soon)


@pytest.mark.django_db
def test_the_deposits_and_money_that_the_database_adds_up_are_those_of_the_orders_one_by_one() -> None:
    """Approved at three in the morning, when elsewhere it is the day before: the day is ours."""
    shop = Shop()
    orders = [shop.approved(), shop.approved()]
    for order, hours in zip(orders, (0, 24 * 40), strict=True):
        at = timezone.localtime().replace(hour=3) - timedelta(hours=hours)
        Revision.objects.filter(pk=order.revision_id).update(approved_at=at)
    receive(shop, "12.50")
    user, ages = shop.who["finance"], [Decimal(0)] * len(BUCKETS)
    rows = receivables.owing(user)
    for row in rows:
        ages[bucket(row.part.due_on, today())] += row.open
    [account] = receivables.accounts(user, today())
    assert len(rows) == 2 and ages[0] > 0 < ages[2]
    assert account.ages == ages and account.deposits == sum(ages) and account.unallocated == Decimal("12.50")


@pytest.mark.django_db
def test_an_account_shows_each_age_and_agrees_with_exposure_and_hides_what_is_not_theirs() -> None:
    shop = on_credit(days=30)
    order = shop.passed()
    shipment = shop.dispatched(shop.shipment(order))
    user = shop.who["finance"]
    [account] = receivables.accounts(user, today())
    assert account.ages == [1000, 0, 0, 0, 0] and account.total == exposure.of_customer(shop.customer.pk)
    Shipment.objects.filter(pk=shipment.pk).update(dispatched_at=timezone.now() - timedelta(days=75))
    shop.pay(order, Decimal("400"))
    receive(shop, "50")
    [account] = receivables.accounts(user, today())
    assert (account.ages, account.unallocated) == ([0, 0, Decimal(600), 0, 0], 50)
    client = Client()
    client.force_login(user)
    page = client.get(reverse("finance:receivable", args=[shop.customer.code])).content.decode()
    assert "45 天" in page and order.number in page and "600.00" in page
    export = client.get(reverse("finance:receivables_export"))
    assert "600.00" in export.content.decode("utf-8-sig") and export["Content-Disposition"].startswith("attachment")
    stranger = people.person("sales")
    client.force_login(stranger)
    assert receivables.accounts(stranger, today()) == []
    assert client.get(reverse("finance:receivable", args=[shop.customer.code])).status_code == 404


@pytest.mark.django_db
def test_the_page_reads_as_much_for_five_customers_as_for_one() -> None:
    counts = []
    client = Client()
    for many in (1, 4):
        for _ in range(many):
            shop = Shop()
            shop.approved()
            receive(shop, "5")
        client.force_login(people.person("finance"))
        client.get(reverse("finance:receivables"))  # what is read once for all pages
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("finance:receivables"))
        counts.append(len(seen))
        assert page.status_code == 200
    assert counts[0] == counts[1]
