from django.urls import path

from home import pages, views

urlpatterns = [
    path("", pages.home, name="home"),
    path("todo/<str:subject>/<str:what>/", pages.kind, name="todo"),
    path("search/", pages.search, name="search"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
