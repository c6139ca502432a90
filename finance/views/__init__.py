"""Pages of finance."""

from finance.views import desk, orders, payments, shipments

__all__ = ["desk", "orders", "payments", "shipments"]
