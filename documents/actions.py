"""What a person can do here."""

from collections.abc import Sequence
from datetime import date, time

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.permissions import roles_of
from accounts.records import save
from audit.errors import Forbidden, Refused
from audit.frame import Act, action
from documents import access, attachments, bundles, files, messages, notices, outbox, queries, serving
from documents.models import Bundle, Document, Letterhead, NoticeSettings, OutboxRow

LARGEST_LOGO = 1024 * 1024


@action("change_letterhead", versioned=False)
def change_letterhead(
    act: Act,
    letterhead: Letterhead | None,
    *,
    logo_file: UploadedFile | None = None,
    drop_logo: bool = False,
    **texts: str,
) -> Letterhead:
    """How the firm appears on papers from now on; those frozen keep what they have. The first time needs no reason.

    A logo's file is named by its hash and never removed: papers already frozen go on naming it.
    """
    if unknown := texts.keys() - (set(queries.LETTERHEAD_FIELDS) - {"logo"}):
        raise Refused(f"没有这项抬头内容：{'、'.join(sorted(unknown))}")
    fresh = letterhead or Letterhead.objects.select_for_update(no_key=True).filter(pk=1).first() or Letterhead(pk=1)
    if not fresh._state.adding and not act.reason:
        raise Refused("请写明修改的原因。", field="reason")
    before = queries.letterhead()
    for name, value in texts.items():
        setattr(fresh, name, value)
    if drop_logo:
        fresh.logo = ""
    elif logo_file is not None:
        fresh.logo = files.write_by_hash("logos", picture(logo_file))
    save(fresh)
    act.record(fresh, changed=sorted(name for name in before if before[name] != getattr(fresh, name)))
    return fresh


def picture(uploaded: UploadedFile) -> bytes:
    """A logo's content. Raises Refused for what is too large or no picture (B13)."""
    if (uploaded.size or 0) > LARGEST_LOGO:
        raise Refused("标志超过 1 MB，请压缩后再上传。", field="logo_file")
    try:
        kind = attachments.validate(uploaded)
    except ValidationError as error:
        raise Refused("；".join(error.messages), field="logo_file") from error
    if not kind.content_type.startswith("image/"):
        raise Refused("标志只能是 PNG 或 JPG 图片。", field="logo_file")
    return uploaded.read()


@action("retry_outbox", versioned=False)
def retry_outbox(act: Act, row: OutboxRow) -> OutboxRow:
    """Send a failed or doubtful effect once more, after a person has looked (B20). Raises Refused for any other.

    What may have arrived already is sent a second time only with the reason for it.
    """
    must_handle(act, row)
    if not row.needs_person:
        raise Refused(f"此项状态为「{row.get_state_display()}」，不需要重发。")
    if row.state == OutboxRow.State.DOUBTFUL and not act.reason:
        raise Refused("此项可能已送达，重发请写明原因（如：已电话核实对方没有收到）。", field="reason")
    outbox.send_again(row)
    act.record(row, from_=row.state, to=OutboxRow.State.WAITING, key=row.key)
    return row


@action("settle_outbox", versioned=False)
def settle_outbox(act: Act, row: OutboxRow) -> OutboxRow:
    """A doubtful effect did arrive, says a person: it is done. Raises Refused for any other."""
    must_handle(act, row)
    if row.state != OutboxRow.State.DOUBTFUL:
        raise Refused(f"此项状态为「{row.get_state_display()}」，不需要确认。")
    if not act.reason:
        raise Refused("请写明如何得知已送达（如：对方电话确认收到）。", field="reason")
    row.state, row.done_at, row.error = OutboxRow.State.DONE, act.at, ""
    row.save(update_fields=["state", "done_at", "error"])
    act.record(row, from_=OutboxRow.State.DOUBTFUL, to=row.state, key=row.key)
    return row


def must_handle(act: Act, row: OutboxRow) -> None:
    """Admins see to everything; customer service to the mails about what they see."""
    if not messages.rows_of(act.by).filter(pk=row.pk).exists():
        raise Forbidden("只能处理自己可见的订单发出的邮件；其他事项请联系管理员。")


@action("choose_notices", versioned=False)
def choose_notices(
    act: Act, subject: None, *, choices: dict[str, str], digest_at: time | None = None
) -> NoticeSettings:
    """How the person who acts wants to be told of each kind (only what differs from at once is kept).

    Raises Refused for a kind that is theirs to do or is told at once, and for a digest without time or address.
    """
    kept = {kind: how for kind, how in choices.items() if how != NoticeSettings.How.APP}
    for kind, how in kept.items():
        known = notices.find(kind)
        if known is None or how not in NoticeSettings.How.values:
            raise Refused("没有这一种通知，请刷新后再选。")
        if notices.is_fixed(known, roles_of(act.by)):
            raise Refused(f"「{known.label}」须即时处理，不能关闭站内提醒。", field=kind)
    if digest_at is None and NoticeSettings.How.DIGEST in kept.values():
        raise Refused("选了「每日邮件」，请填写发送时间。", field="digest_at")
    if digest_at and not act.by.email:
        raise Refused("您还没有登记电子邮箱，收不到每日邮件；请联系管理员补上。", field="digest_at")
    mine, _ = NoticeSettings.objects.select_for_update(no_key=True).get_or_create(user=act.by)
    mine.choices, mine.digest_at = kept, digest_at
    mine.save(update_fields=["choices", "digest_at"])
    act.record(act.by, choices=kept, digest=str(digest_at or ""))
    return mine


@action("print_papers", versioned=False)
def print_papers(act: Act, subject: None, *, papers: list[Document]) -> Bundle:
    """Print a selection as one PDF; each paper of it is counted as printed. Raises Refused for none or too many."""
    if not papers:
        raise Refused("请先勾选要打印的单据。", field="papers")
    if len(papers) > bundles.MOST_PRINTED:
        raise Refused(f"一次最多合并打印 {bundles.MOST_PRINTED} 份，请分批打印。", field="papers")
    seen = must_see(act, papers)
    items = [(paper.pk, serving.count_printing(paper, act.by, act.at).count) for paper in seen]
    return bundle(act, Bundle.Kind.PRINT, f"合并打印 {len(items)} 份单据", items)


@action("export_papers", versioned=False)
def export_papers(act: Act, subject: None, *, month: date, kind: str = "", q: str = "") -> Bundle:
    """Export the month's papers that the archive shows them, as a ZIP. Raises Refused for none or too many."""
    found = queries.archive(act.by, words=q, kind=kind, month=month).order_by("made_at", "pk")
    items = [(pk, None) for pk in found.values_list("pk", flat=True)[: bundles.MOST_EXPORTED + 1]]
    if not items:
        raise Refused("这个月没有可导出的单据。")
    if len(items) > bundles.MOST_EXPORTED:
        raise Refused(f"一次最多导出 {bundles.MOST_EXPORTED} 份，请按单据种类或客户筛选后再导出。")
    return bundle(act, Bundle.Kind.MONTH, f"{month:%Y-%m} 单据 {len(items)} 份", items)


def must_see(act: Act, papers: Sequence[Document]) -> list[Document]:
    """The papers, oldest first. Raises Refused where one of them is not theirs to see (B7)."""
    asked = {paper.pk for paper in papers}
    rows = Document.objects.filter(pk__in=asked).defer("data", "letterhead")
    seen = list(access.documents_seen_by(act.by, rows).order_by("made_at", "pk"))
    if len(seen) != len(asked):
        raise Refused("有的单据已不可见，请刷新后重选。", field="papers")
    return seen


def bundle(act: Act, kind: Bundle.Kind, title: str, items: Sequence[tuple[int, int | None]]) -> Bundle:
    made = Bundle.objects.create(kind=kind, title=title, items=items, by=act.by, at=act.at)
    bundles.ask_for(made)
    act.record(made, papers=len(items))
    return made
