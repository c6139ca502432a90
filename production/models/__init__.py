"""What the technical, production and quality departments keep."""

from production.models.anomaly import Anomaly, AnomalyAnswer, AnomalyKind, AnswerWay
from production.models.batch import UNJUDGED, Batch, BatchStatus, PalletReceived
from production.models.cards import CardStep, JudgedBy, ProcessCard
from production.models.daily import DaySignature, ReportDay, ReportSheet
from production.models.delay import DelayTold, ToldBy
from production.models.editions import Edition, EditionStatus
from production.models.inspection import (
    Concession,
    Countersignature,
    Inspection,
    InspectionRefusal,
    InspectionWithdrawal,
    ReworkReport,
    Verdict,
)
from production.models.material import MaterialReserved, MaterialUse, StatedMaterial, StatedNeed
from production.models.report import DailyReport, Shift
from production.models.sample import SampleRequest, SampleState, SampleStep
from production.models.schedule import Machine, MachineDay, WorkOrder, WorkSlot
from production.models.standards import (
    Characteristic,
    Finding,
    ItemKind,
    ProductStandard,
    SampledInspection,
    SamplingState,
)
from production.models.steps import Step
from production.models.supervision import SupervisionCheck, SupervisionDay, SupervisionItem

__all__ = [
    "UNJUDGED",
    "Anomaly",
    "AnomalyAnswer",
    "AnomalyKind",
    "AnswerWay",
    "Batch",
    "BatchStatus",
    "CardStep",
    "Characteristic",
    "Concession",
    "Countersignature",
    "DailyReport",
    "DaySignature",
    "DelayTold",
    "Edition",
    "EditionStatus",
    "Finding",
    "Inspection",
    "InspectionRefusal",
    "InspectionWithdrawal",
    "ItemKind",
    "JudgedBy",
    "Machine",
    "MachineDay",
    "MaterialReserved",
    "MaterialUse",
    "PalletReceived",
    "ProcessCard",
    "ProductStandard",
    "ReportDay",
    "ReportSheet",
    "ReworkReport",
    "SampleRequest",
    "SampleState",
    "SampleStep",
    "SampledInspection",
    "SamplingState",
    "Shift",
    "StatedMaterial",
    "StatedNeed",
    "Step",
    "SupervisionCheck",
    "SupervisionDay",
    "SupervisionItem",
    "ToldBy",
    "Verdict",
    "WorkOrder",
    "WorkSlot",
]
