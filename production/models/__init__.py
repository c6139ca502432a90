"""What the technical, production and quality departments keep."""

from production.models.anomaly import Anomaly, AnomalyAnswer, AnomalyKind, AnswerWay
from production.models.batch import Batch, BatchStatus
from production.models.daily import DaySignature, ReportDay, ReportSheet
from production.models.delay import DelayTold, ToldBy
from production.models.inspection import Countersignature, Inspection, InspectionWithdrawal, Verdict
from production.models.material import MaterialReserved, MaterialUse, StatedShort
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
    "DaySignature",
    "DelayTold",
    "Finding",
    "Inspection",
    "InspectionWithdrawal",
    "ItemKind",
    "MaterialReserved",
    "MaterialUse",
    "ProductStandard",
    "ReportDay",
    "ReportSheet",
    "SampledInspection",
    "SamplingState",
    "Shift",
    "StandardStatus",
    "StatedShort",
    "SupervisionCheck",
    "SupervisionDay",
    "SupervisionItem",
    "ToldBy",
    "Verdict",
]
