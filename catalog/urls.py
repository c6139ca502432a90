from django.urls import path

from catalog import cost_pages, views

app_name = "catalog"
urlpatterns = [
    path("catalog/", views.index, name="list"),
    path("catalog/options/", views.options, name="options"),
    path("catalog/new/", views.change_product, name="add_product"),
    path("catalog/<int:pk>/", views.product, name="product"),
    path("catalog/<int:pk>/edit/", views.change_product, name="change_product"),
    path("catalog/costs/", cost_pages.index, name="costs"),
    path("catalog/costs/rules/", cost_pages.rules, name="cost_rules"),
    path("catalog/<int:pk>/cost/", cost_pages.cost, name="cost"),
    path("catalog/prices/", views.price_lists, name="price_lists"),
    path("catalog/prices/new/", views.change_price_list, name="add_price_list"),
    path("catalog/prices/<int:pk>/", views.price_list, name="price_list"),
    path("catalog/prices/<int:pk>/edit/", views.change_price_list, name="change_price_list"),
]
