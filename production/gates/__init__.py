"""What technical and production hold an order by (rules.md, the chain)."""

from flow.gates import registry
from production.gates import making, samples, watching, words


def register() -> None:
    for gate in (*words.GATES, *making.GATES):
        registry.gate(gate)
    for duty in (*making.DUTIES, *watching.DUTIES, *samples.DUTIES):
        registry.duty(duty)
    registry.lead("finish", "production:report")
