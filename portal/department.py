"""What the customer's own page brings to the house."""

from orders.departments import Department
from portal import duties, notices, panels

PORTAL = Department(duties=(duties.CUSTOMER_ASKED,), tells=notices.TELLS, panels=(panels.PANEL,))
