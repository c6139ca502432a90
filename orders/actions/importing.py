"""Handing in a spreadsheet of orders; the worker goes through it."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile

from audit.frame import Act, action
from documents.attachments import store
from documents.outbox import post
from orders.models import ImportRun


@action("import_orders", versioned=False)
def import_orders(act: Act, _: None, *, file: UploadedFile, submit: bool = False) -> ImportRun:
    """Keep the file and note the work; the page of the run shows what became of each row."""
    run = ImportRun.objects.create(by=act.by, at=act.at)
    run.file = store(file, act.by, "importrun", run.pk)
    run.save(update_fields=["file"])
    post("import_orders", f"import:{run.pk}", {"run": run.pk, "submit": submit})
    act.record(run)
    return run


def finish(run: ImportRun, report: dict[str, Any], at: Any) -> None:
    run.report, run.done_at = report, at
    run.save(update_fields=["report", "done_at"])
