"""The clauses of a contract: blanks in 【】 filled in from it; and those a new house starts from."""

import re
from pathlib import Path
from typing import Any

from customers.models import Contract
from documents.money import trimmed

BLANK = re.compile(r"【([^】]{1,20})】")

START = Path(__file__).with_name("contract_clauses.zh.txt")


def filled(contract: Contract) -> str:
    """The clauses as the paper reads; a blank that is not known stays as it was typed."""
    values = values_of(contract)
    return BLANK.sub(lambda found: values.get(found[1], found[0]), contract.clauses)


def values_of(contract: Contract) -> dict[str, str]:
    stages = "，".join(map(str, contract.stages.order_by("position")))  # type: ignore[attr-defined]
    return {
        "买方": contract.customer.name,
        "合同编号": contract.number,
        "合同金额": f"{contract.amount:,.2f} 元" if contract.amount else "以各订单确认书为准",
        "生效日": day(contract.valid_from),
        "截止日": day(contract.valid_to),
        "付款阶段": stages or "按双方确认的订单确认书",
        "数量允差上": trimmed(contract.tolerance_plus),
        "数量允差下": trimmed(contract.tolerance_minus),
    }


BLANKS = ("买方", "合同编号", "合同金额", "生效日", "截止日", "付款阶段", "数量允差上", "数量允差下")


def unknown(text: str) -> list[str]:
    return sorted(set(BLANK.findall(text)) - set(BLANKS))


def day(value: Any) -> str:
    return f"{value.year} 年 {value.month} 月 {value.day} 日"


def ensure(**kwargs: Any) -> None:
    """A house that has no template starts with one, to be edited by legal; runs after every migrate."""
    from customers.models import ContractTemplate

    if not ContractTemplate.objects.exists():
        ContractTemplate.objects.create(name="标准销售合同", clauses=START.read_text().strip())
