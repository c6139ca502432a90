from django.contrib import admin
from django.urls import include, path

from config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("accounts.urls")),
    path("", include("documents.urls")),
    path("", include("catalog.urls")),
    path("", include("stock.urls")),
    path("", include("customers.urls")),
    path("", include("orders.urls")),
    path("", include("finance.urls")),
    path("", include("production.urls")),
    path("", include("quality.urls")),
    path("", include("shipping.urls")),
    path("", include("portal.urls")),
    path("", include("home.urls")),
]

handler400 = "home.errors.bad_request"
handler403 = "home.errors.forbidden"
handler404 = "home.errors.not_found"
handler500 = "home.errors.server_error"
