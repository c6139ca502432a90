from django.urls import include, path

from config.urls import handler400, handler403, handler404, handler500, urlpatterns
from tests.flow.customs import views

__all__ = ["handler400", "handler403", "handler404", "handler500"]

own = [
    path("customs/<str:number>/", views.declaration, name="declaration"),
    path("customs/<str:number>/name/", views.name, name="name"),
    path("customs/<str:number>/file/", views.file, name="file"),
]
urlpatterns = [path("", include((own, "customs"))), *urlpatterns]
