"""What finance brings to the house."""

from finance import books, charging, disposing, filing, gates, invoicing, notices, panels, papers, subjects
from orders.departments import Department
from orders.filters import Filter
from orders.following import CANCELLING

FINANCE = Department(
    subjects=subjects.SUBJECTS,
    gates=gates.GATES,
    duties=gates.DUTIES,
    papers=papers.PAPERS,
    scopes=papers.SCOPES,
    notices=(notices.COLLECTING, notices.GRADES),
    tells=notices.TELLS,
    panels=(panels.PANEL,),
    offers=panels.OFFERS,
    facts=(panels.credit_facts,),
    filters=(Filter("invoiced", "开票", invoicing.INVOICING, prices=True),),
    filings=(filing.of_money,),
    hooks=((CANCELLING, disposing.scrap_settled), (CANCELLING, charging.charge_settled)),
    books={
        "款项台账": books.on_orders,
        "收款余额": books.balances,
        "转款": books.carried,
        "冲销": books.reversals,
        "已发货值": books.billed,
    },
)
