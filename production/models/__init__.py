"""What the technical and production departments keep."""

from production.models.anomaly import Anomaly, AnomalyAnswer, AnomalyKind, AnswerWay
from production.models.batch import UNJUDGED, Batch, BatchStatus, PalletReceived
from production.models.cards import CardStep, JudgedBy, ProcessCard
from production.models.daily import DaySignature, ReportDay, ReportSheet
from production.models.delay import DelayTold, ToldBy
from production.models.editions import Edition, EditionStatus
from production.models.material import MaterialReserved, MaterialUse, StatedMaterial, StatedNeed
from production.models.report import DailyReport, Shift
from production.models.sample import SampleRequest, SampleState, SampleStep
from production.models.schedule import Machine, MachineDay, WorkOrder, WorkSlot
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
    "DailyReport",
    "DaySignature",
    "DelayTold",
    "Edition",
    "EditionStatus",
    "JudgedBy",
    "Machine",
    "MachineDay",
    "MaterialReserved",
    "MaterialUse",
    "PalletReceived",
    "ProcessCard",
    "ReportDay",
    "ReportSheet",
    "SampleRequest",
    "SampleState",
    "SampleStep",
    "Shift",
    "StatedMaterial",
    "StatedNeed",
    "Step",
    "SupervisionCheck",
    "SupervisionDay",
    "SupervisionItem",
    "ToldBy",
    "WorkOrder",
    "WorkSlot",
]
