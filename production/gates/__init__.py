"""What technical and production hold an order by (rules.md, the chain)."""

from production.gates import making, samples, watching, words

GATES = (*words.GATES, *making.GATES)
DUTIES = (*making.DUTIES, *watching.DUTIES, *samples.DUTIES)
