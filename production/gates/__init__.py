"""What technical, production and quality hold an order by (rules.md, the chain)."""

from flow.gates import registry
from production.gates import making, quality, samples, watching, words


def register() -> None:
    for room in (words, making, quality):
        for gate in room.GATES:
            registry.gate(gate)
    for duty in (*making.DUTIES, *quality.DUTIES, *watching.DUTIES, *samples.DUTIES):
        registry.duty(duty)
    registry.lead("finish", "production:report")
    registry.lead("pass_quality", "production:batches")
