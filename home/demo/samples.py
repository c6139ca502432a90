"""Samples on their way: asked for, made, with the customer, filed."""

from datetime import timedelta
from typing import TYPE_CHECKING

from home.demo.papers import paper
from production.actions import samples as actions

if TYPE_CHECKING:
    from home.demo.company import Company

WANTED = (
    ("可移除白标", "60×40 mm", "2 卷", "贴在玻璃瓶上，撕下不留胶", ()),
    ("超低温标签", "50×30 mm", "3 卷", "-80 ℃ 冷冻不脱落", ("make_sample",)),
    ("防伪刮开标签", "40×20 mm", "100 张", "刮开层银色，刮后露出数字", ("make_sample", "send_sample")),
    (
        "黑底热敏纸",
        "80×80 mm",
        "2 卷",
        "黑底白字，参照客户来样",
        ("make_sample", "send_sample", "approve_sample", "seal_sample"),
    ),
)
WORDS = {
    "make_sample": "柔印 2 号试做，面材换为 PE 80 µm",
    "send_sample": "顺丰寄出，收件人为采购",
    "approve_sample": "客户签样寄回，认可",
    "seal_sample": "封样 F-018，样品柜三层",
}


def order_samples(company: "Company") -> None:
    at = company.clock.now
    for place, (name, spec, quantity, words, codes) in enumerate(WANTED):
        customer = company.clients[place].customer
        sample = actions.ask_sample(
            None,
            by=company.people["customer_service"],
            at=at,
            customer=customer,
            name=name,
            spec=spec,
            quantity=quantity,
            words=words,
            wanted_on=company.today + timedelta(days=7),
        )
        for code in codes:
            by = company.people["technical" if code == "make_sample" else "customer_service"]
            more = {"paper": paper("签样")} if code == "approve_sample" else {}
            getattr(actions, code)(sample, by=by, at=at, text=WORDS[code], **more)
            sample.refresh_from_db()
