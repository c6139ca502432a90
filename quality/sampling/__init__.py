"""Single sampling by attributes, GB/T 2828.1 (ISO 2859-1): how many are looked at, and what that says of a batch."""

from quality.sampling.plans import Plan, plan_of
from quality.sampling.switching import LotSeen, Stand, after
from quality.sampling.tables import AQLS, LEVELS, Severity, letter_of

__all__ = ["AQLS", "LEVELS", "LotSeen", "Plan", "Severity", "Stand", "after", "letter_of", "plan_of"]
