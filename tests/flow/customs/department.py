"""What a department that is added brings to the house."""

from orders.departments import Department
from tests.flow.customs import gates, panels, subjects

CUSTOMS = Department(
    subjects=subjects.SUBJECTS,
    bolts=gates.BOLTS,
    gates=gates.GATES,
    duties=gates.DUTIES,
    guards=gates.GUARDS,
    panels=(panels.PANEL,),
)
