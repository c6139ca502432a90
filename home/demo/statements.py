"""Last month's 对账单: most are out, some answered, one disputed."""

from typing import TYPE_CHECKING

from finance import statements
from finance.actions.statements import answer_statement, issue_statement
from finance.forms.statements import last_month

if TYPE_CHECKING:
    from home.demo.company import Company

ISSUED, ANSWERED = 12, 7


def give(company: "Company") -> None:
    finance, at = company.people.of("finance")[0], company.clock.now
    first = last_month(company.today)
    found = statements.months(statements.dealing(finance, first).order_by("code"), first)
    for place, month in enumerate(found[:ISSUED]):
        issue_statement(month.customer, by=finance, at=at, month=first)
        if place >= ANSWERED:
            continue
        said = {"answer": "agreed", "text": "签章回传，相符"}
        if place == ANSWERED - 1:
            said = {"answer": "disputed", "text": "月末一笔汇款未列入，请核对"}
        answer_statement(month.customer, by=finance, at=at, month=first, **said)
