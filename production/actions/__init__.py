"""Everything that technical, production and quality can do (R8–R10, R18–R24)."""
