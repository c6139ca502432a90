from audit.errors import Refused
from audit.frame import action
from documents.numbering import next_number
from flow.frame import FlowAct, FlowAction
from orders.frame import OrderAct, order_action
from orders.models import Order
from tests.flow.customs.models import Declaration


@order_action("open_declaration", adds=True)
def open_declaration(act: OrderAct, order: Order) -> Declaration:
    """The order leaves the country: its goods are to be declared."""
    made = Declaration.objects.create(number=next_number("BG", act.at), order=act.order)
    act.record(act.order)
    act.touch(made)
    return made


@action("name_goods", frame=FlowAction)
def name_goods(act: FlowAct, declaration: Declaration, *, goods_code: str) -> Declaration:
    """Raises Refused for what is no code of ten figures."""
    if len(goods_code) != 10 or not goods_code.isdigit():
        raise Refused("商品编码是 10 位数字。", field="goods_code")
    declaration.goods_code = goods_code
    return kept(act, declaration)


@action("file_customs_papers", frame=FlowAction)
def file_customs_papers(act: FlowAct, declaration: Declaration) -> Declaration:
    declaration.filed_by = act.by
    return kept(act, declaration)


@action("clear_goods", frame=FlowAction)
def clear_goods(act: FlowAct, declaration: Declaration) -> Declaration:
    act.require("clear_goods", declaration)
    declaration.state = "cleared"
    return kept(act, declaration)


def kept(act: FlowAct, declaration: Declaration) -> Declaration:
    declaration.version += 1
    declaration.save()
    act.record(declaration)
    act.record(declaration.order)
    return declaration
