"""What the technical, production and quality departments keep."""

from production.models.anomaly import Anomaly, AnomalyKind
from production.models.batch import Batch, BatchStatus
from production.models.inspection import Countersignature, Inspection, InspectionWithdrawal, Verdict
from production.models.report import DailyReport, Shift

__all__ = [
    "Anomaly",
    "AnomalyKind",
    "Batch",
    "BatchStatus",
    "Countersignature",
    "DailyReport",
    "Inspection",
    "InspectionWithdrawal",
    "Shift",
    "Verdict",
]
