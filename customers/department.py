"""What the customers' desk brings to the house."""

from customers import access, gates, notices, papers, subjects
from flow.departments import Department

CUSTOMERS = Department(
    subjects=subjects.SUBJECTS,
    bolts=gates.BOLTS,
    duties=gates.DUTIES,
    guards=gates.GUARDS,
    papers=(papers.MEMO, papers.QUOTE, papers.CONTRACT),
    scopes=access.SCOPES,
    notices=(notices.QUOTES, notices.MARGINS, notices.REVIEWS, notices.CONTRACTS),
)
