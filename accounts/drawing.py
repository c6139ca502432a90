"""The plain fields of a form, drawn by functions: an input with its label took four templates, and the entry form, of
sixty of them, five sixths of its time. What is not named here is drawn by its template."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape, escape
from django.utils.safestring import mark_safe

Widget = Mapping[str, Any]
OF_INPUTS = ["checkbox", "date", "datetime", "email", "hidden", "input", "number", "password", "text", "time", "url"]
NOTHING_CHOSEN = "---------"
REQUIRED = '<span class="required" aria-hidden="true">*</span>'


class Renderer(TemplatesSetting):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        draw = PLAIN.get(template_name)
        return draw(context) if draw else super().render(template_name, context, request)


def attributes(widget: Widget) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{shown(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def shown(value: Any) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))


def drawn_input(widget: Widget) -> str:
    value = "" if widget["value"] is None else f' value="{shown(widget["value"])}"'
    return f'<input type="{shown(widget["type"])}" name="{shown(widget["name"])}"{value}{attributes(widget)}>'


def drawn_textarea(widget: Widget) -> str:
    value = shown(widget["value"]) if widget["value"] else ""
    return f'<textarea name="{shown(widget["name"])}"{attributes(widget)}>\n{value}</textarea>'


def drawn_select(widget: Widget) -> str:
    groups = "".join(drawn_group(name, options) for name, options, _ in widget["optgroups"])
    return f'<select name="{shown(widget["name"])}"{attributes(widget)}>{groups}</select>'


def drawn_group(name: str | None, options: list[Widget]) -> str:
    inside = "".join(drawn_option(option) for option in options)
    return f'<optgroup label="{shown(name)}">{inside}</optgroup>' if name else inside


def drawn_option(option: Widget) -> str:
    label = "请选择" if option["label"] == NOTHING_CHOSEN else shown(option["label"])
    return f'<option value="{shown(option["value"])}"{attributes(option)}>{label}</option>'


def drawn_field(field: Any) -> str:
    """A bound field with its label, its errors and what helps to fill it in."""
    widget, errors, label = field.field.widget, list(field.errors), shown(field.label)
    label += REQUIRED if field.field.required else ""
    if field.use_fieldset:
        described = f' aria-describedby="{shown(field.aria_describedby)}"' if field.aria_describedby else ""
        body = f"<fieldset{described}><legend>{label}</legend>{field}</fieldset>"
    elif getattr(widget, "input_type", "") == "checkbox":
        body = f'<label class="check">{field}{label}</label>'
    else:
        body = f'<label for="{shown(field.id_for_label)}">{label}</label>{field}'
    if errors:
        said = "".join(f"<li>{shown(error)}</li>" for error in errors)
        body += f'<ul class="field-error" id="{shown(field.auto_id)}_error">{said}</ul>'
    if field.help_text:
        body += f'<div class="helptext" id="{shown(field.auto_id)}_helptext">{field.help_text}</div>'
    return f'<div class="{" ".join(classes(field, widget, bool(errors)))}">{body}</div>'


def classes(field: Any, widget: Any, has_error: bool) -> list[str]:
    """A text area takes the whole row of its form."""
    wide = getattr(widget, "template_name", "").endswith("textarea.html")
    file = bool(getattr(widget, "needs_multipart_form", False))
    said = {"is-wide": wide, "file-field": file, "has-error": has_error}
    own = [shown(field.css_classes())] if field.css_classes() else []
    return ["field", *(name for name, holds in said.items() if holds), *own]


def of_widget(draw: Callable[[Widget], str]) -> Callable[[dict[str, Any]], str]:
    return lambda context: mark_safe(draw(context["widget"]))  # noqa: S308 (each value was escaped)


PLAIN: dict[str, Callable[[dict[str, Any]], str]] = {
    **{f"django/forms/widgets/{kind}.html": of_widget(drawn_input) for kind in OF_INPUTS},
    "django/forms/widgets/textarea.html": of_widget(drawn_textarea),
    "django/forms/widgets/select.html": of_widget(drawn_select),
    "django/forms/field.html": lambda context: mark_safe(drawn_field(context["field"])),  # noqa: S308 (as above)
}
