"""Carriers, their days, and what is reported from the road by people and by carriers' own systems (R33, R35)."""

import hashlib
import hmac
import json
import re
import time
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.errors import Forbidden, Refused
from audit.models import Event
from documents.models import OutboxRow
from documents.queries import documents_of
from flow.models import Owed
from orders.models import Shipment
from shipping import actions, carriers
from shipping.models import Carriage, Carrier, Checkpoint
from tests.races import at_once
from tests.remembered import remembered
from tests.shipping.yard import Yard, paper_of_arrival

pytestmark = pytest.mark.django_db


@remembered
def known(yard: Yard, **changes: Any) -> Carrier:
    facts = {"code": "debang", "name": "德邦物流", "lead_days": 3, "adapter": "signed", **changes}
    leads = changes.pop("leads", [("江苏", 2), ("苏州", 1)])
    facts.pop("leads", None)
    return actions.change_carrier(None, by=yard.who["logistics"], leads=leads, **facts)  # type: ignore[no-any-return]


def on_the_road(yard: Yard) -> Shipment:
    return yard.sent_off((*yard.stocked(yard.released()), "40"))


def call(carrier: Carrier, *reports: dict[str, str], key: str | None = None, ago: float = 0, **changes: Any) -> Any:
    """The carrier's system calls us; `key` of another, `ago` seconds old, or a body other than what was signed."""
    body = json.dumps({"reports": list(reports)}).encode()
    stamp = str(int(time.time() - ago))
    secret = carriers.key_of(carrier) if key is None else key
    sign = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return Client(enforce_csrf_checks=True).post(
        reverse("shipping:carrier_reports", args=[carrier.code]),
        changes.get("body", body),
        content_type="application/json",
        headers={"X-Timestamp": stamp, "X-Signature": sign},
    )


def report(**changes: str) -> dict[str, str]:
    at = timezone.now().isoformat()
    return {"id": "e1", "waybill": "DPK1", "kind": "moving", "at": at, "place": "无锡分拨", **changes}


def test_the_most_exact_region_in_the_address_gives_the_days() -> None:
    carrier = known(Yard())
    assert carriers.days_to(carrier, "江苏省苏州市星湖街 1 号") == 1
    assert carriers.days_to(carrier, "江苏省南京市") == 2
    assert carriers.days_to(carrier, "苏州星湖街 1 号") == 1
    assert carriers.days_to(carrier, "上海市苏州北路 3 号") == carriers.days_to(carrier, "广东省深圳市") == 3


def test_the_dispatch_form_proposes_the_carrier_that_went_there_last_and_its_day() -> None:
    yard = Yard()
    known(yard)
    on_the_road(yard)
    again = yard.with_notice((*yard.stocked(yard.released()), "40"))
    client = Client()
    client.force_login(yard.who["warehouse"])
    page = client.get(reverse("shipping:dispatch", args=[again.number])).content.decode()
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
    assert 'value="德邦物流"' in page and f"{tomorrow:%Y-%m-%d}T16:00" in page


def dispatch_page(yard: Yard, role: str = "warehouse") -> str:
    shipment = yard.with_notice((*yard.stocked(yard.released()), "40"))
    client = Client()
    client.force_login(yard.who[role])
    return unescape(client.get(reverse("shipping:dispatch", args=[shipment.number])).content.decode())


def test_the_dispatch_form_knows_when_each_carrier_would_be_there_and_says_who_has_no_tracking() -> None:
    yard = Yard()
    known(yard)
    known(yard, code="sf", name="顺丰", lead_days=4, leads=[])
    page = dispatch_page(yard)
    (table,) = re.findall(r"data-arrivals=\"({.*?})\"", page)
    today = timezone.localtime()
    in_days = {name: (datetime.fromisoformat(at).date() - today.date()).days for name, at in json.loads(table).items()}
    assert in_days == {"德邦物流": 1, "顺丰": 4}
    assert "没有时效推算和轨迹回传" in page


def test_a_first_shipment_goes_by_the_only_carrier_that_knows_the_way() -> None:
    yard = Yard()
    known(yard, leads=[("苏州", 2)])
    known(yard, code="sf", name="顺丰", leads=[("广东", 2)])
    assert 'value="德邦物流"' in dispatch_page(yard)
    known(yard, code="yt", name="圆通", leads=[("苏州", 3)])
    assert 'value="德邦物流" ' not in dispatch_page(yard)


def test_a_corrected_carriage_moves_arrival_check_and_reports_and_owes_the_customer_a_new_advice() -> None:
    yard = Yard()
    first, second = known(yard), known(yard, code="sf", name="顺丰")
    shipment = on_the_road(yard)
    clerk = yard.who["customer_service"]
    actions.check_advice(shipment, by=clerk, text="已商定")
    actions.send_advice(shipment, by=clerk, way="fax")
    actions.record_advice_heard(shipment, by=clerk, heard="王经理")
    was = Shipment.objects.get(pk=shipment.pk)
    later = was.expected_at + timedelta(days=1)  # type: ignore[operator]
    given = {"carrier": "顺丰", "waybill": "SF9", "expected_at": later}
    with pytest.raises(Refused, match="写明更正的原因"):
        actions.correct_carriage(was, by=yard.who["logistics"], **given)
    now = actions.correct_carriage(was, by=yard.who["logistics"], reason="临时换车", **given)
    assert (now.check_at - was.check_at, now.advised_at) == (timedelta(days=1), None)
    assert Carriage.objects.get().carrier == second and Carriage.history.count() == 2
    assert call(first, report()).json()["unknown"] == ["DPK1"]
    assert call(second, report(waybill="SF9")).json()["taken"] == 1
    owed = Owed.objects.open().filter(what="advice_sent_and_called").values_list("role", flat=True)
    assert list(owed) == ["customer_service"]
    told = OutboxRow.objects.filter(key__startswith="arrival_later:").values_list("payload__recipient", flat=True)
    assert set(told) == {yard.who["sales"].pk, clerk.pk}
    advice = documents_of("shipment", shipment.pk).filter(kind="dispatch_advice").order_by("version").last()
    assert advice and (advice.version, advice.data["carrier"]["name"]) == (2, "顺丰")
    with pytest.raises(Refused, match="尚未与确认书核对"):
        actions.send_advice(now, by=clerk, way="fax")
    client = Client()
    client.force_login(clerk)
    assert "承运人 德邦物流 → 顺丰" in client.get(shipment.get_absolute_url()).content.decode()


def test_a_correction_that_corrects_nothing_or_comes_too_late_is_refused() -> None:
    yard = Yard()
    shipment = on_the_road(yard)
    given = {"carrier": "德邦物流", "waybill": "DPK1", "expected_at": shipment.expected_at}
    with pytest.raises(Refused, match="没有改动"):
        actions.correct_carriage(shipment, by=yard.who["warehouse"], reason="x", **given)
    actions.correct_carriage(shipment, by=yard.who["warehouse"], reason="x", **given | {"waybill": "DPK2"})
    assert OutboxRow.objects.filter(key__startswith="carriage_corrected:").exists()
    arrived = yard.arrived(shipment)
    with pytest.raises(Refused, match="没有在途"):
        actions.correct_carriage(arrived, by=yard.who["warehouse"], reason="x", **given)


def test_a_region_twice_is_refused_beside_its_field_and_keeps_what_was_typed() -> None:
    yard = Yard()
    client = Client()
    client.force_login(yard.who["logistics"])
    given = {"code": "sf", "name": "顺丰", "freight": "monthly", "lead_days": "1", "regions": "江苏 1\n江苏 2"}
    answer = client.post(reverse("shipping:add_carrier"), given)
    assert answer.status_code == 409 and "同一地区写了两次" in answer.content.decode()
    assert "江苏 2" in answer.content.decode() and not Carrier.objects.exists()
    answer = client.post(reverse("shipping:add_carrier"), {**given, "regions": "江苏 一天"})
    assert answer.status_code == 422 and "第 1 行应为" in answer.content.decode()
    assert client.post(reverse("shipping:add_carrier"), {**given, "regions": "江苏 1"}).status_code == 302


def test_a_code_stays_and_a_stranger_sets_no_carrier() -> None:
    yard = Yard()
    carrier = known(yard)
    with pytest.raises(Refused, match="不能更改"):
        actions.change_carrier(carrier, by=yard.who["logistics"], code="other")
    with pytest.raises(Forbidden):
        actions.change_carrier(carrier, by=yard.who["sales"], name="x")


def test_changed_days_stand_in_the_record_with_what_they_were() -> None:
    yard = Yard()
    carrier = known(yard)
    actions.change_carrier(carrier, by=yard.who["logistics"], leads=[("江苏", 4)], lead_days=5)
    changed = Event.objects.filter(action="change_carrier").latest("id").data["changed"]
    assert changed == {"lead_days": ["3", "5"], "leads": ["江苏 2 天、苏州 1 天", "江苏 4 天"]}
    actions.change_carrier(carrier, by=yard.who["logistics"], leads=[("江苏", 4)])
    assert Event.objects.filter(action="change_carrier").latest("id").data["changed"] == {}


def test_a_signed_report_stands_on_the_shipments_page_with_its_source() -> None:
    yard = Yard()
    carrier, shipment = known(yard), on_the_road(yard)
    version = Shipment.objects.get(pk=shipment.pk).version
    assert call(carrier, report(words="已到无锡")).json() == {"taken": 1, "known": 0, "unknown": []}
    assert Shipment.objects.get(pk=shipment.pk).version == version  # nobody's open form goes stale by it
    client = Client()
    client.force_login(yard.who["customer_service"])
    page = client.get(shipment.get_absolute_url()).content.decode()
    assert "无锡分拨" in page and "德邦物流回传" in page


def test_a_forged_or_replayed_call_changes_nothing() -> None:
    yard = Yard()
    carrier = known(yard)
    on_the_road(yard)
    before = Event.objects.count()
    wrong = [
        call(carrier, report(), key="0" * 64),
        call(carrier, report(), ago=301),
        call(carrier, report(), ago=-600),
        call(carrier, report(), body=json.dumps({"reports": [report(kind="delivered")]}).encode()),
        Client().post(reverse("shipping:carrier_reports", args=["nobody"]), {}),
        Client().post(reverse("shipping:carrier_reports", args=[carrier.code]), {}),
    ]
    assert {(answer.status_code, answer.content) for answer in wrong} == {(403, b'{"error": "refused"}')}
    assert (Checkpoint.objects.count(), Event.objects.count()) == (0, before)
    assert call(carrier, report()).json()["taken"] == 1
    after = Event.objects.count()
    assert call(carrier, report()).json() == {"taken": 0, "known": 1, "unknown": []}
    assert (Checkpoint.objects.count(), Event.objects.count()) == (1, after)


def test_the_old_key_is_refused_once_it_is_renewed_and_only_an_admin_sees_it() -> None:
    yard = Yard()
    carrier = known(yard)
    old = carriers.key_of(carrier)
    page = reverse("shipping:carrier", args=[carrier.code])
    admin, logistics = Client(), Client()
    admin.force_login(yard.who["admin"])
    logistics.force_login(yard.who["logistics"])
    assert old in admin.get(page).content.decode() and old not in logistics.get(page).content.decode()
    assert admin.post(reverse("shipping:renew_carrier_key", args=[carrier.code])).status_code == 302
    assert call(carrier, report(), key=old).status_code == 403
    assert call(Carrier.objects.get(), report()).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"at": "2026-11-24 09:30"}, "reports[0].at"),
        ({"at": "2026-13-40T09:30:00Z"}, "reports[0].at"),
        ({"at": "0001-01-01T00:00:00+08:00"}, "reports[0].at"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "reports[0].at"),
        ({"kind": "lost"}, "reports[0].kind"),
        ({"id": ""}, "id and waybill"),
        ({"words": "a\x00b"}, "reports[0].words"),
        ({"words": ["x"]}, "reports[0].words"),
    ],
)
def test_a_report_not_as_agreed_is_answered_with_where(wrong: Any, said: str) -> None:
    yard = Yard()
    answer = call(known(yard), report() | wrong)
    assert answer.status_code == 400 and said in answer.json()["error"]
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"reports": []}', b'{"reports": [1]}', b"\xff", b"[" * 100_000])
def test_rubbish_is_no_500(body: bytes) -> None:
    carrier = known(Yard())
    stamp = str(int(time.time()))
    sign = hmac.new(carriers.key_of(carrier).encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": stamp, "X-Signature": sign}
    url = reverse("shipping:carrier_reports", args=[carrier.code])
    assert Client().post(url, body, content_type="application/json", headers=headers).status_code == 400


def test_a_waybill_of_another_carrier_or_of_goods_not_on_the_road_is_named_and_kept_out() -> None:
    yard = Yard()
    carrier, other = known(yard), known(yard, code="sf", name="顺丰")
    shipment = on_the_road(yard)
    assert Carriage.objects.get().carrier == carrier
    assert call(other, report(id="x")).json()["unknown"] == ["DPK1"]
    assert call(carrier, report(waybill="NONE")).json()["unknown"] == ["NONE"]
    paper_of_arrival(yard, shipment)
    assert call(carrier, report(id="late")).json()["unknown"] == ["DPK1"]
    assert not Checkpoint.objects.exists()


def test_a_report_counts_for_each_shipment_under_its_waybill() -> None:
    yard = Yard()
    carrier, first, second = known(yard), on_the_road(yard), on_the_road(yard)
    assert call(carrier, report()).json() == {"taken": 1, "known": 0, "unknown": []}
    assert set(Checkpoint.objects.values_list("shipment", flat=True)) == {first.pk, second.pk}
    assert call(carrier, report()).json() == {"taken": 0, "known": 1, "unknown": []}
    assert Checkpoint.objects.count() == 2


def test_a_report_from_before_the_goods_left_is_of_other_goods() -> None:
    yard = Yard()
    carrier, shipment = known(yard), on_the_road(yard)
    before = (timezone.now() - timedelta(days=2)).isoformat()
    assert call(carrier, report(at=before)).json() == {"taken": 0, "known": 0, "unknown": ["DPK1"]}
    assert not Checkpoint.objects.filter(shipment=shipment).exists()


def test_trouble_and_a_reported_delivery_bring_the_check_forward_and_leave_arrival_to_people() -> None:
    yard = Yard()
    carrier, shipment = known(yard), on_the_road(yard)
    due = Owed.objects.open().filter(subject_kind="shipment", subject_id=shipment.pk, what="arrival_check")
    assert not due.exists()
    call(carrier, report(kind="delivered"))
    assert due.exists()
    assert Shipment.objects.get(pk=shipment.pk).state == "dispatched"
    told = OutboxRow.objects.filter(key__startswith="trouble:").count()
    call(carrier, report(id="e2", kind="trouble", words="车辆故障"))
    assert OutboxRow.objects.filter(key__startswith="trouble:").count() > told
    owed = Owed.objects.open().filter(subject_kind="shipment", subject_id=shipment.pk, what="trouble_told")
    assert [row.role for row in owed.all()] == ["customer_service"]
    client = Client()
    client.force_login(yard.who["customer_service"])
    assert "承运人回传" in client.get(shipment.get_absolute_url()).content.decode()
    actions.tell_trouble(shipment, by=yard.who["customer_service"], heard="王经理")
    assert not owed.all().exists()


def test_a_checkpoint_typed_in_keeps_to_possible_times_and_says_what_is_amiss() -> None:
    yard = Yard()
    shipment = on_the_road(yard)
    clerk, now = yard.who["logistics"], timezone.now()
    for wrong in (
        {"kind": "moving", "seen_at": now + timedelta(hours=1)},
        {"kind": "moving", "seen_at": now - timedelta(days=3)},
        {"kind": "trouble", "seen_at": now},
        {"kind": "nowhere", "seen_at": now},
    ):
        with pytest.raises(Refused):
            actions.record_checkpoint(shipment, by=clerk, **wrong)
    actions.record_checkpoint(shipment, by=clerk, kind="moving", seen_at=now, place="无锡")
    assert Checkpoint.objects.get().by == clerk


def test_what_is_late_has_a_shelf_of_its_own() -> None:
    yard = Yard()
    late, well = on_the_road(yard), on_the_road(yard)
    Shipment.objects.filter(pk=late.pk).update(expected_at=timezone.now() - timedelta(hours=1))
    client = Client()
    client.force_login(yard.who["logistics"])
    page = client.get(reverse("shipping:index"), {"shelf": "late"}).content.decode()
    assert late.number in page and well.number not in page


def expected(shipment: Shipment, **from_now: int) -> None:
    Shipment.objects.filter(pk=shipment.pk).update(expected_at=timezone.now() + timedelta(**from_now))


@pytest.mark.parametrize("shelf", ["late", "dispatched"])
def test_what_is_longest_late_comes_first_with_days_carrier_and_phones(shelf: str) -> None:
    yard = Yard()
    known(yard, phone="95353")
    driver = {"driver_phone": "13800001111", "plate": "苏E·D1234"}
    later, first, in_time = (
        yard.sent_off((*yard.stocked(yard.released()), "40")),
        yard.dispatched(yard.with_notice((*yard.stocked(yard.released()), "40")), **driver),
        yard.sent_off((*yard.stocked(yard.released()), "40")),
    )
    expected(later, hours=-3)
    expected(first, days=-2, hours=-1)
    expected(in_time, hours=3)
    client = Client()
    client.force_login(yard.who["logistics"])
    page = client.get(reverse("shipping:index"), {"shelf": shelf}).content.decode()
    places = [page.find(each.get_absolute_url()) for each in (first, later)]
    assert 0 < places[0] < places[1] and page.count('class="is-late"') == 2
    wanted = ("逾期 2 天", "逾期不足 1 天", "德邦物流", "95353", "13800001111", "苏E·D1234")
    assert [words for words in wanted if words not in page] == []
    assert page.find(in_time.get_absolute_url()) > places[1] if shelf == "dispatched" else in_time.number not in page
    shown = client.get(first.get_absolute_url()).content.decode()
    assert "13800001111" in shown and "苏E·D1234" in shown


def test_a_shortage_on_the_receipt_is_told_and_stays_open_until_answered() -> None:
    yard = Yard()
    shipment = on_the_road(yard)
    paper_of_arrival(yard, shipment, condition="short", remark="少 2 卷")
    assert OutboxRow.objects.filter(key__startswith="receipt_trouble:").exists()
    open_ = Owed.objects.open().filter(subject_kind="shipment", subject_id=shipment.pk, what="receipt_answered")
    assert [row.role for row in open_.all()] == ["customer_service"]
    client = Client()
    client.force_login(yard.who["customer_service"])
    assert "回单上有问题，尚未答复" in client.get(shipment.get_absolute_url()).content.decode()
    answer = client.post(reverse("shipping:answer", args=[shipment.number]), {"words": "补发 2 卷"})
    assert answer.status_code == 302 and not open_.all().exists()
    assert "尚未答复" not in client.get(shipment.get_absolute_url()).content.decode()
    with pytest.raises(Refused, match="已答复"):
        actions.answer_receipt(shipment, by=yard.who["customer_service"], words="再答")


def test_a_whole_receipt_owes_no_answer() -> None:
    yard = Yard()
    shipment = on_the_road(yard)
    paper_of_arrival(yard, shipment)
    assert not Owed.objects.open().filter(what="receipt_answered").exists()
    with pytest.raises(Refused, match="无须答复"):
        actions.answer_receipt(shipment, by=yard.who["customer_service"], words="x")


@pytest.mark.django_db(transaction=True)
def test_one_report_called_in_twenty_times_at_once_is_taken_once() -> None:
    yard = Yard()
    carrier, shipment = known(yard), on_the_road(yard)
    one = report(kind="trouble", words="车辆故障")
    outcomes = at_once(20, lambda _: call(carrier, one).json())
    assert sorted(outcome["taken"] for outcome in outcomes) == [0] * 19 + [1]  # type: ignore[index]
    assert all(outcome["taken"] + outcome["known"] == 1 for outcome in outcomes)  # type: ignore[index]
    assert Checkpoint.objects.filter(shipment=shipment).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_answer_of_twenty_at_once_is_kept() -> None:
    yard = Yard()
    shipment = on_the_road(yard)
    paper_of_arrival(yard, shipment, condition="damaged", remark="外包装破")
    clerk = yard.who["customer_service"]
    outcomes = at_once(20, lambda i: actions.answer_receipt(shipment, by=clerk, words=f"答复 {i}"))
    assert len([each for each in outcomes if isinstance(each, Shipment)]) == 1
    assert Event.objects.filter(action="answer_receipt", subject_kind="shipment").count() == 1
