"""A batch's papers: its inspection reports, and labels to print."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.web import needs, perform
from documents.queries import documents_of
from production.views.shared import page_context
from quality import forms, queries
from quality.actions.labels import print_labels
from quality.measures import measures_of
from quality.views.shared import a_batch


@require_http_methods(["GET", "HEAD", "POST"])
@needs("print_labels")
def labels(request: HttpRequest, pk: int) -> HttpResponse:
    batch = a_batch(request, pk)
    form = forms.LabelsForm(request.POST if request.method == "POST" else None)
    done = perform(request, form, print_labels, batch, said="标签正在生成，完成后可打印。")
    if done:
        return done
    ((_, terms),) = queries.with_terms([batch])
    context = page_context(batch.line.order, "batches") | {
        "batch": batch,
        "terms": terms,
        "form": form,
        "measures": measures_of(terms.product, batch.quantity, terms.unit) if terms else [],
        "papers": documents_of("batch", batch.pk)[:50],
    }
    return render(request, "quality/labels.html", context, status=form.status)
