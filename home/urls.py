from django.urls import path

from home import bell, pages, views

urlpatterns = [
    path("", pages.home, name="home"),
    path("todo/<str:subject>/<str:what>/", pages.kind, name="todo"),
    path("bell/", bell.bell, name="bell"),
    path("notices/", bell.messages, name="notices"),
    path("notices/settings/", bell.settings, name="notice-settings"),
    path("search/", pages.search, name="search"),
    path("demo/", views.demo, name="demo"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
