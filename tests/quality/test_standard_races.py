"""Twenty at once: a standard is begun and put in force once; labels of one form are made once; a batch moves the
severity once (B1, B2)."""

from decimal import Decimal

import pytest

from documents.models import Document
from quality.actions import standards
from quality.actions.labels import print_labels
from quality.models import ProductStandard, SampledInspection, SamplingState
from tests.production.test_races import at_once
from tests.production.works import Works
from tests.quality.test_standards import WIDTH, found, in_force, judge

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_is_begun_once_and_put_in_force_once() -> None:
    works = Works()
    by = works.who["quality"]
    begun = at_once(lambda: standards.write_standard(None, by=by, product=works.product, title="Q/YQ", items=[WIDTH]))
    assert begun == {"done": 1, "refused": 19}
    draft = ProductStandard.objects.get()
    assert at_once(lambda: standards.put_in_force(draft, by=by)) == {"done": 1, "refused": 19}


def test_a_batch_is_judged_once_and_moves_the_severity_once() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    rows = found(standard)
    assert at_once(lambda: judge(works, batch, "passed", rows)) == {"done": 1, "refused": 19}
    assert SamplingState.objects.get().recent == "1"
    assert SampledInspection.objects.count() == 1


def test_a_stop_is_lifted_once() -> None:
    works = Works()
    SamplingState.objects.create(product=works.product, severity="tightened", refused=5, stopped=True)
    by = works.who["quality"]
    lifted = at_once(lambda: standards.steer_sampling(works.product, by=by, what="resume", reason="已纠正"))
    assert lifted == {"done": 1, "refused": 19}


def test_the_same_form_of_labels_is_one_paper() -> None:
    works = Works()
    _, batch = works.finished()
    done = at_once(
        lambda: print_labels(
            batch, by=works.who["quality"], what="roll", size="100x70", count=2, each=Decimal(5), key="form"
        )
    )
    assert done == {"done": 1, "sent on": 19}
    assert Document.objects.filter(kind="product_labels").count() == 1
