from datetime import timedelta

import pytest
from django.utils import timezone

from audit.errors import Forbidden, Refused
from customers.actions import supplement_memo, tell_reply, write_memo
from customers.models import Memo
from tests import people

pytestmark = pytest.mark.django_db
HEARD = {"channel": "phone", "caller": "王经理", "words": "要 80 宽热敏纸 200 卷，月底要"}


def test_a_memo_gets_a_number_and_keeps_who_took_it_and_when() -> None:
    clerk = people.person("customer_service")
    memo = write_memo(None, by=clerk, customer=people.customer(), **HEARD)
    assert memo.number.startswith("BW-")
    assert memo.number.endswith("-0001")
    assert (memo.taken_by, memo.told_at) == (clerk, None)


def test_a_memo_may_be_of_someone_who_is_no_customer_yet() -> None:
    memo = write_memo(None, by=people.person("sales"), customer_name="新客户甲", **HEARD)
    assert memo.of == "新客户甲"


def test_a_memo_names_someone() -> None:
    with pytest.raises(Refused) as refused:
        write_memo(None, by=people.person("sales"), **HEARD)
    assert refused.value.field == "customer_name"


def test_a_salesperson_writes_no_memo_for_anothers_customer() -> None:
    with pytest.raises(Forbidden):
        write_memo(None, by=people.person("sales"), customer=people.customer(), **HEARD)


def test_telling_the_customer_how_long_it_takes_is_kept_once() -> None:
    clerk, soon = people.person("customer_service"), timezone.now() + timedelta(hours=2)
    memo = write_memo(None, by=clerk, customer=people.customer(), **HEARD)
    told = tell_reply(memo, by=clerk, told_words="两小时内答复", reply_promised_by=soon)
    assert (told.told_by, told.told_words, told.reply_promised_by) == (clerk, "两小时内答复", soon)
    with pytest.raises(Refused, match="已由"):
        tell_reply(memo, by=clerk, told_words="再说一遍")


def test_telling_needs_the_time_that_was_promised() -> None:
    clerk = people.person("customer_service")
    memo = write_memo(None, by=clerk, customer=people.customer(), **HEARD)
    with pytest.raises(Refused) as refused:
        tell_reply(memo, by=clerk, told_words="会尽快")
    assert refused.value.field == "reply_promised_by"


def test_what_was_asked_for_later_stands_below_what_was_heard_first() -> None:
    clerk = people.person("customer_service", name="陈客服")
    memo = write_memo(None, by=clerk, customer=people.customer(), missing="收货地址", **HEARD)
    added = supplement_memo(memo, by=clerk, words="送苏州仓", missing="")
    assert added.words.startswith(HEARD["words"])
    assert "陈客服 补记】\n送苏州仓" in added.words
    assert added.missing == ""
    assert memo.history.count() == 2


def test_salespeople_see_memos_of_their_customers_and_their_own() -> None:
    seller, clerk = people.person("sales"), people.person("customer_service")
    write_memo(None, by=clerk, customer=people.customer(), **HEARD)
    mine = write_memo(None, by=clerk, customer=people.customer(salesperson=seller), **HEARD)
    own = write_memo(None, by=seller, customer_name="新客户", **HEARD)
    assert set(Memo.objects.visible_to(seller)) == {mine, own}
    assert Memo.objects.visible_to(clerk).count() == 3
