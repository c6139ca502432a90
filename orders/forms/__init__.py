"""Forms of the order's own pages: they check what was typed; the action judges."""
