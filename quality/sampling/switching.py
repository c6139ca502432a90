"""The switching rules of GB/T 2828.1 (9.3), over original lots only; pure, so that they are tested as they read."""

from dataclasses import dataclass, replace

from quality.sampling.tables import Severity

REDUCED_FROM = 30
WINDOW = 5
REFUSED_IN_WINDOW = 2
ACCEPTED_RUN = 5
REFUSED_TIGHTENED = 5


@dataclass(frozen=True)
class LotSeen:
    """An original lot: whether it was accepted, the plan's Ac, and whether a finer AQL had accepted it too."""

    accepted: bool
    accept: int
    accepted_finer: bool


@dataclass(frozen=True)
class Stand:
    """Where a product stands. `stopped`: no lot is accepted by samples until what is wrong has been put right."""

    severity: str = Severity.NORMAL
    score: int = 0
    recent: str = ""
    run: int = 0
    refused: int = 0
    stopped: bool = False
    steady: bool = False


def after(stand: Stand, lot: LotSeen) -> Stand:
    """The stand after one more original lot; what is stopped is begun anew by `resume` alone."""
    if stand.stopped:
        return stand
    if stand.severity == Severity.REDUCED:
        return stand if lot.accepted else begin(Severity.NORMAL)
    if stand.severity == Severity.TIGHTENED:
        return after_tightened(stand, lot)
    return after_normal(stand, lot)


def after_normal(stand: Stand, lot: LotSeen) -> Stand:
    recent = (stand.recent + ("1" if lot.accepted else "0"))[-WINDOW:]
    if recent.count("0") >= REFUSED_IN_WINDOW:
        return begin(Severity.TIGHTENED)
    stand = replace(stand, recent=recent, score=min(scored(stand.score, lot), REDUCED_FROM))
    return eased(stand)


def scored(score: int, lot: LotSeen) -> int:
    """Ac 2 and more: three points for what a finer AQL accepts too; else two for what is accepted; else none left."""
    if lot.accept >= 2:
        return score + 3 if lot.accepted and lot.accepted_finer else 0
    return score + 2 if lot.accepted else 0


def after_tightened(stand: Stand, lot: LotSeen) -> Stand:
    if lot.accepted:
        run = stand.run + 1
        return begin(Severity.NORMAL) if run >= ACCEPTED_RUN else replace(stand, run=run)
    refused = stand.refused + 1
    return replace(stand, run=0, refused=refused, stopped=refused >= REFUSED_TIGHTENED)


def eased(stand: Stand) -> Stand:
    """To reduced, where the score is there and quality has said that production is steady."""
    if stand.severity == Severity.NORMAL and stand.score >= REDUCED_FROM and stand.steady:
        return replace(begin(Severity.REDUCED), steady=True)
    return stand


def call_steady(stand: Stand) -> Stand:
    return eased(replace(stand, steady=True))


def call_irregular(stand: Stand) -> Stand:
    """Production is irregular, or quality wants it: no reduced inspection."""
    return begin(Severity.NORMAL) if stand.severity == Severity.REDUCED else replace(stand, steady=False)


def resume(stand: Stand) -> Stand:
    """Put right after a stop: tightened inspection begins anew. Without one, as where a lot that led to it counts no
    more, there is nothing to resume."""
    return begin(Severity.TIGHTENED) if stand.stopped else stand


def begin(severity: str) -> Stand:
    return Stand(severity=severity)
