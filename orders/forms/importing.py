"""The form to hand in a spreadsheet of orders."""

from django import forms

from accounts.forms_base import ActionForm
from documents.fields import TableField


class ImportForm(ActionForm):
    file = TableField(
        label="订单表格",
        help_text=".xlsx 或 .csv，列名同模板，一次最多 10,000 行",
    )
    submit = forms.BooleanField(
        label="导入后直接提交审批", required=False, help_text="不勾选则存为草稿；无论哪种，都不会通知客户"
    )
