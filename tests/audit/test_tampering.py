"""B25: whatever a superuser changes in what was sealed, past the application, a verify command finds and names."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit import heads, sealing
from audit.grants import append_only_tables
from audit.models import Seal
from audit.sealed import LOWEST, tables
from documents.models import OutboxRow
from home import watch
from orders.models import Order
from tests import people
from tests.shop import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def sealed(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A delivered and paid order, sealed twice; rolled back after the last test."""
    root = tmp_path_factory.mktemp("heads")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr("django.conf.settings.HEADS_ROOT", root)
        shop = Shop()
        order = shop.passed()
        sealing.seal(timezone.now() - timedelta(days=1))
        shop.pay_rest(order)
        shop.delivered(shop.shipment(order))
        sealing.seal(timezone.now())
        yield root
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def root(sealed: Path, tmp_path: Path, settings: Any) -> Path:
    """A copy of the files, to be spoilt."""
    settings.HEADS_ROOT = shutil.copytree(sealed, tmp_path / "heads")
    return settings.HEADS_ROOT


@pytest.fixture(autouse=True)
def as_superuser(root: Path) -> Iterator[None]:
    """Rolled back before anybody asks whether the rows still fit together."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        yield
        transaction.set_rollback(True)


def run(statement: str, *given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone() if cursor.description else None


def verified(*words: str, command: str = "verify_audit") -> str:
    """What the command finds; empty where all is well."""
    said = StringIO()
    try:
        call_command(command, *words, stdout=StringIO(), stderr=said)
    except CommandError:
        assert said.getvalue()
    return said.getvalue()


MIDDLE = "SELECT id FROM {} ORDER BY id OFFSET 1 LIMIT 1"
LAST = "SELECT id FROM {} ORDER BY id DESC LIMIT 1"
CHANGES = {
    "an event, its hash made to fit": (
        "audit_event",
        "SELECT max(id) FROM audit_event",
        'WITH new AS (SELECT (jsonb_populate_record(e, \'{{"reason": "x"}}\')).* FROM audit_event e WHERE id = %s) '
        "UPDATE audit_event e SET reason = 'x', hash = oms_event_hash(new::audit_event) FROM new WHERE e.id = new.id",
        "被改动",
    ),
    "an event in the middle": ("audit_event", MIDDLE, "UPDATE {} SET reason = 'x' WHERE id = %s", "被改动"),
    "the last event": ("audit_event", LAST, "DELETE FROM {} WHERE id = %s", "被删除"),
    "a version": (
        "orders_historicalorder",
        MIDDLE.replace("id", "history_id"),
        "UPDATE {} SET received = 1 WHERE history_id = %s",
        "被改动",
    ),
    "the last version": (
        "orders_historicalorder",
        LAST.replace("id", "history_id"),
        "DELETE FROM {} WHERE history_id = %s",
        "被删除",
    ),
    "money": ("finance_moneyentry", MIDDLE, "UPDATE {} SET amount = amount + 1 WHERE id = %s", "被改动"),
    "a payment": ("finance_payment", LAST, "UPDATE {} SET payer = 'x' WHERE id = %s", "被改动"),
    "goods": ("orders_lineentry", MIDDLE, "UPDATE {} SET quantity = quantity + 1 WHERE id = %s", "被改动"),
    "goods away": ("orders_lineentry", LAST, "DELETE FROM {} WHERE id = %s", "被删除"),
    "a signature": ("orders_signoff", LAST, "UPDATE {} SET verdict = 'x' WHERE id = %s", "被改动"),
    "a move in the store": ("stock_move", LAST, "UPDATE {} SET by_id = NULL WHERE id = %s", "被改动"),
    "a paper": (
        "documents_document",
        LAST,
        "UPDATE {} SET data = jsonb_set(data, '{{number}}', '\"x\"') WHERE id = %s",
        "被改动",
    ),
    "where a file lies": ("documents_attachment", LAST, "DELETE FROM {} WHERE id = %s", "被删除"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_b25_a_sealed_row_that_was_changed_or_deleted_is_named(what: str) -> None:
    table, pick, change, words = CHANGES[what]
    (row,) = run(pick.format(table))
    assert not verified()
    run(change.format(table), row)
    assert f"（{table}）第 {row} 行{words}" in verified()


def test_b25_a_whole_chain_that_was_deleted_is_named() -> None:
    (order,) = Order.objects.all()
    first, last = run(
        "SELECT min(id), max(id) FROM audit_event WHERE subject_kind = 'order' AND subject_id = %s", order.pk
    )
    run("DELETE FROM audit_event WHERE subject_kind = 'order' AND subject_id = %s", order.pk)
    said = verified()
    assert f"第 {first} 行被删除" in said and f"{last}\n" in said


@pytest.mark.parametrize("place", ["0", "-5"])
def test_b25_a_row_put_in_below_what_was_sealed_is_named(place: str) -> None:
    run(
        "INSERT INTO finance_moneyentry SELECT (jsonb_populate_record(m, jsonb_build_object('id', %s::int))).* "
        "FROM finance_moneyentry m ORDER BY id LIMIT 1",
        place,
    )
    assert f"（finance_moneyentry）第 {place} 行是后来插入的" in verified()


def test_b25_many_changed_rows_of_a_table_are_counted() -> None:
    run("UPDATE audit_event SET reason = 'x' WHERE id IN (SELECT id FROM audit_event ORDER BY id LIMIT 21)")
    assert "操作记录（audit_event）共有 21 行被改动：" in verified()


COOKED = {
    "received": ("UPDATE orders_order SET received = 7", "的已收款为 7，台账合计 1,000"),
    "written off": ("UPDATE orders_order SET written_off = 7", "的尾差核销为 7，台账合计 0"),
    "billed": ("UPDATE orders_order SET billed = 7", "的已发货值为 7，应为 1,000"),
    "arrival": ("UPDATE orders_order SET arrived_at = now() + interval '1 day'", "与其发货单的到货记录不符"),
    "arrival taken away": ("UPDATE orders_order SET arrived_at = NULL", "的到货时间为 无"),
    "promised date": ("UPDATE orders_order SET promised_on = '2020-01-01'", "的预交日为 2020-01-01，签定"),
    "pushes": ("UPDATE orders_revision SET pushes = 3", "第 1 版记 3 次顺延，有效的 0 次"),
    "a total of a line": ("UPDATE orders_line SET excess = 5", "的超量接收为 5，台账合计 0"),
    "an entry less": ("DELETE FROM orders_lineentry WHERE kind = 'arrived'", "的到货为 100，台账合计 0"),
    "an entry of money more": (
        "INSERT INTO finance_moneyentry (order_id, kind, amount, payment_id, method, bank_ref, note, at) "
        "SELECT order_id, kind, 7, payment_id, '', '', '', now() FROM finance_moneyentry ORDER BY id LIMIT 1",
        "的已收款为 1,000，台账合计 1,007",
    ),
    "what is left of a payment": ("UPDATE finance_paymentbalance SET allocated = 0", "的已分配为 0，应为 300"),
    "a payment back to life": ("UPDATE finance_paymentbalance SET amount = amount + 1", "的有效金额为 301，应为 300"),
    "money carried to nobody": (
        "INSERT INTO finance_moneyentry (order_id, other_order_id, kind, amount, method, bank_ref, note, at) "
        "SELECT id, id, 'carried_in', 7, '', '', '', now() FROM orders_order",
        "之间转出与转入相差 7",
    ),
    "a state": (
        "SELECT set_config('oms.action', 'x', true); UPDATE orders_order SET state = 'COMPLETED'",
        "为「已完成」，操作记录到「发货」",
    ),
    "a customer's limit": ("UPDATE customers_customer SET credit_limit = 9", "的信用额度与最后一次历史不同"),
    "a price": ("UPDATE catalog_priceentry SET price = 9", "的含税单价与最后一次历史不同"),
    "an unsealed version less": (
        "DELETE FROM orders_historicalorder WHERE history_id = (SELECT max(history_id) FROM orders_historicalorder)",
        "与最后一次历史不同",
    ),
    "every version less": ("DELETE FROM customers_historicalcustomer", "没有历史"),
    "a row less": (
        "DELETE FROM customers_contact",
        "不见了，历史中没有删除",
    ),
}


@pytest.mark.parametrize("what", COOKED)
def test_b25_a_figure_that_its_ledger_does_not_come_to_is_named(what: str) -> None:
    change, words = COOKED[what]
    assert not verified(command="verify_books")
    run(change)
    assert words in verified(command="verify_books")


def test_goods_that_left_at_an_earlier_price_keep_it(sealed: Path) -> None:
    """An amendment after a part has gone: what is billed is no price in force times what is out."""
    shop = Shop()
    order = shop.passed(header={"split_allowed": True})
    shop.pay_rest(order)
    shop.dispatched(shop.shipment(order, Decimal(40)))
    run("UPDATE orders_revisionline SET price = 12 WHERE revision_id = %s", order.revision_id)
    assert f"{order.number} 的已发货值为 400，应为 480" in verified(command="verify_books")


def altered(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"finance_payment"', b'"finance_pqyment"'))


SPOILT = {
    "one byte of an earlier file": ("000001.jsonl", altered, "000001.jsonl 被改动"),
    "one byte of the last file": ("000002.jsonl", altered, "000002.jsonl 被改动"),
    "cut short": ("000002.jsonl", lambda path: path.write_bytes(path.read_bytes()[:-40]), "000002.jsonl 被截断"),
    "a line less": (
        "000002.jsonl",
        lambda path: path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:-1])),
        "000002.jsonl 被截断",
    ),
    "emptied": ("000001.jsonl", lambda path: path.write_bytes(b""), "000001.jsonl 被截断"),
    "not text": ("000001.jsonl", lambda path: path.write_bytes(b"\xff\xfe[]\n[]"), "000001.jsonl 被截断"),
    "an earlier file deleted": ("000001.jsonl", Path.unlink, "000001.jsonl 不见了"),
    "the last file deleted": ("000002.jsonl", Path.unlink, "000002.jsonl 不见了"),
    "all files deleted": ("000002.jsonl", lambda path: shutil.rmtree(path.parent), "000001.jsonl 不见了"),
    "one in place of another": (
        "000002.jsonl",
        lambda path: shutil.copy(path.parent / "000001.jsonl", path),
        "000002.jsonl 被改动",
    ),
}


@pytest.mark.parametrize("what", SPOILT)
def test_b25_a_spoilt_file_of_heads_is_named(what: str, root: Path) -> None:
    name, spoil, words = SPOILT[what]
    spoil(root / name)
    assert words in verified()


def test_b25_files_written_by_who_has_no_key_are_not_believed(settings: Any) -> None:
    settings.SECRET_KEY, own = "another-key-" + "y" * 50, settings.SECRET_KEY
    assert "000001.jsonl 被改动，签名不符" in verified()
    settings.SECRET_KEY_FALLBACKS = [own]
    assert not verified()


def test_b25_a_seal_that_the_database_tells_otherwise_is_named() -> None:
    run("UPDATE audit_seal SET head = repeat('0', 64) WHERE number = 1")
    assert "第 1 号封存：文件的头与库中登记的不同" in verified()
    run("DELETE FROM audit_seal WHERE number = 1")
    assert "第 1 号封存在库中的登记不见了" in verified()


def test_a_head_that_was_printed_is_found_among_the_files_or_missed() -> None:
    assert not verified("--head", Seal.objects.get(number=1).head.upper())
    assert "没有这个头" in verified("--head", "0" * 64)


def test_a_database_older_than_the_heads_is_told_as_such_and_begun_again() -> None:
    run("DELETE FROM finance_moneyentry WHERE id = (SELECT max(id) FROM finance_moneyentry)")
    run("DELETE FROM audit_seal WHERE number = 2")
    said = verified()
    assert "数据库比封存文件旧：库中的封存只登记到第 1 号，文件已到第 2 号封存 " in said
    assert "恢复自第 2 号封存" in said and "seal_audit --anew --after 1" in said
    with pytest.raises(CommandError, match="数据库比封存文件旧"):
        call_command("seal_audit")
    call_command("seal_audit", "--anew", "--after", "1", "--reason", "恢复备份", stdout=StringIO())
    assert not verified()
    run("UPDATE finance_moneyentry SET amount = amount + 1")
    assert "（finance_moneyentry）" in verified()


def test_a_seal_interrupted_after_its_file_is_taken_up() -> None:
    run("DELETE FROM audit_seal WHERE number = 2")
    assert not verified()
    assert sealing.seal(timezone.now()).number == 3
    assert list(Seal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3]


def test_nothing_is_sealed_upon_a_file_that_is_gone(root: Path) -> None:
    (root / "000002.jsonl").unlink()
    with pytest.raises(CommandError, match="第 2 号封存的文件不见了"):
        call_command("seal_audit")


def test_the_night_seals_sends_the_head_and_tells_admins_what_is_wrong(settings: Any) -> None:
    settings.AUDIT_HEADS_EMAIL = "notary@example.com"
    admin = people.person("admin")
    assert not watch.keep_watch(timezone.now())
    [mail] = OutboxRow.objects.filter(channel="email", payload__to=["notary@example.com"])
    assert Seal.objects.get(number=3).head in mail.payload["body"]
    run("UPDATE finance_moneyentry SET amount = amount + 1 WHERE id = (SELECT max(id) FROM finance_moneyentry)")
    watch.keep_watch(timezone.now())
    [told] = OutboxRow.objects.filter(key__startswith="tampered", payload__recipient=admin.pk)
    assert "款项台账（finance_moneyentry）第" in told.payload["text"]


def test_a_folder_of_heads_that_cannot_be_written_is_told(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_text("")
    settings.HEADS_ROOT = tmp_path / "no-folder" / "heads"
    run("DELETE FROM audit_seal")
    assert "封存文件写不下去" in watch.keep_watch(timezone.now())[0]


def test_what_was_sealed_is_not_sealed_again() -> None:
    assert sealing.seal(timezone.now()).rows == 0
    Shop().draft()
    assert 0 < sealing.seal(timezone.now()).rows < 100


def test_files_of_heads_are_their_owners_alone(root: Path) -> None:
    sealing.seal(timezone.now())
    assert (root / "000003.jsonl").stat().st_mode & 0o777 == 0o600
    assert not list(root.glob("*.part"))


def test_every_table_that_only_grows_is_sealed_or_says_why_not() -> None:
    """By hand: whoever adds one here says why on its model."""
    assert set(append_only_tables()) - set(tables()) == {"audit_actionresult", "audit_seal"}
    assert all(each.model._meta.pk.get_internal_type().endswith("AutoField") for each in tables().values())


def test_a_new_row_of_any_sealed_table_reaches_the_next_seal(root: Path) -> None:
    covered = {block.table for number in heads.numbers() for block in heads.read(number).blocks()}
    filled = {name for name, table in tables().items() if table.top() != LOWEST}
    assert covered == filled and {"orders_holdperiod", "orders_datepush"} <= set(tables())
