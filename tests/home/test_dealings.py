"""Contracts and quotes on the to-do home: who owes their next step (R36)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from catalog.costs import set_costs
from customers import actions
from customers.models import Contract, Quote
from flow import owed as remembered
from home import digest, todo
from tests import people
from tests.catalog.test_costing import costed

pytestmark = pytest.mark.django_db


class Trade:
    """A customer with its people and one costed product."""

    def __init__(self) -> None:
        self.boss = people.person("supervisor")
        self.seller = people.person("sales", supervisor=self.boss)
        self.clerk = people.person("customer_service")
        self.customer = people.customer(salesperson=self.seller, clerk=self.clerk)
        self.product = costed()

    def contract(self) -> Contract:
        return actions.draft_contract(self.customer, by=self.clerk)

    def review(self, contract: Contract, **said: Any) -> None:
        """`fin=True, legal=False`: who agreed, who did not."""
        for side, agreed in said.items():
            review = actions.review_contract_fin if side == "fin" else actions.review_contract_legal
            by = people.person("finance" if side == "fin" else "legal")
            review(self.customer, by=by, part=contract, agreed=agreed, text="已看")

    def quote(self, price: str = "12.5", by: User | None = None, **more: Any) -> Quote:
        line = actions.Offered(self.product, Decimal(100), Decimal(price), lead_days=7)
        until = timezone.localdate() + timedelta(days=30)
        given = {"customer": self.customer, "valid_until": until, "lines": [line], **more}
        return actions.write_quote(None, by=by or self.seller, **given)

    def sent(self, ago: int = 0) -> Quote:
        """`ago`: so many days past its last day."""
        quote = actions.send_quote(self.quote(), by=self.seller)
        if ago:
            Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.localdate() - timedelta(days=ago))
            remembered.sweep()
        return quote


def owed(user: User) -> dict[str, list[str]]:
    """Label → numbers of what this person finds on their home."""
    found = todo.groups(User.objects.get(pk=user.pk), timezone.now())
    return {group.label: [row.title.split()[0] for row in group.rows] for group in found}


def test_a_draft_is_owed_by_finance_and_by_legal_until_each_has_said_its_word() -> None:
    trade, finance, legal = Trade(), people.person("finance"), people.person("legal")
    number = trade.contract().number
    assert (owed(finance), owed(legal)) == ({"合同财务评审": [number]}, {"合同法务评审": [number]})
    assert owed(trade.clerk) == {}
    trade.review(Contract.objects.get(), fin=True)
    assert (owed(finance), owed(legal)) == ({}, {"合同法务评审": [number]})


def test_a_change_of_the_text_asks_both_again() -> None:
    trade, finance = Trade(), people.person("finance")
    contract = trade.contract()
    trade.review(contract, fin=True, legal=True)
    actions.change_contract(trade.customer, by=trade.clerk, part=contract, clauses="一、违约金万分之三。")
    assert owed(finance) == {"合同财务评审": [contract.number]}
    assert owed(trade.clerk) == {}


def test_what_both_agreed_to_is_owed_by_customer_service_until_the_signed_copy_is_filed() -> None:
    trade = Trade()
    contract = trade.contract()
    trade.review(contract, fin=True, legal=True)
    assert owed(trade.clerk) == {"合同签回归档": [contract.number]}
    people.in_force(contract, trade.clerk)
    assert owed(trade.clerk) == {}


def test_what_one_side_did_not_agree_to_is_customer_services_to_change() -> None:
    trade, legal = Trade(), people.person("legal")
    contract = trade.contract()
    trade.review(contract, fin=True, legal=False)
    assert (owed(trade.clerk), owed(legal)) == ({"合同按评审意见修改": [contract.number]}, {})
    trade.review(contract, legal=True)
    assert owed(trade.clerk) == {"合同签回归档": [contract.number]}


def test_a_draft_given_up_is_owed_by_nobody() -> None:
    trade, finance = Trade(), people.person("finance")
    actions.end_contract(trade.customer, by=trade.clerk, part=trade.contract(), reason="客户不签了")
    assert owed(finance) == {}


def test_a_thin_quote_waits_for_those_who_may_agree_to_it() -> None:
    trade, director = Trade(), people.person("marketing_director")
    quote, other_boss = trade.quote("10.2"), people.person("supervisor")
    assert owed(trade.boss) == owed(director) == {"低毛利报价同意": [quote.number]}
    assert owed(other_boss) == owed(trade.seller) == owed(trade.clerk) == {}
    actions.agree_quote(quote, by=trade.boss, reason="新客户开拓")
    assert owed(trade.boss) == owed(director) == {}


def test_a_thin_quote_does_not_wait_for_who_priced_it_or_once_it_can_be_sent_no_more() -> None:
    trade, both = Trade(), people.person("sales", "marketing_director")
    quote = trade.quote("10.2")
    lower = [actions.Offered(trade.product, Decimal(100), Decimal(10))]
    trade.customer.stand_ins.add(both)
    actions.change_quote(quote, by=both, lines=lower)
    assert owed(both) == {}
    assert owed(trade.boss) == {"低毛利报价同意": [quote.number]}
    Quote.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    remembered.sweep()
    assert owed(trade.boss) == {}


def test_a_quote_that_became_thin_stands_on_the_list_once_it_is_asked_for() -> None:
    trade = Trade()
    quote = trade.quote()
    assert owed(trade.boss) == {}
    set_costs(trade.product, by=people.person("finance"), process=Decimal(2), labour=Decimal(6), materials={})
    actions.ask_quote_margin(quote, by=trade.seller)
    assert owed(trade.boss) == {"低毛利报价同意": [quote.number]}
    assert actions.agree_quote(quote, by=trade.boss, reason="材料涨价，先做").is_agreed


def test_a_quote_past_its_last_day_is_its_salespersons_to_follow_up() -> None:
    trade, other = Trade(), people.person("sales")
    trade.sent()
    over = trade.sent(ago=1)
    assert owed(trade.seller) == {"报价过期未答复": [over.number]}
    assert owed(other) == owed(trade.boss) == owed(trade.clerk) == {}
    actions.lose_quote(over, by=trade.seller, answer="客户选了别家")
    assert owed(trade.seller) == {}


def test_home_shows_how_many_and_leads_to_each_and_to_all_of_them() -> None:
    trade, finance = Trade(), people.person("finance")
    contracts = [trade.contract() for _ in range(10)]
    (group,) = todo.groups(finance, timezone.now())
    assert (group.count, len(group.rows)) == (10, todo.SHOWN)
    client = Client()
    client.force_login(finance)
    home = client.get("/")
    assert home.context["count"] == 10
    assert contracts[0].get_absolute_url() in home.content.decode()
    assert all(one.number in client.get(group.url).content.decode() for one in contracts)


@pytest.mark.parametrize(("shelf", "price", "ago"), [("thin", "10.2", 0), ("over", "12.5", 3)])
def test_the_page_of_all_quotes_that_wait_holds_them_and_no_others(shelf: str, price: str, ago: int) -> None:
    trade, client = Trade(), Client()
    waiting, other = (trade.quote(price) if shelf == "thin" else trade.sent(ago)), trade.sent()
    client.force_login(trade.boss)
    body = client.get(f"/quotes/?shelf={shelf}").content.decode()
    assert waiting.number in body and other.number not in body


def test_own_customers_come_first_then_the_oldest() -> None:
    trade, mine = Trade(), Trade()
    old = [trade.contract(), trade.contract()]
    own = mine.contract()
    for each, contract in ((trade, old[0]), (trade, old[1]), (mine, own)):
        each.review(contract, fin=True, legal=True)
    (group,) = todo.groups(mine.clerk, timezone.now())
    assert [row.title.split()[0] for row in group.rows] == [own.number, old[0].number, old[1].number]
    assert (group.mine, [row.is_mine for row in group.rows]) == (1, [True, False, False])


def test_the_daily_mail_counts_them() -> None:
    trade, finance = Trade(), people.person("finance")
    trade.contract()
    assert "合同财务评审 1 项" in digest.words(finance, since=None, now=timezone.now())


def test_the_queries_stay_as_many_however_many_wait() -> None:
    trade, both = Trade(), people.person("finance", "legal", "customer_service", "supervisor", "sales")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            todo.groups(User.objects.get(pk=both.pk), timezone.now())
        return len(found)

    def more() -> None:
        for said in ({}, {"fin": True, "legal": True}, {"fin": False, "legal": True}):
            trade.review(trade.contract(), **said)
        trade.quote("10.2")
        trade.sent(ago=1)

    more()
    few = asked()
    more()
    assert asked() == few
