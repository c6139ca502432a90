"""A document's bytes: made once from its snapshot, kept in a file named by their hash (design, idea 5)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from documents import bounded, files, jobs, outbox, papers
from documents.models import Continuous, Document, OutboxRow, Rendered, Rendering

if TYPE_CHECKING:
    from documents.pdf import Pdf

# Characters of HTML up to which a paper can't take long, whatever it says: some sixty lines, a second at worst.
# It is made in the worker itself; a fork costs as much again as a page. Anything larger is made in a bounded child.
LIGHT = 80_000
SECONDS = 30
MEGABYTES = 1024


# The rows that a paper's bytes are named by, and the outbox key of each.
SHAPES: dict[str, type[Rendered]] = {"rendering": Rendering, "continuous": Continuous}
KEYS = {"rendering": "render:{}", "continuous": "render:{}:continuous"}


def shapes_of(document: Document) -> list[str]:
    """A4, and the continuous form where the paper has one."""
    return ["rendering", "continuous"] if document.layout.get("continuous") else ["rendering"]


def ask_for(document: Document) -> None:
    for shape in shapes_of(document):
        outbox.post("render", KEYS[shape].format(document.pk), {"document": document.pk, "shape": shape})


def ensure_rendered(document_id: int, shape: str = "rendering") -> Rendered:
    """The rendering of a document, made now if there is none. Two workers at once: one rendering stays (B20).

    Raises outbox.GiveUp where the paper is beyond its bounds.
    """
    document = Document.objects.select_related(shape).get(pk=document_id)
    if hasattr(document, shape):
        return getattr(document, shape)
    made = render_bounded(document, shape)
    sha256 = files.write_by_hash("renderings", made.content)
    # The file is on the disk; only now may a row name it (B14).
    rendering, _ = SHAPES[shape].objects.get_or_create(  # type: ignore[attr-defined]
        document=document,
        defaults={"sha256": sha256, "size": len(made.content), "pages": made.pages, "made_at": timezone.now()},
    )
    return rendering


def render_bounded(document: Document, shape: str = "rendering") -> "Pdf":
    # Here, not above: only a worker that renders pays WeasyPrint's second and a half, not the web or the relay.
    from documents import pdf

    sheets = papers.continuous_of(document) if shape == "continuous" else papers.sheets_of(document)
    if sum(map(len, sheets)) <= LIGHT:
        return pdf.make(sheets)
    pdf.warm_up()  # in this process, so that the child starts warm
    return bounded_make(sheets)


def bounded_make(sheets: list[str]) -> "Pdf":
    from documents import pdf

    def work() -> bytes:
        made = pdf.make(sheets)
        return f"{made.pages}\n".encode() + made.content

    try:
        pages, _, content = bounded.run(work, seconds=SECONDS, megabytes=MEGABYTES).partition(b"\n")
    except bounded.TooMuch as error:
        raise outbox.GiveUp(f"单据过大，生成中止：{error}") from error
    return pdf.Pdf(content, int(pages))


def state_of(document: Document) -> str:
    """For the page that waits: ready, working, late or failed."""
    missing = [shape for shape in shapes_of(document) if not hasattr(document, shape)]
    if not missing:
        return "ready"
    return jobs.standing("render", keys_of(document, missing), timezone.now())


def keys_of(document: Document, shapes: Iterable[str]) -> list[str]:
    return [KEYS[shape].format(document.pk) for shape in shapes]


def render_again(document: Document) -> None:
    """Someone asks for a failed rendering once more."""
    for row in OutboxRow.objects.filter(channel="render", key__in=keys_of(document, SHAPES)):
        outbox.send_again(row)


def file_name(document: Document) -> str:
    """`销售部客户订单确认书_SO-20261119-0003_v1.pdf`"""
    return f"{document.title}_{document.number}_v{document.version}.pdf"
