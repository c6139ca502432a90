"""What the technical, production and quality departments keep."""

from production.models.anomaly import Anomaly, AnomalyAnswer, AnomalyKind, AnswerWay
from production.models.batch import Batch, BatchStatus
from production.models.delay import DelayTold, ToldBy
from production.models.inspection import Countersignature, Inspection, InspectionWithdrawal, Verdict
from production.models.report import DailyReport, Shift
from production.models.supervision import SupervisionCheck, SupervisionDay, SupervisionItem

__all__ = [
    "Anomaly",
    "AnomalyAnswer",
    "AnomalyKind",
    "AnswerWay",
    "Batch",
    "BatchStatus",
    "Countersignature",
    "DailyReport",
    "DelayTold",
    "Inspection",
    "InspectionWithdrawal",
    "Shift",
    "SupervisionCheck",
    "SupervisionDay",
    "SupervisionItem",
    "ToldBy",
    "Verdict",
]
