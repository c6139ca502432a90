"""Lots of finished goods and of materials, where they lie, and every move of them."""

from stock.models.goods import Lot, Move, Pallet
from stock.models.materials import ExpectedArrival, MaterialLot, MaterialMove

__all__ = ["ExpectedArrival", "Lot", "MaterialLot", "MaterialMove", "Move", "Pallet"]
