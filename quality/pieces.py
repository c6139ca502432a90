"""The numbers on the labels of a batch's rolls and cartons; a pallet's label bears the pallet's own."""

import re

# Which letter stands before the place of a roll (卷) and of a carton (箱); before there was one, labels bore none.
PIECES = {"roll": "J", "carton": "X"}
PIECE = re.compile(r"(?P<batch>.+)-[JX]?(?P<place>\d{3,})")


def batch_in(number: str) -> str:
    """The batch whose roll or carton may bear this number; empty for what is no such number."""
    found = PIECE.fullmatch(number)
    return found["batch"] if found else ""
