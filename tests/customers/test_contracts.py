"""A contract is in force only as finance and legal agreed to it and both signed it (R36)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.records import Invalid
from audit.errors import Forbidden, Refused
from customers import actions, clauses
from customers.actions import Stage
from customers.models import Contract, ContractTemplate, Customer
from customers.terms import terms_for
from documents.models import Document, OutboxRow
from finance import tasks
from orders.digests import stamp
from orders.papers import balance_words
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db
YES = {"agreed": True, "text": "同意"}


def signed() -> SimpleUploadedFile:
    return SimpleUploadedFile("合同.pdf", b"%PDF-1.4\n%%EOF\n")


def drafted(customer: Customer, clerk: Any, **more: Any) -> Contract:
    template = ContractTemplate.objects.first()
    contract = actions.draft_contract(customer, by=clerk, template=template)
    return actions.change_contract(customer, by=clerk, part=contract, **more) if more else contract


def test_nothing_is_in_force_before_both_sides_agreed_to_the_very_text() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    finance, legal = people.person("finance"), people.person("legal")
    contract = drafted(customer, clerk)
    with pytest.raises(Refused, match="财务评审、法务评审尚未同意"):
        actions.put_contract_in_force(customer, by=clerk, part=contract, scan=signed())
    actions.review_contract_fin(customer, by=finance, part=contract, **YES)
    actions.review_contract_legal(customer, by=legal, part=contract, agreed=False, text="违约金过高")
    with pytest.raises(Refused, match="法务评审尚未同意"):
        actions.put_contract_in_force(customer, by=clerk, part=contract, scan=signed())
    contract = actions.change_contract(customer, by=clerk, part=contract, clauses="一、违约金万分之三。")
    actions.review_contract_legal(customer, by=legal, part=contract, **YES)
    with pytest.raises(Refused, match="财务评审尚未同意"):
        actions.put_contract_in_force(customer, by=clerk, part=contract, scan=signed())
    actions.review_contract_fin(customer, by=finance, part=contract, **YES)
    actions.put_contract_in_force(customer, by=clerk, part=contract, scan=signed())
    assert terms_for(customer, timezone.localdate()).contract_id == contract.pk


def test_a_draft_gives_no_terms_and_one_in_force_is_never_changed() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    contract = drafted(customer, clerk)
    assert terms_for(customer, timezone.localdate()).contract_id is None
    contract = people.in_force(contract, clerk)
    with pytest.raises(Refused, match="不能修改"):
        actions.change_contract(customer, by=clerk, part=contract, amount=Decimal(1))
    with pytest.raises(Refused, match="不能修改"):
        actions.review_contract_legal(customer, by=people.person("legal"), part=contract, **YES)
    actions.end_contract(customer, by=clerk, part=contract, reason="换新合同")
    assert terms_for(customer, timezone.localdate()).contract_id is None
    with pytest.raises(Refused, match="不能修改"):
        actions.put_contract_in_force(customer, by=clerk, part=contract, scan=signed())


def test_the_terms_of_an_order_come_from_the_stages() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    stages = [Stage("deposit", Decimal(20)), Stage("before", Decimal(30)), Stage("arrival", Decimal(25), 15)]
    stages.append(Stage("monthly", Decimal(25), 60))
    contract = people.in_force(drafted(customer, clerk, stages=stages), clerk)
    terms = terms_for(customer, timezone.localdate())
    assert (terms.deposit_percent, terms.share_before_shipping, terms.days_for_rest) == (20, 50, 60)
    assert [(kind, Decimal(percent), days) for kind, percent, days in terms.stages] == [
        (stage.kind, stage.percent, stage.days) for stage in stages
    ]
    assert [str(stage) for stage in contract.stages.all()] == [  # type: ignore[attr-defined]
        "定金 20%",
        "提货前 30%",
        "货到后 15 天 25%",
        "月结 60 天 25%",
    ]


@pytest.mark.parametrize(
    ("stages", "words"),
    [
        ([Stage("deposit", Decimal(30))], "之和应为 100%"),
        ([Stage("deposit", Decimal(50)), Stage("deposit", Decimal(50))], "定金只能写一个"),
        ([Stage("before", Decimal(100), 30)], "才写天数"),
        ([Stage("before", Decimal(0)), Stage("arrival", Decimal(100), 1)], "应大于 0"),
    ],
)
def test_stages_that_make_no_sense_are_refused(stages: list[Stage], words: str) -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    with pytest.raises(Invalid, match=words):
        drafted(customer, clerk, stages=stages)


def test_a_draft_begins_with_the_grades_terms_and_the_templates_clauses_filled_in() -> None:
    customer, clerk = people.customer("苏州华印包装有限公司", grade="B"), people.person("customer_service")
    contract = drafted(customer, clerk)
    assert [str(stage) for stage in contract.stages.all()] == ["定金 30%", "提货前 70%"]  # type: ignore[attr-defined]
    paper = Document.objects.get(kind="contract")
    assert "定金 30%，提货前 70%。" in paper.data["clauses"]
    assert "【" not in paper.data["clauses"]
    assert contract.number.startswith("HT-")


def test_each_change_of_a_draft_is_a_new_version_of_its_paper() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    drafted(customer, clerk, terms="另附样品")
    papers = Document.objects.filter(kind="contract").order_by("version")
    assert [paper.version for paper in papers] == [1, 2]


def test_each_side_reviews_for_itself() -> None:
    customer, clerk = people.customer(), people.person("customer_service")
    contract = drafted(customer, clerk)
    for action, role in ((actions.review_contract_fin, "legal"), (actions.review_contract_legal, "finance")):
        with pytest.raises(Forbidden):
            action(customer, by=people.person(role), part=contract, **YES)
    with pytest.raises(Refused, match="请写明评审意见"):
        actions.review_contract_legal(customer, by=people.person("legal"), part=contract, agreed=True, text=" ")


def test_a_template_with_an_unknown_blank_is_refused() -> None:
    with pytest.raises(Refused, match="不认识的填空：月亮"):
        actions.change_template(None, by=people.person("legal"), name="新", clauses="甲【月亮】乙")
    assert clauses.unknown("【买方】【付款阶段】") == []


def test_the_list_sorts_contracts_by_where_they_stand() -> None:
    customer, clerk, client = people.customer(), people.person("customer_service"), Client()
    contract = drafted(customer, clerk)
    client.force_login(people.person("legal"))

    def shelves() -> set[str]:
        return {
            shelf
            for shelf in ("review", "signing", "in_force", "ending", "ended")
            if contract.number in client.get(f"/contracts/?shelf={shelf}").content.decode()
        }

    assert shelves() == {"review"}
    actions.review_contract_fin(customer, by=people.person("finance"), part=contract, **YES)
    actions.review_contract_legal(customer, by=people.person("legal"), part=contract, **YES)
    assert shelves() == {"signing"}
    actions.put_contract_in_force(customer, by=clerk, part=contract, scan=signed())
    assert shelves() == {"in_force"}
    actions.end_contract(customer, by=clerk, part=contract, reason="停止往来")
    assert shelves() == {"ended"}


def test_the_confirmation_prints_the_stages_of_the_contract_and_a_change_of_them_voids_what_judged_them() -> None:
    shop = Shop("A")
    clerk = shop.who["customer_service"]
    stages = [Stage("before", Decimal(50)), Stage("arrival", Decimal(25), 15), Stage("monthly", Decimal(25), 60)]
    people.in_force(drafted(shop.customer, clerk, stages=stages), clerk)
    revision = shop.submitted().revision
    assert balance_words(revision) == "提货前 50%，货到后 15 天 25%，月结 60 天 25%"
    before = revision.credit_digest
    revision.payment_stages = [["before", "50", 0], ["monthly", "50", 60]]
    stamp(revision, list(revision.lines.all()))
    assert revision.credit_digest != before


# --- about to end ---------------------------------------------------------------------------------------------------


def reminders() -> list[OutboxRow]:
    return [row for row in OutboxRow.objects.filter(channel="notice") if "请与客户商定续签" in row.payload["text"]]


class Ending:
    """A contract in force to its last day, with the salesperson and the clerk who are to hear of its end."""

    def __init__(self, days: int) -> None:
        self.seller, self.clerk = people.person("sales"), people.person("customer_service")
        self.customer = people.customer(salesperson=self.seller, clerk=self.clerk)
        self.last = timezone.localdate() + timedelta(days=days)
        self.contract = people.in_force(drafted(self.customer, self.clerk, valid_to=self.last), self.clerk)

    def told(self) -> list[int]:
        """Who hears of it this morning and has not before; run twice, as beat may."""
        known = self.heard()
        for _ in range(2):
            tasks.collect()
        return [pk for pk in self.heard() if pk not in known]

    def heard(self) -> list[int]:
        return sorted(row.payload["recipient"] for row in reminders())

    def following(self) -> Contract:
        return drafted(
            self.customer,
            self.clerk,
            valid_from=self.last + timedelta(days=1),
            valid_to=self.last + timedelta(days=300),
        )


def test_a_contract_about_to_end_is_told_once_to_its_salesperson_and_clerk() -> None:
    ending = Ending(days=30)
    assert ending.told() == sorted([ending.seller.pk, ending.clerk.pk])
    assert ending.told() == []
    row = reminders()[0]
    assert ending.contract.number in row.payload["text"] and f"{ending.last}" in row.payload["text"]
    assert row.payload["url"] == ending.contract.get_absolute_url()


@pytest.mark.parametrize("days", [31, -1])
def test_one_that_ends_later_or_has_ended_is_not_told(days: int) -> None:
    ending = Ending(days=60)
    Contract.objects.update(
        valid_from=ending.last - timedelta(days=200), valid_to=timezone.localdate() + timedelta(days)
    )
    assert ending.told() == []


def test_one_put_out_of_force_or_of_a_customer_that_orders_no_more_is_not_told() -> None:
    ending, gone = Ending(days=20), Ending(days=20)
    actions.end_contract(ending.customer, by=ending.clerk, part=ending.contract, reason="换新合同")
    Customer.objects.filter(pk=gone.customer.pk).update(is_active=False)
    assert ending.told() == []


def test_one_that_another_follows_is_not_told() -> None:
    ending = Ending(days=20)
    people.in_force(ending.following(), ending.clerk)
    assert ending.told() == []


def test_one_is_not_told_once_both_sides_agreed_to_the_next_and_is_while_they_have_not() -> None:
    agreed, asked = Ending(days=20), Ending(days=20)
    for ending, legal in ((agreed, True), (asked, False)):
        following = ending.following()
        actions.review_contract_fin(ending.customer, by=people.person("finance"), part=following, **YES)
        said = {"agreed": legal, "text": "违约金过高"}
        actions.review_contract_legal(ending.customer, by=people.person("legal"), part=following, **said)
    assert agreed.told() == sorted([asked.seller.pk, asked.clerk.pk])
