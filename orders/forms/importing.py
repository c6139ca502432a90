"""The form to hand in a spreadsheet of orders."""

from django import forms

from accounts.forms_base import ActionForm


class ImportForm(ActionForm):
    file = forms.FileField(
        label="订单表格",
        help_text=".xlsx 或 .csv，列名同模板，一次最多 10,000 行",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    submit = forms.BooleanField(
        label="导入后直接提交审批", required=False, help_text="不勾选则存为草稿；无论哪种，都不会通知客户"
    )

    def clean_file(self) -> object:
        """Only tables; the action looks into the file itself."""
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith((".xlsx", ".csv")):
            raise forms.ValidationError("请上传 .xlsx 或 .csv 表格。")
        return file
