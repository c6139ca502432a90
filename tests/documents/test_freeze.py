from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from documents import freeze, queries, serving
from documents.models import Document, OutboxRow
from tests.documents import papers, samples
from tests.people import person

pytestmark = pytest.mark.django_db


def test_a_frozen_paper_keeps_data_letterhead_and_maker() -> None:
    papers.letterhead()
    document = papers.frozen(data={"day": date(2026, 11, 23), "quantity": Decimal("3.50")}, by=person(name="沈小曼"))
    document.refresh_from_db()
    assert document.data == {"day": "2026-11-23", "quantity": "3.50"}
    assert document.letterhead["name"] == samples.FIRM["name"]
    assert (document.maker, document.version, document.supersedes) == ("沈小曼", 1, None)


def test_a_changed_letterhead_does_not_change_a_frozen_paper() -> None:
    firm = papers.letterhead()
    document = papers.frozen()
    firm.name = "另一家公司"
    firm.save()
    assert Document.objects.get(pk=document.pk).letterhead["name"] == samples.FIRM["name"]


def test_freezing_posts_one_rendering_in_the_same_transaction() -> None:
    document = papers.frozen()
    row = OutboxRow.objects.get(channel="render")
    assert (row.key, row.payload) == (f"render:{document.pk}", {"document": document.pk, "shape": "rendering"})


def test_a_correction_is_a_new_version_and_only_the_latest_counts() -> None:
    first, second = papers.frozen(), papers.frozen()
    assert (second.version, second.supersedes) == (2, first)
    assert queries.current_document(papers.MEMO.code, "test_subject", 1) == second
    first, second = Document.objects.get(pk=first.pk), Document.objects.get(pk=second.pk)
    assert (serving.standing_of(first), serving.standing_of(second)) == ("已作废", "有效")


def test_a_withdrawn_paper_no_longer_counts() -> None:
    document = papers.frozen()
    freeze.withdraw(document, by=None, reason="订单取消")
    assert serving.standing_of(Document.objects.get(pk=document.pk)) == "已作废"


def test_versions_of_another_subject_are_their_own() -> None:
    papers.frozen(subject=1)
    assert papers.frozen(subject=2).version == 1


def test_a_plain_paper_refuses_a_price_at_any_depth() -> None:
    with pytest.raises(ValueError, match="price"):
        papers.frozen(data={"lines": [{"name": "纸", "price": "3.50"}]})


def test_a_float_is_refused() -> None:
    with pytest.raises(ValueError, match="float"):
        papers.frozen(data={"quantity": 3.5})


def test_b25_the_application_cannot_change_a_frozen_paper() -> None:
    document = papers.frozen()
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(number="X")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        document.delete()


def test_the_same_version_cannot_stand_twice() -> None:
    document = papers.frozen()
    document.pk = None
    document.public_id = "7f1c2c7e-53a4-4c1e-9a41-0d5f4c1f2a10"
    with pytest.raises(IntegrityError, match="document_version_once"), transaction.atomic():
        document.save(force_insert=True)
