"""What the store brings to the house."""

from flow.departments import Department
from stock import notices

STOCK = Department(notices=(notices.LOW, notices.OVERDUE, notices.WRONG))
