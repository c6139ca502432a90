from django.urls import path

from finance.views import bank, desk, orders, payments, receivables, shipments

app_name = "finance"
urlpatterns = [
    path("finance/", desk.index, name="index"),
    path("finance/receivables/", receivables.index, name="receivables"),
    path("finance/receivables/export/", receivables.export, name="receivables_export"),
    path("finance/receivables/<str:code>/", receivables.customer, name="receivable"),
    path("finance/bank/", bank.index, name="bank"),
    path("finance/bank/<int:pk>/", bank.line, name="bank_line"),
    path("finance/bank/<int:pk>/aside/", bank.aside, name="bank_aside"),
    path("finance/bank/<int:pk>/reopen/", bank.reopen, name="bank_reopen"),
    path("finance/payments/", payments.index, name="payments"),
    path("finance/payments/new/", payments.add, name="add_payment"),
    path("finance/payments/<str:number>/", payments.detail, name="payment"),
    path("finance/payments/<str:number>/allocate/", payments.allocate, name="allocate"),
    path("finance/payments/<str:number>/reverse/", payments.reverse, name="reverse"),
    path("finance/orders/<str:number>/", orders.detail, name="order"),
    path("finance/orders/<str:number>/refund/", orders.refund, name="refund"),
    path("finance/orders/<str:number>/carry/", orders.carry, name="carry"),
    path("finance/orders/<str:number>/write-off/", orders.write_off, name="write_off"),
    path("finance/orders/<str:number>/credit/", orders.credit, name="credit"),
    path("finance/orders/<str:number>/settlement/", orders.settlement, name="settlement"),
    path("finance/orders/<str:number>/letter/", orders.letters, name="letter"),
    path("finance/orders/<str:number>/letter/heard/", orders.letter_heard, name="letter_heard"),
    path("finance/shipments/<str:number>/clear/", shipments.detail, name="clear"),
    path("finance/shipments/<str:number>/clear/sign/", shipments.clear, name="sign_clearance"),
    path("finance/shipments/<str:number>/clear/refuse/", shipments.refuse, name="refuse_clearance"),
    path("finance/shipments/<str:number>/clear/withdraw/", shipments.withdraw, name="withdraw_clearance"),
    path("finance/shipments/<str:number>/clear/terms/", shipments.terms, name="check_terms"),
    path("finance/shipments/<str:number>/clear/special-md/", shipments.special_md, name="special_md"),
    path("finance/shipments/<str:number>/clear/special-fin/", shipments.special_fin, name="special_fin"),
]
