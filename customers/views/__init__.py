"""Pages of customers and memos."""

from customers.views import customers, memos

__all__ = ["customers", "memos"]
