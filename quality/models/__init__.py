"""What quality keeps."""

from quality.models.inspection import (
    Concession,
    Countersignature,
    Inspection,
    InspectionRefusal,
    InspectionWithdrawal,
    ReworkReport,
    Verdict,
)
from quality.models.standards import (
    Characteristic,
    Finding,
    ItemKind,
    ProductStandard,
    SampledInspection,
    SamplingState,
)

__all__ = [
    "Characteristic",
    "Concession",
    "Countersignature",
    "Finding",
    "Inspection",
    "InspectionRefusal",
    "InspectionWithdrawal",
    "ItemKind",
    "ProductStandard",
    "ReworkReport",
    "SampledInspection",
    "SamplingState",
    "Verdict",
]
