"""What quality, and who signs beside it, fills in."""

from production.forms.making import Reason
from quality.forms.batches import (
    ConcedeForm,
    CountersignForm,
    InspectForm,
    LabelsForm,
    OutgoingForm,
    PutForm,
    PutFormSet,
    ReceiveForm,
    ReworkForm,
    ScrapForm,
)
from quality.forms.standards import StandardForm, SteerForm

__all__ = [
    "ConcedeForm",
    "CountersignForm",
    "InspectForm",
    "LabelsForm",
    "OutgoingForm",
    "PutForm",
    "PutFormSet",
    "Reason",
    "ReceiveForm",
    "ReworkForm",
    "ScrapForm",
    "StandardForm",
    "SteerForm",
]
