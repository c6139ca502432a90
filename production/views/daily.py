"""The 生产日报表: the days, one day with its signature, and the sheet of a shift."""

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.calendar import day_named
from accounts.paging import page_of
from accounts.permissions import may
from accounts.web import needs, open_to, perform
from production import daily, forms
from production.actions import days, sheets
from production.models import ReportDay
from production.views.shared import WORKING, an_order, url

TABS = (("", "键盘填写"), ("paste", "从表格粘贴"))


@require_safe
@open_to(daily.ROLES)
def index(request: HttpRequest) -> HttpResponse:
    page = page_of(daily.days(), request.GET, ("day", "id"), descending=True)
    today = timezone.localdate()
    context = {
        "page": page,
        "rows": daily.with_counts(page.rows),
        "today": today,
        "may_report": may(request.user, "report_sheet"),
    }
    return render(request, "production/days.html", context)


@require_safe
@open_to(daily.ROLES)
def day(request: HttpRequest, day: str) -> HttpResponse:
    return day_page(request, a_day(day))


def day_page(request: HttpRequest, day: date, form: forms.SignDayForm | None = None) -> HttpResponse:
    row = ReportDay.objects.filter(day=day).first() or ReportDay(day=day)
    signatures = list(row.signatures.select_related("by")) if row.pk else []
    shown = daily.summed(day)
    later = bool(signatures) and any(each.pk > signatures[0].covers for each in shown.rows)
    may_sign = day <= timezone.localdate() and (not signatures or later) and may(request.user, "sign_day")
    if form is None and may_sign:
        form = forms.SignDayForm(subject=row)
    context = {
        "day": day,
        "shown": shown,
        "signatures": signatures,
        "later": later,
        "form": form,
        "papers": daily.papers_of(row) if row.pk else [],
        "sheets": daily.sheets_of(day),
        "may_report": may(request.user, "report_sheet"),
        "may_take_back": may(request.user, "take_back_report"),
    }
    return render(request, "production/day.html", context, status=form.status if form else 200)


@require_POST
@needs("sign_day")
def sign(request: HttpRequest, day: str) -> HttpResponse:
    when = a_day(day)
    form = forms.SignDayForm(request.POST, subject=ReportDay.objects.filter(day=when).first() or ReportDay(day=when))
    done = perform(request, form, days.sign_day, day=when, to=url("day", day), said="已签字，生产日报表正在生成。")
    return done or day_page(request, when, form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("report_sheet")
def sheet(request: HttpRequest) -> HttpResponse:
    """One form per shift, for the keyboard or pasted from a spreadsheet."""
    way = "paste" if request.GET.get("way") == "paste" else ""
    words = request.GET.get("q", "").strip()[:60]
    data = request.POST if request.method == "POST" else None
    form: Any = forms.PasteForm(data) if way else forms.SheetForm(data, lines=daily.open_lines(words))
    said = "班次报表已登记，各订单进度已更新。"
    done = perform(request, form, sheets.report_sheet, None, said=said)
    context = {
        "form": form,
        "way": way,
        "words": words,
        "tabs": [{"label": label, "url": f"?way={code}", "active": code == way} for code, label in TABS],
        "full": not way and len(form.lines) == daily.MOST_LINES,
    }
    return done or render(request, "production/sheet.html", context, status=form.status)


@require_safe
@open_to(WORKING)
def order_day(request: HttpRequest, number: str) -> HttpResponse:
    """From an order's to-do to the day that is to be signed."""
    order = an_order(request, number)
    owed = daily.first_owed(order) or timezone.localdate()
    return redirect("production:day", owed.isoformat())


def a_day(text: str) -> date:
    day = day_named(text)
    if day is None:
        raise Http404
    return day
