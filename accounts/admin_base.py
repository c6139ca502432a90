"""The admin site as one more page over actions: it holds no rule, and a refusal stands in its form.

A ModelAdmin here says which action saves its record; see docs/actions-web.md.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, transaction
from django.http import HttpRequest, HttpResponse

from accounts.forms_base import Bounded, new_key
from audit.errors import AlreadyDone, Busy, Refused
from audit.frame import is_passing


class AdminForm(Bounded, forms.ModelForm):
    """A record's form with the hidden key and version; it reads, the action judges."""

    key = forms.CharField(max_length=64, required=False, initial=new_key, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    # Set for the second look at a refused form.
    refusal: Refused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = getattr(self.instance, "version", None)

    def _post_clean(self) -> None:
        """Leave the instance as it is, and show why the action refused."""
        if self.refusal is None:
            return
        errors = getattr(self.refusal, "errors", None) or {self.refusal.field or "": [self.refusal.message]}
        for name, texts in errors.items():
            self.add_error(name if name in self.fields else None, texts)

    def given(self) -> dict[str, Any]:
        """What the person filled in, for the action."""
        kept = {name: value for name, value in self.cleaned_data.items() if name not in {"key", "seen", "reason"}}
        return {name: list(value) if hasattr(value, "iterator") else value for name, value in kept.items()}


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at: neither added, changed nor deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ActionAdmin(admin.ModelAdmin):
    """Saves by its `carry_out`, which calls one action; nothing else is written but Django's own log of the admin."""

    form = AdminForm
    view_on_site = False

    # Calls the action: `carry_out(record or None, form, formsets, by=, key=, seen=, reason=)`, returns what was saved.
    carry_out: Callable[..., Any]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The action saves, once the rows below the record are read too."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        cleaned = form.cleaned_data
        saved = self.carry_out(
            form.instance if change else None,
            form,
            list(formsets),
            by=request.user,
            key=cleaned.get("key") or None,
            seen=cleaned.get("seen"),
            reason=cleaned.get("reason") or "",
        )
        form.instance.__dict__.update({k: v for k, v in saved.__dict__.items() if not k.startswith("_")})

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return super().construct_change_message(request, form, [], add)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The hidden fields go along with whatever is shown."""
        shown = super().get_fieldsets(request, obj)
        named = {name for _, options in shown for name in options["fields"]}
        hidden = [name for name in ("key", "seen") if name not in named]
        return [*shown, (None, {"fields": hidden, "classes": ["hidden"]})] if hidden else shown

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Refused: all is rolled back, and the form is shown once more with the reason and what was typed."""
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra_context)
        except AlreadyDone:
            return self.response_post_save_change(request, None)
        except Refused as refusal:
            again: Refused = refusal
        except ValidationError as error:
            again = Refused("；".join(error.messages))
        except (DatabaseError, InterfaceError) as error:
            if not is_passing(error):  # type: ignore[arg-type]
                raise
            again = Busy("未保存，请重试：系统正忙，您填写的内容没有丢失。")
        request.refusal = again  # type: ignore[attr-defined]
        response = super().changeform_view(request, object_id, form_url, extra_context)
        response.status_code = again.status
        return response

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        return form
