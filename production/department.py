"""What technical and production bring to the house."""

from documents.access import among
from orders.departments import Department
from orders.following import ENDED, IN_FORCE
from production import daily_papers, filing, gates, notices, panels, papers, promising, subjects
from production.models import SampleRequest
from production.scheduling import planning

PRODUCTION = Department(
    subjects=subjects.SUBJECTS,
    gates=gates.GATES,
    duties=gates.DUTIES,
    leads={"finish": "production:report"},
    papers=(papers.WORK_ORDER, daily_papers.DAILY),
    scopes={"samplerequest": among(SampleRequest.objects.visible_to), "reportday": daily_papers.days_seen},
    notices=(notices.SAMPLES,),
    tells=notices.TELLS,
    panels=(panels.PANEL,),
    offers=panels.OFFERS,
    filings=(filing.of_words, filing.of_work),
    hooks=(
        (IN_FORCE, promising.promise_or_ask),
        (IN_FORCE, planning.plan),
        (ENDED, promising.free_promised),
        (ENDED, planning.give_up),
    ),
    promises={"原材料批次": promising.differing},
)
