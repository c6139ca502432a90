from django.urls import path

from shipping.deeds import DEEDS
from shipping.views import acts, carriers, handing, pages, picking

app_name = "shipping"
urlpatterns = [
    path("shipping/", pages.index, name="index"),
    path("shipping/new/", pages.new, name="new"),
    path("shipping/handover/", handing.handover, name="handover"),
    path("shipping/carriers/", carriers.index, name="carriers"),
    path("shipping/carriers/new/", carriers.change, name="add_carrier"),
    path("shipping/carriers/<slug:carrier>/", carriers.carrier, name="carrier"),
    path("shipping/carriers/<slug:carrier>/edit/", carriers.change, name="change_carrier"),
    path("shipping/carriers/<slug:carrier>/key/", carriers.renew, name="renew_carrier_key"),
    path("shipping/carriers/<slug:carrier>/reports/", carriers.reports, name="carrier_reports"),
    path("shipping/orders/<str:number>/", pages.of_order, name="of_order"),
    path("shipping/orders/<str:number>/reserve/", pages.reserve, name="reserve"),
    path("shipping/<str:number>/", pages.detail, name="detail"),
    path("shipping/<str:number>/handover/", handing.of_shipment, name="handed_over"),
    path("shipping/<str:number>/pick/", picking.pick, name="pick"),
    path("shipping/<str:number>/pick/back/", picking.back, name="pick_back"),
    path("shipping/<str:number>/pick/anew/", picking.anew, name="pick_anew"),
    path("shipping/<str:number>/edit/", pages.edit, name="edit"),
    path("shipping/<str:number>/waive/", pages.waive, name="waive"),
    *(path(f"shipping/<str:number>/{deed.slug}/", acts.page_of(deed), name=deed.name) for deed in DEEDS.values()),
]
