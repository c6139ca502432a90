from django.urls import path

from shipping.deeds import DEEDS
from shipping.views import acts, handing, pages

app_name = "shipping"
urlpatterns = [
    path("shipping/", pages.index, name="index"),
    path("shipping/new/", pages.new, name="new"),
    path("shipping/handover/", handing.handover, name="handover"),
    path("shipping/orders/<str:number>/", pages.of_order, name="of_order"),
    path("shipping/orders/<str:number>/reserve/", pages.reserve, name="reserve"),
    path("shipping/<str:number>/", pages.detail, name="detail"),
    path("shipping/<str:number>/edit/", pages.edit, name="edit"),
    path("shipping/<str:number>/waive/", pages.waive, name="waive"),
    *(path(f"shipping/<str:number>/{deed.slug}/", acts.page_of(deed), name=deed.name) for deed in DEEDS.values()),
]
