from django.urls import path

from stock import views
from stock.materials import views as materials

app_name = "stock"
urlpatterns = [
    path("stock/", views.index, name="index"),
    path("stock/new/", views.add, name="add"),
    path("stock/<int:pk>/", views.detail, name="lot"),
    path("stock/<int:pk>/release/", views.release, name="release"),
    path("stock/<int:pk>/quarantine/", views.quarantine, name="quarantine"),
    path("stock/<int:pk>/scrap/", views.scrap, name="scrap"),
    path("stock/materials/", materials.index, name="materials"),
    path("stock/materials/new/", materials.change, name="add_material"),
    path("stock/materials/<int:pk>/", materials.detail, name="material"),
    path("stock/materials/<int:pk>/edit/", materials.change, name="change_material"),
    path("stock/materials/<int:pk>/receive/", materials.receive, name="receive_material"),
    path("stock/materials/<int:pk>/expect/", materials.expect, name="expect_arrival"),
    path("stock/arrivals/import/", materials.import_file, name="import_arrivals"),
    path("stock/arrivals/<int:pk>/put-off/", materials.put_off, name="put_off_arrival"),
    path("stock/arrivals/<int:pk>/cancel/", materials.cancel, name="cancel_arrival"),
    path("stock/material-lots/<int:pk>/count/", materials.count, name="count_material"),
    path("stock/material-lots/<int:pk>/write-off/", materials.write_off, name="write_off_material"),
    path("catalog/<int:pk>/needs/", materials.product_needs, name="product_needs"),
]
