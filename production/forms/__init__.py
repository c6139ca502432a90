"""What people fill in here."""

from production.forms.anomalies import AnomalyForm, AnswerForm, CloseForm, ForwardForm, PlanForm
from production.forms.cards import CardForm
from production.forms.daily import PasteForm, SheetForm, SignDayForm
from production.forms.fields import LinesForm
from production.forms.making import ExcessForm, Plain, Reason, ReportForm, StopForm
from production.forms.words import DatesForm, MaterialForm, RecallForm, TechnicalForm

__all__ = [
    "AnomalyForm",
    "AnswerForm",
    "CardForm",
    "CloseForm",
    "DatesForm",
    "ExcessForm",
    "ForwardForm",
    "LinesForm",
    "MaterialForm",
    "PasteForm",
    "Plain",
    "PlanForm",
    "Reason",
    "RecallForm",
    "ReportForm",
    "SheetForm",
    "SignDayForm",
    "StopForm",
    "TechnicalForm",
]
