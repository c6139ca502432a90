"""Handing in a spreadsheet of orders; the worker goes through it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from audit.errors import Forbidden, Refused
from audit.frame import Act, action
from documents import jobs, outbox, tables
from documents.attachments import store
from documents.models import OutboxRow
from orders.importing import template
from orders.models import ImportRun

CHANNEL, KEY = "import_orders", "import:{}"


@action("import_orders", versioned=False)
def import_orders(act: Act, _: None, *, file: UploadedFile, submit: bool = False) -> ImportRun:
    """Keep the file and note the work; the page of the run shows what became of each row.

    Raises Refused for a file that cannot be read or lacks a column; nothing is kept then.
    """
    try:
        tables.headed(tables.lines_of(file), template.COLUMNS)
    except tables.Unreadable as error:
        raise Refused(str(error), field="file") from error
    run = ImportRun.objects.create(by=act.by, at=act.at)
    run.file = store(file, act.by, "importrun", run.pk)
    run.save(update_fields=["file"])
    told = {"minder": run.by_id, "page": run.get_absolute_url(), "subject": run.file.name}
    outbox.post(CHANNEL, KEY.format(run.pk), {"run": run.pk, "submit": submit, **told})
    act.record(run)
    return run


@action("retry_import", versioned=False)
def retry_import(act: Act, run: ImportRun) -> ImportRun:
    """Go through the kept file once more, after it failed; what came in by then is not doubled.

    Raises Refused for one that is not the person's own, or did not fail.
    """
    row = OutboxRow.objects.filter(channel=CHANNEL, key=KEY.format(run.pk)).first()
    if run.by_id != act.by.pk:
        raise Forbidden("只有导入人本人可以重试。")
    if row is None or not row.needs_person:
        raise Refused("此次导入没有失败，不需要重试。请刷新页面查看结果。")
    outbox.send_again(row)
    act.record(run)
    return run


def note(run: ImportRun, report: dict[str, Any], done_at: datetime | None = None) -> None:
    """What became of the rows so far; with `done_at` of all of them."""
    run.report, run.done_at = report, done_at
    run.save(update_fields=["report", "done_at"])


def standings(runs: Iterable[ImportRun], now: datetime) -> dict[int, jobs.Standing]:
    """How each run stands that is not through."""
    keys = {KEY.format(run.pk): run.pk for run in runs if run.done_at is None}
    return {keys[key]: standing for key, standing in jobs.standings(CHANNEL, keys, now).items()}
