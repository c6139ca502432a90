from django.urls import path

from stock import views

app_name = "stock"
urlpatterns = [
    path("stock/", views.index, name="index"),
    path("stock/new/", views.add, name="add"),
    path("stock/<int:pk>/", views.detail, name="lot"),
    path("stock/<int:pk>/release/", views.release, name="release"),
    path("stock/<int:pk>/quarantine/", views.quarantine, name="quarantine"),
    path("stock/<int:pk>/scrap/", views.scrap, name="scrap"),
]
