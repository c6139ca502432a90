"""产品出厂标准: written, in force, and a batch inspected by it (R23)."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.errors import Forbidden, Refused
from audit.models import Event
from catalog.models import Product
from documents.models import OutboxRow
from production.models import Batch
from quality.actions import conceding, inspection, standards
from quality.actions.standards import Item
from quality.measuring import Found
from quality.models import Finding, ProductStandard, SampledInspection, SamplingState
from tests import people
from tests.production.works import TICKS, Works, line_of
from tests.remembered import remembered

pytestmark = pytest.mark.django_db

WIDTH = Item("宽度", "measured", Decimal("1.5"), "S-2", Decimal("79.5"), Decimal("80.5"), "mm", method="钢直尺")
LOOKS = Item("外观", "attribute", Decimal("2.5"), "II", target="无污点、无折痕")


@remembered
def in_force(works: Works, *items: Item) -> ProductStandard:
    draft = standards.write_standard(
        None, by=works.who["technical"], product=works.product, title="Q/YQ 003", items=items or (WIDTH, LOOKS)
    )
    return standards.put_in_force(draft, by=works.who["quality"])


def found(standard: ProductStandard, width: str = "80 80.1 79.9 80 80 80.2 79.8 80", bad: int = 0) -> list[Found]:
    """A lot of 100: width by S-2 is letter B, AQL 1.5 leads to D: 8, Ac 0; looks by II is F: 20, Ac 1."""
    first, second = standard.items.order_by("position")
    return [Found(first.pk, tuple(Decimal(word) for word in width.split())), Found(second.pk, defectives=bad)]


def judge(works: Works, batch: Batch, verdict: str, rows: list[Found], **more: object) -> None:
    inspection.inspect_batch(batch, by=works.who["quality"], verdict=verdict, found=rows, **{**TICKS, **more})


def test_a_batch_is_measured_by_its_standard_and_the_samples_judge() -> None:
    works = Works()
    standard = in_force(works)
    order, batch = works.finished()
    judge(works, batch, "passed", found(standard, bad=1))
    rows = Finding.objects.order_by("characteristic__position")
    assert [(row.letter, row.sample_size, row.accept, row.defectives, row.ok) for row in rows] == [
        ("D", 8, 0, 0, True),
        ("F", 20, 1, 1, True),
    ]
    sampled = SampledInspection.objects.get()
    assert (sampled.accepted, sampled.original, sampled.severity) == (True, True, "normal")
    batch.refresh_from_db()
    assert batch.inspection and "宽度（79.5 – 80.5 mm）" in batch.inspection.measured
    inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    assert line_of(order).accepted == 100


@pytest.mark.parametrize(
    ("width", "bad", "words"),
    [("80 80 80 80 80 80 80 80.6", 0, "宽度"), ("80 80 80 80 80 80 80 80", 2, "外观")],
)
def test_more_bad_ones_than_ac_are_no_pass(width: str, bad: int, words: str) -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    with pytest.raises(Refused, match=f"抽样判定不合格：{words}"):
        judge(works, batch, "passed", found(standard, width, bad))


@pytest.mark.parametrize(("width", "words"), [("80 80", "须测 8 个，已填 2 个"), ("", "须填 8 个实测值")])
def test_each_characteristic_is_filled_in_whole(width: str, words: str) -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    with pytest.raises(Refused, match=words):
        judge(works, batch, "passed", found(standard, width))
    with pytest.raises(Refused, match="须抽"):
        works.inspect(batch)


def test_what_is_measured_is_taken_by_its_values_and_only_thrown_out_by_a_count() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    counted = [Found(item.pk, defectives=0) for item in standard.items.all()]
    for verdict in ("passed", "conceded"):
        with pytest.raises(Refused, match="「宽度」是计量项目，须填 8 个实测值"):
            judge(works, batch, verdict, counted, reason="急")
    judge(works, batch, "rework", counted, reason="整批串色")


def test_a_failed_batch_goes_to_rework_and_passes_the_second_time_without_moving_the_severity_again() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    judge(works, batch, "rework", found(standard, bad=4), reason="污点")
    assert SamplingState.objects.get().recent == "0"
    works.rework(batch)
    judge(works, batch, "passed", found(standard))
    assert SamplingState.objects.get().recent == "0"
    assert [row.original for row in SampledInspection.objects.order_by("pk")] == [True, False]


def test_a_failed_batch_is_taken_by_concession_once_it_is_signed_for() -> None:
    works = Works()
    standard = in_force(works)
    order, batch = works.finished()
    judge(works, batch, "conceded", found(standard, bad=4), reason="轻微污点")
    conceding.approve_concession(batch, by=works.who["cs_supervisor"], text="贴于内箱")
    inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    assert line_of(order).accepted == 100


def test_two_refused_batches_tighten_the_third() -> None:
    works = Works()
    standard = in_force(works)
    order = works.in_work()
    for _ in range(2):
        batch = works.report(order, "50")
        assert batch is not None
        rows = [Found(item.pk, defectives=2) for item in standard.items.all()]
        judge(works, batch, "scrap", rows, reason="污点")
        inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    assert SamplingState.objects.get().severity == "tightened"


def test_a_withdrawn_inspection_counts_no_more_and_the_next_one_of_the_batch_does() -> None:
    works = Works()
    standard = in_force(works)
    order = works.in_work()
    standards.steer_sampling(works.product, by=works.who["quality"], what="steady", reason="连续稳定")
    first = works.report(order, "40")
    assert first is not None
    judge(works, first, "scrap", rows_of(standard, 4), reason="看错了")
    second = works.report(order, "60")
    assert second is not None
    judge(works, second, "scrap", rows_of(standard, 4), reason="污点")
    assert SamplingState.objects.get().severity == "tightened"
    inspection.withdraw_inspection(first, by=works.who["quality"], reason="量错了批")
    state = SamplingState.objects.get()
    assert (state.severity, state.recent, state.steady) == ("normal", "0", True)
    first.refresh_from_db()
    judge(works, first, "passed", found(standard))
    assert SamplingState.objects.get().recent == "01"
    assert SampledInspection.objects.latest("pk").original


def test_what_customer_service_did_not_find_so_counts_no_more_and_the_next_inspection_is_the_first() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    judge(works, batch, "passed", found(standard))
    assert SamplingState.objects.get().recent == "1"
    conceding.refuse_countersign(batch, by=works.who["customer_service"], reason="外观有污点")
    assert SamplingState.objects.get().recent == ""
    judge(works, batch, "rework", rows_of(standard, 4), reason="污点")
    assert SamplingState.objects.get().recent == "0"
    assert [row.original for row in SampledInspection.objects.order_by("pk")] == [True, True]


def test_a_concession_that_is_refused_leaves_the_batch_refused() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    judge(works, batch, "conceded", found(standard, bad=4), reason="轻微污点")
    conceding.refuse_concession(batch, by=works.who["cs_supervisor"], reason="客户不收")
    judge(works, batch, "rework", rows_of(standard, 4), reason="污点")
    assert SamplingState.objects.get().recent == "0"
    assert [row.original for row in SampledInspection.objects.order_by("pk")] == [True, False]


def test_a_conceded_batch_that_customer_service_sends_back_counts_no_more() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    judge(works, batch, "conceded", found(standard, bad=4), reason="轻微污点")
    conceding.approve_concession(batch, by=works.who["cs_supervisor"], text="贴于内箱")
    conceding.refuse_countersign(batch, by=works.who["customer_service"], reason="污点不在此批")
    assert SamplingState.objects.get().recent == ""


def test_without_the_withdrawn_lot_that_led_to_the_stop_its_resumption_does_not_tighten() -> None:
    works = Works()
    standard = in_force(works)
    order = works.in_work()
    # Two refused tighten, five more stop the sampling; what is left of them at last is one.
    batches = []
    for _ in range(7):
        batch = works.report(order, "10")
        assert batch is not None
        judge(works, batch, "scrap", rows_of(standard, 2), reason="污点")
        batches.append(batch)
    assert SamplingState.objects.get().stopped
    standards.steer_sampling(works.product, by=works.who["quality"], what="resume", reason="已换刀")
    for batch in batches[1:]:
        batch.refresh_from_db()
        inspection.withdraw_inspection(batch, by=works.who["quality"], reason="量具未校准")
    state = SamplingState.objects.get()
    assert (state.severity, state.stopped, state.recent) == ("normal", False, "0")


def rows_of(standard: ProductStandard, bad: int) -> list[Found]:
    return [Found(item.pk, defectives=bad) for item in standard.items.all()]


def test_a_stopped_product_is_not_passed_until_quality_has_put_it_right() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    SamplingState.objects.create(product=works.product, severity="tightened", refused=5, stopped=True)
    rows = found(standard, " ".join(["80"] * 13))
    with pytest.raises(Refused, match="暂停抽样放行"):
        judge(works, batch, "passed", rows)
    with pytest.raises(Forbidden):
        standards.steer_sampling(works.product, by=works.who["production"], what="resume", reason="已换刀")
    with pytest.raises(Refused, match="原因"):
        standards.steer_sampling(works.product, by=works.who["quality"], what="resume")
    standards.steer_sampling(works.product, by=works.who["quality"], what="resume", reason="已换刀")
    judge(works, batch, "passed", rows)


def test_a_switch_is_kept_on_the_product_and_told_to_who_makes_and_judges_it() -> None:
    works = Works()
    standard = in_force(works)
    order = works.in_work()
    for _ in range(2):
        batch = works.report(order, "50")
        assert batch is not None
        judge(works, batch, "scrap", [Found(item.pk, defectives=2) for item in standard.items.all()], reason="污点")
        inspection.countersign_batch(batch, by=works.who["customer_service"], **TICKS)
    (event,) = Event.objects.filter(action="sampling_switched", subject_id=works.product.pk)
    assert (event.from_state, event.to_state) == ("normal", "tightened")
    told = OutboxRow.objects.filter(payload__kind="sampling_switched")
    assert {row.payload["recipient"] for row in told} == {works.who[role].pk for role in ("technical", "production")}
    assert all("由正常转为加严检验" in row.payload["text"] for row in told)


def test_a_stop_is_told_and_stands_on_the_quality_page_until_it_is_resumed() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    SamplingState.objects.create(product=works.product, severity="tightened", refused=4)
    judge(works, batch, "rework", [Found(item.pk, defectives=2) for item in standard.items.all()], reason="污点")
    assert "已暂停抽样放行" in OutboxRow.objects.filter(payload__kind="sampling_switched")[0].payload["text"]
    page = browser(works.who["quality"])
    said = "纠正并恢复之前不能判合格"
    assert said in page.get(reverse("quality:index")).content.decode()
    standards.steer_sampling(works.product, by=works.who["quality"], what="resume", reason="已换刀")
    assert said not in page.get(reverse("quality:index")).content.decode()


def test_a_product_without_a_standard_is_inspected_by_the_written_word() -> None:
    works = Works()
    _, batch = works.finished()
    works.inspect(batch)
    assert not Finding.objects.exists()


def test_a_new_version_replaces_the_one_before_and_one_in_force_is_not_rewritten() -> None:
    works = Works()
    first = in_force(works)
    with pytest.raises(Refused, match="另写新版"):
        standards.write_standard(first, by=works.who["quality"], title="x", items=[WIDTH])
    second = in_force(works, WIDTH)
    first.refresh_from_db()
    assert (first.status, second.status, second.number) == ("replaced", "in_force", 2)


def test_technical_writes_but_only_quality_puts_in_force() -> None:
    works = Works()
    draft = standards.write_standard(
        None, by=works.who["technical"], product=works.product, title="Q/YQ", items=[WIDTH]
    )
    with pytest.raises(Forbidden):
        standards.put_in_force(draft, by=works.who["technical"])
    with pytest.raises(Refused, match="草稿"):
        standards.write_standard(None, by=works.who["quality"], product=works.product, title="Q", items=[WIDTH])


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "至少"),
        ([WIDTH, WIDTH], "同名"),
        ([Item("长度", "measured", Decimal("1.5"))], "上限或下限"),
        ([Item("长度", "measured", Decimal("1.5"), "II", Decimal(3), Decimal(2))], "下限不能大于上限"),
    ],
)
def test_a_standard_that_says_too_little_is_refused(items: list[Item], words: str) -> None:
    works = Works()
    with pytest.raises(Refused, match=words):
        standards.write_standard(None, by=works.who["quality"], product=works.product, title="Q", items=items)


# Pages


def browser(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


def test_the_form_says_what_the_plan_asks_and_keeps_what_was_typed() -> None:
    works = Works()
    standard = in_force(works)
    _, batch = works.finished()
    page = browser(works.who["quality"])
    address = reverse("quality:inspect", args=[batch.pk])
    shown = page.get(address).content.decode()
    assert "字码 D，抽 <strong>8</strong>，Ac 0 / Re 1" in shown
    first, second = standard.items.order_by("position")
    sent = {f"item{first.pk}": "80 80.1 abc", f"bad{second.pk}": "0", "verdict": "passed", "scrap": "0"}
    answer = page.post(address, sent)
    assert answer.status_code == 422
    assert "「abc」不是数值" in answer.content.decode() and "80 80.1 abc" in answer.content.decode()
    answer = page.post(address, sent | {f"item{first.pk}": "80 80.1", f"bad{second.pk}": ""})
    assert "须测 8 个，已填 2 个" in answer.content.decode() and "没有填 0" in answer.content.decode()
    answer = page.post(address, sent | {f"item{first.pk}": "80\n80,80，80 80 80 80 80"} | dict.fromkeys(TICKS, "on"))
    assert answer.status_code == 302
    assert Finding.objects.count() == 2


def test_a_standard_is_written_and_put_in_force_on_its_pages() -> None:
    works = Works()
    page = browser(works.who["quality"])
    sent = {
        "product": works.product.code,
        "title": "Q/YQ 003",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "0",
        "items-0-item": "宽度",
        "items-0-kind": "measured",
        "items-0-lower": "79.5",
        "items-0-upper": "80.5",
        "items-0-aql": "1.5",
        "items-0-level": "II",
    }
    wrong = page.post(reverse("quality:write_standard"), sent | {"items-0-upper": "79"})
    assert wrong.status_code == 422 and "上限不能小于下限" in wrong.content.decode()
    assert page.post(reverse("quality:write_standard"), sent).status_code == 302
    standard = ProductStandard.objects.get()
    assert "批准生效" in page.get(standard.get_absolute_url()).content.decode()
    page.post(reverse("quality:put_standard", args=[standard.pk]), {"version": standard.version})
    standard.refresh_from_db()
    assert standard.status == "in_force"
    again = page.get(reverse("quality:write_standard"), {"from": standard.pk}).content.decode()
    assert "Q/YQ 003" in again and "79.5" in again


def test_the_list_costs_the_same_for_ten_as_for_one() -> None:
    works = Works()
    in_force(works)
    page = browser(works.who["quality"])
    page.get(reverse("quality:standards"))
    with CaptureQueriesContext(connection) as one:
        page.get(reverse("quality:standards"))
    for _ in range(9):
        product: Product = people.product()
        draft = standards.write_standard(None, by=works.who["quality"], product=product, title="Q", items=[WIDTH])
        standards.put_in_force(draft, by=works.who["quality"])
    with CaptureQueriesContext(connection) as ten:
        page.get(reverse("quality:standards"))
    assert len(one) == len(ten)
