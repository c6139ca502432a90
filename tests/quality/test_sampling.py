"""GB/T 2828.1: cells written off the published tables, and the switching rules as they read there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.sampling import LotSeen, Plan, Severity, Stand, after, letter_of, plan_of
from quality.sampling.plans import master, place_of
from quality.sampling.switching import call_irregular, call_steady, resume

GOOD = LotSeen(accepted=True, accept=1, accepted_finer=True)
BAD = LotSeen(accepted=False, accept=1, accepted_finer=False)


@pytest.mark.parametrize(
    ("size", "level", "letter"),
    [
        (2, "II", "A"),
        (8, "III", "B"),
        (9, "II", "B"),
        (25, "II", "C"),
        (26, "II", "D"),
        (90, "I", "C"),
        (91, "II", "F"),
        (150, "S-4", "D"),
        (151, "II", "G"),
        (280, "II", "G"),
        (281, "II", "H"),
        (500, "III", "J"),
        (501, "II", "J"),
        (1200, "I", "G"),
        (1200, "S-3", "E"),
        (1201, "II", "K"),
        (3200, "S-4", "G"),
        (3201, "II", "L"),
        (10000, "S-1", "C"),
        (10001, "II", "M"),
        (35000, "III", "N"),
        (35001, "II", "N"),
        (150000, "S-2", "E"),
        (150001, "II", "P"),
        (500001, "II", "Q"),
        (500001, "III", "R"),
        (500001, "S-3", "H"),
    ],
)
def test_the_code_letter_is_that_of_table_1(size: int, level: str, letter: str) -> None:
    assert letter_of(size, level) == letter


# letter, AQL, and the plan the table leads to: (letter, sample, Ac)
NORMAL = [
    ("A", "6.5", ("A", 2, 0)),
    ("A", "2.5", ("C", 5, 0)),
    ("B", "6.5", ("A", 2, 0)),
    ("C", "2.5", ("C", 5, 0)),
    ("C", "10", ("C", 5, 1)),
    ("D", "1.5", ("D", 8, 0)),
    ("D", "4.0", ("E", 13, 1)),
    ("D", "6.5", ("D", 8, 1)),
    ("E", "4.0", ("E", 13, 1)),
    ("F", "0.65", ("F", 20, 0)),
    ("F", "1.0", ("E", 13, 0)),
    ("F", "1.5", ("G", 32, 1)),
    ("F", "2.5", ("F", 20, 1)),
    ("G", "4.0", ("G", 32, 3)),
    ("H", "2.5", ("H", 50, 3)),
    ("H", "6.5", ("H", 50, 7)),
    ("J", "1.0", ("J", 80, 2)),
    ("J", "1.5", ("J", 80, 3)),
    ("J", "2.5", ("J", 80, 5)),
    ("J", "6.5", ("J", 80, 10)),
    ("K", "1.5", ("K", 125, 5)),
    ("K", "4.0", ("K", 125, 10)),
    ("L", "0.65", ("L", 200, 3)),
    ("L", "6.5", ("L", 200, 21)),
    ("L", "10", ("K", 125, 21)),
    ("M", "1.0", ("M", 315, 7)),
    ("N", "0.40", ("N", 500, 5)),
    ("Q", "0.010", ("Q", 1250, 0)),
    ("Q", "0.025", ("R", 2000, 1)),
    ("R", "0.65", ("R", 2000, 21)),
]
TIGHTENED = [
    ("A", "10", ("A", 2, 0)),
    ("B", "6.5", ("B", 3, 0)),
    ("F", "1.0", ("F", 20, 0)),
    ("F", "4.0", ("F", 20, 1)),
    ("G", "4.0", ("G", 32, 2)),
    ("H", "2.5", ("H", 50, 2)),
    ("J", "1.0", ("J", 80, 1)),
    ("J", "2.5", ("J", 80, 3)),
    ("J", "4.0", ("J", 80, 5)),
    ("K", "2.5", ("K", 125, 5)),
    ("K", "4.0", ("K", 125, 8)),
    ("L", "2.5", ("L", 200, 8)),
    ("L", "6.5", ("L", 200, 18)),
    ("M", "2.5", ("M", 315, 12)),
    ("R", "0.025", ("S", 3150, 1)),
]
REDUCED = [
    ("C", "2.5", ("C", 2, 0)),
    ("F", "0.65", ("F", 8, 0)),
    ("F", "4.0", ("F", 8, 1)),
    ("G", "6.5", ("G", 13, 3)),
    ("J", "1.0", ("J", 32, 1)),
    ("J", "1.5", ("J", 32, 2)),
    ("J", "2.5", ("J", 32, 3)),
    ("K", "2.5", ("K", 50, 5)),
    ("K", "4.0", ("K", 50, 6)),
    ("L", "4.0", ("L", 80, 8)),
    ("L", "6.5", ("L", 80, 10)),
]


@pytest.mark.parametrize(
    ("severity", "letter", "aql", "published"),
    [
        (severity, *cell)
        for severity, cells in (("normal", NORMAL), ("tightened", TIGHTENED), ("reduced", REDUCED))
        for cell in cells
    ],
)
def test_a_cell_is_that_of_the_master_table(
    severity: str, letter: str, aql: str, published: tuple[str, int, int]
) -> None:
    assert master(letter, place_of(aql), severity) == Plan(*published)


def test_a_sample_as_large_as_the_lot_is_the_whole_lot() -> None:
    assert plan_of(30, "II", "0.65", "normal") == Plan("F", 20, 0)
    assert plan_of(12, "II", "0.65", "normal") == Plan("F", 12, 0)


def follow(stand: Stand, *lots: LotSeen) -> Stand:
    for lot in lots:
        stand = after(stand, lot)
    return stand


def test_two_refused_of_five_lots_tighten() -> None:
    assert follow(Stand(), BAD, GOOD, GOOD, GOOD, BAD).severity == "tightened"
    assert follow(Stand(), BAD, BAD).severity == "tightened"


def test_two_refused_with_four_accepted_between_do_not() -> None:
    assert follow(Stand(), BAD, GOOD, GOOD, GOOD, GOOD, BAD).severity == "normal"


def test_five_accepted_in_a_row_ease_what_was_tightened() -> None:
    tightened = Stand("tightened")
    assert follow(tightened, *[GOOD] * 4).severity == "tightened"
    assert follow(tightened, *[GOOD] * 4, BAD, *[GOOD] * 4).severity == "tightened"
    assert follow(tightened, *[GOOD] * 4, BAD, *[GOOD] * 5).severity == "normal"


def test_what_was_refused_before_the_tightening_is_forgotten_with_it() -> None:
    eased = follow(Stand(), BAD, BAD, *[GOOD] * 5)
    assert follow(eased, BAD).severity == "normal"


def test_five_refused_under_tightened_stop_the_sampling() -> None:
    tightened = Stand("tightened")
    assert not follow(tightened, BAD, GOOD, BAD, BAD, GOOD, BAD).stopped
    stopped = follow(tightened, BAD, GOOD, BAD, BAD, GOOD, BAD, BAD)
    assert stopped.stopped
    assert resume(stopped) == Stand("tightened")


def test_where_nothing_is_stopped_there_is_nothing_to_resume() -> None:
    for stand in (Stand(score=8, recent="1111"), Stand("tightened", run=3, refused=2), Stand("reduced", steady=True)):
        assert resume(stand) == stand


@given(st.lists(st.sampled_from([GOOD, BAD, "steady", "irregular"]), max_size=40))
def test_nothing_but_resume_ends_a_stop(said: list[object]) -> None:
    stand = follow(Stand("tightened"), *[BAD] * 5)
    steps = {"steady": call_steady, "irregular": call_irregular}
    for one in said:
        stand = after(stand, one) if isinstance(one, LotSeen) else steps[one](stand)  # type: ignore[index]
        assert (stand.severity, stand.stopped) == ("tightened", True)
    assert not resume(stand).stopped


def test_a_score_of_thirty_and_steady_production_reduce() -> None:
    nearly = follow(Stand(steady=True), *[GOOD] * 14)
    assert (nearly.severity, nearly.score) == ("normal", 28)
    assert follow(nearly, GOOD).severity == "reduced"


def test_the_score_alone_does_not_reduce_until_quality_calls_production_steady() -> None:
    ready = follow(Stand(), *[GOOD] * 20)
    assert (ready.severity, ready.score) == ("normal", 30)
    assert call_steady(ready).severity == "reduced"


def test_with_ac_two_and_more_a_lot_counts_three_where_a_finer_aql_had_accepted_it() -> None:
    easily, barely = LotSeen(True, 2, True), LotSeen(True, 2, False)
    assert follow(Stand(), easily, easily).score == 6
    assert follow(Stand(), easily, easily, barely).score == 0
    assert follow(Stand(steady=True), *[easily] * 10).severity == "reduced"


def test_a_refused_lot_takes_the_score_away() -> None:
    assert follow(Stand(), *[GOOD] * 9, BAD).score == 0


def test_a_refused_lot_or_irregular_production_ends_the_reduction() -> None:
    reduced = Stand("reduced", steady=True)
    assert follow(reduced, GOOD, GOOD) == reduced
    assert follow(reduced, BAD) == Stand("normal")
    assert call_irregular(reduced) == Stand("normal")


@given(st.lists(st.sampled_from([GOOD, BAD, "steady", "irregular", "resume"]), max_size=80))
def test_whatever_comes_the_rules_hold(said: list[object]) -> None:
    stand = Stand()
    for one in said:
        before = stand
        if isinstance(one, LotSeen):
            stand = after(stand, one)
            if not one.accepted:
                assert stand.severity != Severity.REDUCED
            assert not (before.severity == "tightened" and stand.severity == "reduced")
        else:
            stand = {"steady": call_steady, "irregular": call_irregular, "resume": resume}[one](stand)  # type: ignore[index]
        assert stand.stopped == (stand.refused >= 5)
        assert stand.score <= 30 and stand.run < 5 and stand.recent.count("0") < 2
        assert stand.severity != "reduced" or stand.steady
