"""What people fill in here."""

from production.forms.anomalies import AnomalyForm, AnswerForm, CloseForm, ForwardForm, PlanForm
from production.forms.cards import CardForm
from production.forms.daily import PasteForm, SheetForm, SignDayForm
from production.forms.fields import LinesForm
from production.forms.making import ExcessForm, Plain, Reason, ReportForm, ScrapForm, StopForm
from production.forms.quality import (
    ConcedeForm,
    CountersignForm,
    InspectForm,
    LabelsForm,
    OutgoingForm,
    PutForm,
    PutFormSet,
    ReceiveForm,
    ReworkForm,
)
from production.forms.standards import StandardForm, SteerForm
from production.forms.words import DatesForm, MaterialForm, RecallForm, TechnicalForm

__all__ = [
    "AnomalyForm",
    "AnswerForm",
    "CardForm",
    "CloseForm",
    "ConcedeForm",
    "CountersignForm",
    "DatesForm",
    "ExcessForm",
    "ForwardForm",
    "InspectForm",
    "LabelsForm",
    "LinesForm",
    "MaterialForm",
    "OutgoingForm",
    "PasteForm",
    "Plain",
    "PlanForm",
    "PutForm",
    "PutFormSet",
    "Reason",
    "RecallForm",
    "ReceiveForm",
    "ReportForm",
    "ReworkForm",
    "ScrapForm",
    "SheetForm",
    "SignDayForm",
    "StandardForm",
    "SteerForm",
    "StopForm",
    "TechnicalForm",
]
