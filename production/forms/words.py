"""The written words of technical and production on an order's lines."""

from typing import Any

from django import forms

from accounts.forms_base import ActionForm
from orders.models import RevisionLine
from production import materials
from production.actions.signing import VERDICTS, DateWord, LineWord, MaterialWord
from production.forms.fields import Given, LinesForm, amount_field, paper_field


class TechnicalForm(LinesForm):
    """Lines that nobody has spoken on yet begin with «可以生产»; the others are left unless changed."""

    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        said: dict[int, Any] = self.options["said"]
        word = said.get(line.line_id)
        return {
            "verdict": forms.ChoiceField(
                label="结论",
                choices=[("", "不改"), *VERDICTS.items()],
                required=False,
                initial="" if word and word.stands else "can",
            ),
            "text": forms.CharField(label="书面说明 / 建议", required=False, max_length=500),
            "paper": paper_field("客户签字配方"),
        }

    def says_something(self, given: Given) -> bool:
        return bool(given["verdict"])

    def given(self) -> Given:
        rows = [
            LineWord(line_id, row["verdict"], row["text"] or "", row["paper"] or None) for line_id, row in self.filled()
        ]
        return {"words": rows}


class MaterialForm(LinesForm):
    """What is computed stands in the fields of lines without a standing word, to be read, mended and signed."""

    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        computed: list[materials.Stated] = self.options.get("computed", {}).get(line.line_id, [])
        word = self.options["said"].get(line.line_id)
        proposed = computed if not (word and word.stands) else []
        deciding = materials.worst(proposed) if proposed else None
        return {
            "text": forms.CharField(
                label="原材料状况",
                required=False,
                max_length=500,
                initial="；".join(one.words for one in proposed)[:500],
            ),
            "free": amount_field("可用", initial=deciding.free if deciding else None),
            "short": amount_field("缺口", initial=deciding.short or None if deciding else None),
            "arrives_on": forms.DateField(
                label="预计到料", required=False, initial=deciding.arrives_on if deciding else None
            ),
        }

    def clean(self) -> Given:
        cleaned = super().clean()
        for line_id, row in self.filled():
            if not row["text"]:
                self.lacks(line_id, "text", "请写明原材料状况。")
            if row["short"] and not row["arrives_on"]:
                self.lacks(line_id, "arrives_on", "有缺口的请写预计到料日。")
        return cleaned

    def given(self) -> Given:
        rows = [
            MaterialWord(line_id, row["text"], row["free"], row["short"], row["arrives_on"])
            for line_id, row in self.filled()
        ]
        return {"words": rows}


class DatesForm(LinesForm):
    def fields_of(self, line: RevisionLine) -> dict[str, forms.Field]:
        return {
            "start_on": forms.DateField(label="生产日", required=False),
            "finish_on": forms.DateField(label="完成日（复卷后）", required=False),
            "quantity": amount_field("数量", initial=line.to_make),
            "text": forms.CharField(label="说明", required=False, max_length=500),
        }

    def says_something(self, given: Given) -> bool:
        return bool(given["start_on"] or given["finish_on"] or given["text"])

    def clean(self) -> Given:
        cleaned = super().clean()
        for line_id, row in self.filled():
            for name, said in (("start_on", "请填生产日。"), ("finish_on", "请填完成日。"), ("quantity", "请填数量。")):
                if not row[name]:
                    self.lacks(line_id, name, said)
        return cleaned

    def given(self) -> Given:
        rows = [
            DateWord(line_id, row["finish_on"], row["start_on"], row["quantity"], row["text"] or "")
            for line_id, row in self.filled()
        ]
        return {"words": rows}


class RecallForm(ActionForm):
    """How many old copies came back, and from whom."""

    text = forms.CharField(label="收回情况", max_length=500, help_text="例：车间 2 份、技术部 1 份，均由王班长交回")

    def given(self) -> Given:
        return {**super().given(), "text": self.cleaned_data["text"]}
