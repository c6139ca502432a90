"""Pages of customers, quotes, contracts and memos."""

from customers.views import contracts, customers, memos, quotes

__all__ = ["contracts", "customers", "memos", "quotes"]
