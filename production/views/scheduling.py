"""The load picture, the plan of an order, and the machines."""

from datetime import timedelta
from functools import cache
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.calendar import day_named
from accounts.paging import page_of
from accounts.permissions import may, roles_of
from accounts.web import needs, open_to, perform
from documents.figures import qty
from orders.models import Order, State, give_places
from production import daily, promising
from production.actions import scheduling
from production.forms.scheduling import DropForm, MachineDayForm, MachineForm, MoveForm, ReplanForm
from production.models import Machine, Step, WorkOrder, WorkSlot
from production.scheduling import behind, board
from production.views.shared import WORKING, an_order, page_context, url

PLANNERS = daily.ROLES
MOST_BEHIND = 30


@require_safe
@open_to(PLANNERS)
def load(request: HttpRequest) -> HttpResponse:
    return load_page(request)


def load_page(request: HttpRequest, form: DropForm | None = None) -> HttpResponse:
    """Two weeks of machines; `?from=` begins elsewhere, `?step=` keeps one step."""
    today = timezone.localdate()
    first, step = day_named(request.GET.get("from", "")) or today, request.GET.get("step", "")
    user: Any = request.user
    shown = board.read(user, first, today, step)
    lead_on(shown)
    late = behind.lines_behind(user, today)
    fortnight = timedelta(days=board.DAYS)
    context = {
        "board": shown,
        "rows": [(row.machine, [cell_of(cell, may(user, "move_work")) for cell in row.cells]) for row in shown.rows],
        "first": first,
        "step": step,
        "steps": Step.choices,
        "today": today,
        "earlier": first - fortnight,
        "later": first + fortnight,
        "picture": picture(shown),
        "behind": late[:MOST_BEHIND],
        "behind_count": len(late),
        "form": form or DropForm(),
        "may_move": may(user, "move_work"),
        "may_change": may(user, "change_machine"),
    }
    return render(request, "production/load.html", context, status=form.status if form else 200)


# The picture's measures, in its own units.
LEFT, TOP, WIDE, HIGH, GAP = 130, 26, 60, 30, 4


TONES = ("day", "wanted", "some", "full", "late", "over")


def picture(shown: board.Board) -> dict[str, Any]:
    """Where each bar stands: a cell's height is the day's hours, its filled part what is taken of them, and above that
    what orders not released yet will want. Bars of one tone are one path, painted in the order of `TONES`."""
    paths: dict[str, list[str]] = {tone: [] for tone in TONES}
    texts = []

    def bar(tone: str, x: int, y: int, high: int) -> None:
        paths[tone].append(f"M{x} {y}h{WIDE - GAP}v{high}h{GAP - WIDE}z")

    for line, row in enumerate(shown.rows):
        for place, cell in enumerate(row.cells):
            full, x, y = HIGH - GAP, LEFT + place * WIDE, TOP + line * HIGH
            filled = min(full, full * cell.percent // 100)
            wanted = min(full - filled, full * cell.wanted_percent // 100)
            if cell.hours:
                bar("day", x, y, full)
            if wanted:
                bar("wanted", x, y + full - filled - wanted, wanted)
            if cell.taken:
                bar(tone_of(cell), x, y + full - filled, filled)
                texts.append({"x": x + (WIDE - GAP) // 2, "y": y + 17, "percent": cell.percent})
    labels = [{"name": row.machine.name, "y": TOP + line * HIGH + 18} for line, row in enumerate(shown.rows)]
    heads = [{"day": day, "x": LEFT + place * WIDE + WIDE // 2 - 2} for place, day in enumerate(shown.days)]
    size = {"width": LEFT + len(shown.days) * WIDE, "height": TOP + len(shown.rows) * HIGH}
    drawn = {tone: "".join(parts) for tone, parts in paths.items() if parts}
    return {"paths": drawn, "texts": texts, "labels": labels, "heads": heads, **size}


def cell_of(cell: board.Cell, may_move: bool) -> SafeString:
    """A machine's day in the table: its hours, what is planned on it, and what would be."""
    off, over = "" if cell.hours else ' class="off"', " over" if cell.is_over else ""
    hours = f'<span class="hours{over}">{qty(cell.taken)} / {qty(cell.hours)}</span>' if cell.hours else ""
    slots = "".join(slot_of(slot, may_move) for slot in cell.slots)
    intended = "".join(
        f'<a class="work intended" href="{escape(slot["url"])}"><span class="visually-hidden">拟排 </span>'
        f"{escape(slot['called'])}<b>{qty(slot['hours'])}h</b></a>"
        for slot in cell.intended
    )
    head = f'<td data-machine="{cell.machine.pk}" data-day="{cell.day.isoformat()}"{off}>'
    return mark_safe(f"{head}{hours}{slots}{intended}</td>")  # noqa: S308 (escaped above)


def slot_of(slot: dict[str, Any], may_move: bool) -> str:
    late = " late" if slot["late"] else ""
    handle = f' data-order="{escape(slot["number"])}" draggable="true"' if may_move else ""
    head = f'<a class="work{late}" href="{escape(slot["url"])}" data-slot="{slot["pk"]}"{handle}>'
    return f"{head}{escape(slot['called'])}<b>{qty(slot['hours'])}h</b></a>"


def tone_of(cell: board.Cell) -> str:
    return "over" if cell.is_over else "late" if cell.is_late else "full" if cell.percent >= 90 else "some"


def lead_on(shown: board.Board) -> None:
    """Give each piece of work the page it leads to; those of one order share it."""
    page = cache(url)
    for cell in (cell for row in shown.rows for cell in row.cells):
        for slot in cell.slots:
            slot["url"] = page("work", slot["number"])
        for slot in cell.intended:
            slot["url"] = page("dates", slot["number"])


@require_POST
@needs("move_work")
def drop(request: HttpRequest) -> HttpResponse:
    """A piece of work dropped on another cell of the board, which has it in focus afterwards."""
    form = DropForm(request.POST)
    order = an_order(request, request.POST.get("number", ""))
    back = f"{url('load')}?{request.GET.urlencode()}" if request.GET else url("load")
    to = f"{back}#slot-{request.POST.get('slot_id', '')}"
    done = perform(request, form, scheduling.move_work, order, to=to, said="已移动。")
    return done or load_page(request, form)


@require_safe
@open_to(WORKING)
def work(request: HttpRequest, number: str) -> HttpResponse:
    return work_page(request, an_order(request, number))


def work_page(
    request: HttpRequest, order: Order, *, moving: MoveForm | None = None, replanning: ReplanForm | None = None
) -> HttpResponse:
    """The work orders of one order, step by step, and the forms of whoever plans."""
    works = plan_of(order)
    if order.state == State.PRODUCTION and may(request.user, "move_work"):
        slots = movable(order, works)
        moving = moving or (MoveForm(subject=order, slots=slots) if slots else None)
        lines = promising.to_make(order)
        replanning = replanning or (ReplanForm(subject=order, lines=lines) if lines else None)
    else:
        moving = replanning = None
    context = page_context(order, "work") | {"works": works, "moving": moving, "replanning": replanning}
    status = max((form.status for form in (moving, replanning) if form), default=200)
    return render(request, "production/work.html", context, status=status)


def plan_of(order: Order) -> list[behind.WorkNow]:
    works = WorkOrder.objects.filter(line__order=order).select_related("card__product")
    return behind.read(works.prefetch_related("slots__machine"), timezone.localdate())


def movable(order: Order, works: list[behind.WorkNow]) -> list[WorkSlot]:
    """What lies ahead, and of days gone by what is to be done yet."""
    today = timezone.localdate()
    short = [one.work.pk for one in works if one.lacks]
    slots = WorkSlot.objects.counting().filter(Q(day__gte=today) | Q(work__in=short), work__line__order=order)
    found = list(slots.select_related("work__line", "machine").order_by("work__line", "day"))
    give_places(slot.work.line for slot in found)
    return found


@require_POST
@needs("move_work")
def move(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    form = MoveForm(request.POST, subject=order, slots=movable(order, plan_of(order)))
    done = perform(request, form, scheduling.move_work, order, to=url("work", number), said="已移动。")
    return done or work_page(request, order, moving=form)


@require_POST
@needs("replan_work")
def replan(request: HttpRequest, number: str) -> HttpResponse:
    order = an_order(request, number)
    form = ReplanForm(request.POST, subject=order, lines=promising.to_make(order))
    done = perform(request, form, scheduling.replan_work, order, to=url("work", number), said="已重新排产。")
    return done or work_page(request, order, replanning=form)


@require_safe
@open_to(PLANNERS | {"admin"})
def machines(request: HttpRequest) -> HttpResponse:
    context = {
        "page": page_of(Machine.objects.all(), request.GET, ("name",)),
        "may_change": may(request.user, "change_machine"),
        "may_plan": not roles_of(request.user).isdisjoint(PLANNERS),
    }
    return render(request, "production/machines.html", context)


@require_safe
@open_to(PLANNERS | {"admin"})
def machine(request: HttpRequest, pk: int) -> HttpResponse:
    return machine_page(request, get_object_or_404(Machine, pk=pk))


def machine_page(request: HttpRequest, shown: Machine, form: MachineDayForm | None = None) -> HttpResponse:
    may_change = may(request.user, "change_machine")
    if form is None and may(request.user, "set_machine_day"):
        form = MachineDayForm()
    days = shown.days.filter(day__gte=timezone.localdate() - timedelta(days=31)).order_by("-day")[:60]
    context = {"machine": shown, "days": days, "form": form, "may_change": may_change}
    return render(request, "production/machine.html", context, status=form.status if form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("change_machine")
def change_machine(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    shown = None if pk is None else get_object_or_404(Machine, pk=pk)
    form = MachineForm(request.POST or None, instance=shown)
    done = perform(request, form, scheduling.change_machine, shown, said="已保存。")
    context = {"form": form, "title": f"修改{shown}" if shown else "新增机台", "machine": shown}
    return done or render(request, "production/machine_form.html", context, status=form.status)


@require_POST
@needs("set_machine_day")
def set_day(request: HttpRequest, pk: int) -> HttpResponse:
    shown = get_object_or_404(Machine, pk=pk)
    form = MachineDayForm(request.POST)
    done = perform(request, form, scheduling.set_machine_day, shown, to=shown.get_absolute_url(), said="已保存。")
    return done or machine_page(request, shown, form)
