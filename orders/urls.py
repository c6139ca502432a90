from django.urls import path

from orders.deeds import ALL, DEEDS
from orders.views import acts, approval, detail, entry, filing, importing, lists, pages, queue

# The names by which gates and duties point to the page of an action.
POINTED_AT = {
    "check": "sign_check",
    "terms": "renew_terms",
    "sample": "file_sample",
    "written_order": "file_written_order",
}
VIEWS = {deed.code: acts.view_of(deed) for deed in ALL}

app_name = "orders"
urlpatterns = [
    path("orders/", lists.index, name="list"),
    path("orders/files/", filing.files, name="files"),
    path("orders/<str:number>/file/", filing.file, name="file"),
    path("orders/new/", entry.new, name="new"),
    path("quotes/<str:number>/order/", entry.from_quote, name="order_quote"),
    path("orders/new/customer/", entry.customer_block, name="customer_block"),
    path("orders/new/price/", entry.line_price, name="line_price"),
    path("orders/import/", importing.index, name="import"),
    path("orders/import/template/", importing.blank, name="import_template"),
    path("orders/import/<int:pk>/", importing.run, name="import_run"),
    path("orders/import/<int:pk>/again/", importing.again, name="import_again"),
    path("approvals/", queue.queue, name="approvals"),
    path("orders/<str:number>/", detail.detail, name="detail"),
    path("orders/<str:number>/edit/", entry.edit, name="edit"),
    path("orders/<str:number>/copy/", entry.copy, name="copy"),
    path("orders/<str:number>/approval/", approval.judge, name="approval"),
    path("orders/<str:number>/price/", pages.price, name="price"),
    path("orders/<str:number>/confirmation/", pages.confirmation, name="confirmation"),
    path("orders/<str:number>/cancellation/", pages.cancellation, name="cancellation"),
    path("orders/<str:number>/memo/", pages.memo, name="memo"),
    path("orders/<str:number>/signoffs/<int:pk>/withdraw/", pages.withdraw, name="withdraw_signoff"),
    *(path(f"orders/<str:number>/{deed.slug}/", VIEWS[deed.code], name=deed.code) for deed in ALL),
    *(path(f"orders/<str:number>/{DEEDS[code].slug}/", VIEWS[code], name=name) for name, code in POINTED_AT.items()),
]
