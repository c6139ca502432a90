from django.urls import path

from documents import archive, outbox_pages, views

urlpatterns = [
    path("documents/", archive.archive, name="archive"),
    path("documents/print/", archive.print_selected, name="archive-print"),
    path("documents/export/", archive.export, name="archive-export"),
    path("documents/bundles/<uuid:public_id>/", archive.bundle, name="bundle"),
    path("documents/bundles/<uuid:public_id>/file", archive.bundle_file, name="bundle-file"),
    path("documents/bundles/<uuid:public_id>/again/", archive.bundle_again, name="bundle-again"),
    path("documents/<uuid:public_id>/", views.document, name="document"),
    path("documents/<uuid:public_id>/pdf", views.document_pdf, name="document-pdf"),
    path("documents/<uuid:public_id>/print/", views.document_print, name="document-print"),
    path("documents/<uuid:public_id>/again/", views.document_again, name="document-again"),
    path("attachments/<uuid:public_id>", views.attachment, name="attachment"),
    path("outbox/", outbox_pages.index, name="outbox"),
    path("outbox/again/", outbox_pages.again_selected, name="outbox-again-selected"),
    path("outbox/<int:pk>/", outbox_pages.row, name="outbox-row"),
    path("outbox/<int:pk>/again/", outbox_pages.again, name="outbox-again"),
    path("outbox/<int:pk>/settle/", outbox_pages.settle, name="outbox-settle"),
    path("notices/<int:pk>/read/", views.notice_read, name="notice-read"),
    path("notices/read/", views.notices_read, name="notices-read"),
    path("d/<uuid:public_id>/", views.standing, name="document-standing"),
]
