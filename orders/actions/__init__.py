"""Everything that can be done to an order, revision or return by the order's own people (R1–R19)."""
