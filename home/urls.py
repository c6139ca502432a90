from django.urls import path

from home import views

urlpatterns = [
    path("styleguide/", views.styleguide, name="styleguide"),
]
