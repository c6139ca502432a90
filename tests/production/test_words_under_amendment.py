"""An amendment has words of its own: those that the terms in force stand on go on as they are (B30)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from catalog.materials import Use, change_needs
from documents.models import Document
from flow.owed import differences
from orders import queries, story
from orders.actions import amendment, approval, chain
from orders.models import Order, Revision, Signed, SignOff, Status
from production import cards, daily, delayed, papers
from production.actions import signing
from production.actions.promising import outdate_statements
from production.actions.scheduling import replan_work
from production.scheduling import board
from tests.orders.test_amendment import propose, submit
from tests.production.test_cards import in_force as card_in_force
from tests.production.test_scheduling import STEPS, Plant
from tests.production.works import Works, newest, owes
from tests.production.works import paper as formula
from tests.shop import today
from tests.stock.test_materials import lot
from tests.stock.test_materials import paper as raw_paper

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def later(works: Works, order: Order) -> Revision:
    """An amendment to a later date, signed by technical and production but judged by nobody."""
    amended = submit(works, propose(works, order, header={"requested_on": today() + 60 * DAY}))
    works.material(order)
    works.dates(order, days=50, start=40)
    return amended


def packed(works: Works, order: Order) -> Revision:
    """An amendment to other packaging, with technical's word."""
    amended = submit(works, propose(works, order, packaging="木托"))
    works.technical(order)
    return amended


def drop(works: Works, amended: Revision) -> None:
    amendment.drop_amendment(amended, by=works.who["customer_service"], reason="客户收回")


def running(order: Order) -> Revision:
    return order.revisions.get(status=Status.IN_FORCE)


def test_b30_a_date_signed_for_an_amendment_is_not_the_running_orders_date() -> None:
    works = Works()
    order = works.in_work()
    amended = later(works, order)
    for _ in ("open", "dropped"):
        assert delayed.foreseen(order) == today() + 10 * DAY
        assert owes(order, "delay_told") == set()
        (date,) = papers.dates_of(running(order)).values()
        assert date.finish_on == today() + 10 * DAY
        assert daily.orders_of(today() + 5 * DAY) == [order.pk]
        assert daily.orders_of(today() + 45 * DAY) == []
        assert list(differences()) == []
        if amended.status != Status.SUPERSEDED:
            drop(works, amended)
            amended.refresh_from_db()


def test_b30_an_amendments_date_makes_no_slot_late_or_in_time() -> None:
    plant = Plant()
    order = plant.in_work()
    later(plant, order)
    found = board.slots_of(plant.who["production"], [plant.printer, plant.slitter], (today(), today() + 20 * DAY))
    assert {slot["finish"] for slot in found} == {today() + 10 * DAY}


def test_b30_technicals_word_on_an_amendment_leaves_the_running_order_to_be_planned() -> None:
    plant = Plant()
    order = plant.in_work()
    amended = packed(plant, order)
    given = {"line_id": order.lines.get().pk, "by": plant.who["production"]}
    replan_work(order, from_day=today() + 4 * DAY, **given)
    drop(plant, amended)
    replan_work(order, from_day=today() + 5 * DAY, **given)


def test_b30_the_work_order_prints_the_card_of_the_terms_in_force_when_an_amendment_was_dropped() -> None:
    plant = Plant()
    order = plant.released()
    drop(plant, packed(plant, order))
    signing.hand_over_order(order, by=plant.who["customer_service"])
    (line,) = Document.objects.get(kind="production_order").data["lines"]
    assert line["card"]["title"] == str(plant.card)


def test_b30_an_amendment_given_up_is_nobodys_last_made() -> None:
    plant = Plant()
    order = plant.in_work()
    card_in_force(plant, steps=STEPS, formula="另一配方")
    amended = submit(plant, propose(plant, order, packaging="木托"))
    plant.technical(order, "changed", paper=formula())
    drop(plant, amended)
    pair = (order.customer_id, plant.product.pk)
    assert cards.last_made([pair])[pair] == plant.card


def test_production_changes_the_running_date_while_an_amendment_is_open(client: Client) -> None:
    works = Works()
    order = works.in_work()
    amended = later(works, order)
    client.force_login(works.who["production"])
    page = reverse("production:dates", args=[order.number])
    line = order.lines.get().pk
    shown = client.get(page, {"version": 1})
    assert [tab["active"] for tab in shown.context["editions"]] == [False, True]
    sent = {
        f"{line}-finish_on": today() + 8 * DAY,
        f"{line}-start_on": today() + 3 * DAY,
        f"{line}-quantity": "100",
        f"{line}-text": "提前",
    }
    answer = client.post(f"{page}?version=1", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert delayed.foreseen(order) == today() + 8 * DAY
    assert approval.last_finish(amended) == today() + 50 * DAY


def test_the_queue_of_approvals_shows_the_amendments_own_date() -> None:
    works = Works()
    order = works.in_work()
    amended = submit(works, propose(works, order, header={"requested_on": today() + 6 * DAY}))
    works.material(order)
    works.dates(order, days=5)
    (row,) = queries.proposed(works.who["supervisor"])
    assert (row.pk, row.committed_on) == (amended.pk, today() + 5 * DAY)


def test_a_date_for_the_running_terms_is_no_new_promise_of_the_amendment() -> None:
    works = Works()
    order = works.in_work()
    amended = submit(works, propose(works, order, quantity=Decimal(120)))
    works.material(order)
    assert approval.signed_dates(amended).count() == 0
    words = [signing.DateWord(order.lines.get().pk, today() + 9 * DAY, today() + 3 * DAY, Decimal(100), "提前")]
    signing.sign_dates(running(order), by=works.who["production"], words=words)
    assert approval.signed_dates(amended).count() == 0


def test_a_late_arrival_takes_the_running_statement_back_while_an_amendment_is_open() -> None:
    works = Works()
    raw = raw_paper()
    change_needs(works.product, by=works.who["technical"], uses=[Use(raw, Decimal(1))])
    lot(raw, "50")
    order = works.submitted()
    works.technical(order)
    line = order.lines.get().pk
    short = [signing.MaterialWord(line, "在途", short=Decimal(50), arrives_on=today() + 2 * DAY)]
    signing.state_material(newest(order), by=works.who["technical"], words=short)
    works.dates(order)
    works.approve(order)
    works.send(order)
    chain.release(newest(order), by=works.who["customer_service"])
    order.refresh_from_db()
    submit(works, propose(works, order, quantity=Decimal(40)))
    outdate_statements(order, by=works.who["technical"], reason="船期推迟", material_id=raw.pk)
    assert SignOff.objects.live().filter(kind=Signed.MATERIAL, verdict="withdrawn").count() == 1


def test_a_word_given_anew_takes_the_place_of_the_one_withdrawn() -> None:
    works = Works()
    order = works.signed()
    word = SignOff.objects.live().get(kind=Signed.TECHNICAL)
    approval.withdraw_signoff(word, by=works.who["technical"], reason="写错了")
    works.technical(order)
    assert SignOff.objects.live().get(kind=Signed.TECHNICAL).verdict == "can"


def test_the_order_page_shows_the_words_that_count_of_the_terms_in_force_and_of_the_amendment() -> None:
    works = Works()
    order = works.in_work()
    later(works, order)
    revisions = queries.every_revision(order)
    signed = queries.signoffs_of(order)
    rows = story.signatures(signed, revisions, queries.lines_of(order), prices=True, user=works.who["production"])
    dates = [row for row in rows if row["row"].kind == Signed.DATE]
    assert [row["standing"] for row in dates] == ["有效", "有效"]
