"""What quality brings to the house."""

from documents.access import among
from orders.departments import Department
from orders.following import RESUMED
from quality import filing, gates, notices, panels, papers, switched
from quality.actions import inspection

QUALITY = Department(
    gates=gates.GATES,
    duties=gates.DUTIES,
    leads={"pass_quality": "quality:batches"},
    papers=(papers.REPORT, papers.LABELS),
    scopes={"batch": among(papers.batches_seen)},
    notices=(switched.KIND,),
    tells=notices.TELLS,
    panels=(panels.PANEL,),
    offers=panels.OFFERS,
    filings=(filing.of_batches,),
    hooks=((RESUMED, inspection.back_when_resumed),),
)
