"""What a person can do here."""

from audit.errors import Refused
from audit.frame import Act, action
from documents import outbox
from documents.models import OutboxRow


@action("retry_outbox", versioned=False)
def retry_outbox(act: Act, row: OutboxRow) -> OutboxRow:
    """Send a failed or doubtful effect once more, after a person has looked (B20). Raises Refused for any other."""
    if row.state not in (OutboxRow.State.FAILED, OutboxRow.State.DOUBTFUL):
        raise Refused(f"此项状态为「{row.get_state_display()}」，不需要重发。")
    outbox.send_again(row)
    act.record(row, from_=row.state, to=OutboxRow.State.WAITING, key=row.key)
    return row


@action("settle_outbox", versioned=False)
def settle_outbox(act: Act, row: OutboxRow) -> OutboxRow:
    """A doubtful effect did arrive, says a person: it is done. Raises Refused for any other."""
    if row.state != OutboxRow.State.DOUBTFUL:
        raise Refused(f"此项状态为「{row.get_state_display()}」，不需要确认。")
    row.state, row.done_at, row.error = OutboxRow.State.DONE, act.at, ""
    row.save(update_fields=["state", "done_at", "error"])
    act.record(row, from_=OutboxRow.State.DOUBTFUL, to=row.state, key=row.key)
    return row
