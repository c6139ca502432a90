"""What the technical, production and quality departments keep."""

from production.models.anomaly import Anomaly, AnomalyAnswer, AnomalyKind, AnswerWay
from production.models.batch import Batch, BatchStatus
from production.models.delay import DelayTold, ToldBy
from production.models.inspection import Countersignature, Inspection, InspectionWithdrawal, Verdict
from production.models.material import MaterialUse
from production.models.report import DailyReport, Shift
from production.models.standards import (
    Characteristic,
    Finding,
    ItemKind,
    ProductStandard,
    SampledInspection,
    SamplingState,
    StandardStatus,
)
from production.models.supervision import SupervisionCheck, SupervisionDay, SupervisionItem

__all__ = [
    "Anomaly",
    "AnomalyAnswer",
    "AnomalyKind",
    "AnswerWay",
    "Batch",
    "BatchStatus",
    "Characteristic",
    "Countersignature",
    "DailyReport",
    "DelayTold",
    "Finding",
    "Inspection",
    "InspectionWithdrawal",
    "ItemKind",
    "MaterialUse",
    "ProductStandard",
    "SampledInspection",
    "SamplingState",
    "Shift",
    "StandardStatus",
    "SupervisionCheck",
    "SupervisionDay",
    "SupervisionItem",
    "ToldBy",
    "Verdict",
]
