"""A field drawn by a function is what its template would have drawn."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe

from accounts.drawing import Renderer

HOSTILE = "\"><script>alert('1')</script>&amp;"
CHOICES = [("", "请 选择"), ("a&b", "<甲>"), ("组", [(1, "一"), (2, HOSTILE)])]
ATTRS = {"rows": 3, "required": True, "disabled": False, "aria-label": HOSTILE, "data-none": None}
PLAIN = [forms.TextInput, forms.NumberInput, forms.DateInput, forms.CheckboxInput, forms.Textarea, forms.EmailInput]
OTHERS = [forms.HiddenInput, forms.DateTimeInput, forms.TimeInput, forms.URLInput, forms.ClearableFileInput]
CHOOSING = [forms.Select, forms.SelectMultiple, forms.RadioSelect]
WIDGETS = [
    *(kind(ATTRS) for kind in PLAIN),
    *(kind() for kind in OTHERS),
    *(kind(ATTRS, CHOICES) for kind in CHOOSING),
    forms.PasswordInput(ATTRS, render_value=True),
]


@pytest.mark.parametrize("value", [None, "", "a&b", 0, 1, 2, "12.50", HOSTILE, mark_safe("<b>1</b>"), "  甲\n乙 "])
@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
def test_a_widget_is_drawn_as_by_its_template(widget: forms.Widget, value: Any) -> None:
    drawn = widget.render("名&称", value, {"id": "id_x"}, Renderer())
    assert squeezed(drawn) == squeezed(widget.render("名&称", value, {"id": "id_x"}, TemplatesSetting()))


def squeezed(html: str) -> str:
    return html.replace("\n  ", "").replace("\n", "").strip()


class Form(forms.Form):
    remark = forms.CharField(label=HOSTILE, help_text="写 <b>清楚</b>", widget=forms.Textarea, max_length=3)
    agreed = forms.BooleanField(label="同意", required=False)
    way = forms.ChoiceField(label="方式", choices=[("", "---------"), ("a", "甲")], required=False)
    one = forms.ChoiceField(label="其一", choices=[("a", "甲")], widget=forms.RadioSelect)
    paper = forms.FileField(label="文件", required=False)


def test_a_field_shows_its_label_its_error_and_its_help() -> None:
    remark = Form({"remark": HOSTILE})["remark"].as_field_group()
    assert remark.startswith('<div class="field is-wide has-error"><label for="id_remark">&quot;&gt;&lt;script&gt;')
    assert '<span class="required" aria-hidden="true">*</span></label><textarea name="remark"' in remark
    assert '<ul class="field-error" id="id_remark_error"><li>' in remark
    assert remark.endswith('<div class="helptext" id="id_remark_helptext">写 <b>清楚</b></div></div>')
    assert "<script>" not in remark


def test_a_box_stands_in_its_label_and_choices_in_a_frame() -> None:
    form = Form()
    agreed, one, paper = (form[name].as_field_group() for name in ("agreed", "one", "paper"))
    assert agreed == '<div class="field"><label class="check">' + str(form["agreed"]) + "同意</label></div>"
    assert one.startswith('<div class="field"><fieldset><legend>其一<span class="required" aria-hidden="true">*</span>')
    assert paper.startswith('<div class="field file-field"><label for="id_paper">文件</label><input type="file"')
    assert '<option value="" selected>请选择</option>' in form["way"].as_field_group()
