from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms_base import ActionForm
from accounts.web import needs, perform, press
from flow.gates import registry
from tests.flow.customs import actions
from tests.flow.customs.models import Declaration


class NameForm(ActionForm):
    goods_code = forms.CharField(label="商品编码", max_length=10)


def one(request: HttpRequest, number: str) -> Declaration:
    return get_object_or_404(Declaration.objects.visible_to(request.user), number=number)


@require_http_methods(["GET", "HEAD", "POST"])
def declaration(request: HttpRequest, number: str) -> HttpResponse:
    found = one(request, number)
    if request.method == "POST":
        return press(request, actions.clear_goods, found, said="已放行。")
    context = {"declaration": found, "unmet": registry.unmet("clear_goods", found)}
    return render(request, "customs/declaration.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("name_goods")
def name(request: HttpRequest, number: str) -> HttpResponse:
    found = one(request, number)
    form = NameForm(request.POST if request.method == "POST" else None, subject=found)
    done = perform(request, form, actions.name_goods, found, said="商品编码已填写。")
    context = {"declaration": found, "form": form}
    return done or render(request, "customs/declaration.html", context, status=form.status)


@require_POST
@needs("file_customs_papers")
def file(request: HttpRequest, number: str) -> HttpResponse:
    return press(request, actions.file_customs_papers, one(request, number), said="单证已归档。")
