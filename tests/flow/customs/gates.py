"""What holds the release of a declaration, what is due on it, and who may not release it."""

from django.db.models import Q

from flow.gates import Bolt, Duty, Gate, Guard, Owing

GATES = (
    Gate(
        "papers_filed",
        "declaration",
        "报关单证",
        "报关单证未归档，请销售员归档。",
        Q(filed_by=None),
        (Owing("sales"),),
        page="customs:file",
    ),
)
BOLTS = (
    Bolt(
        "clear_goods",
        "declaration",
        "报关放行",
        frozenset({"open"}),
        ("papers_filed",),
        owed=(Owing("customer_service"),),
        page="customs:declaration",
    ),
)
DUTIES = (
    Duty("name_goods", "declaration", "填写商品编码", Q(goods_code=""), (Owing("technical"),), page="customs:name"),
)
GUARDS = (Guard("not_the_filer", "clear_goods", lambda user: Q(filed_by=user), "归档人不能自己放行。"),)
