from django.urls import path

from portal.views import customer, desk

app_name = "portal"
urlpatterns = [
    path("p/<str:token>/", customer.page, name="page"),
    path("p/<str:token>/confirm/", customer.confirm, name="confirm"),
    path("p/<str:token>/ask/", customer.ask, name="ask"),
    path("p/<str:token>/shipments/<str:number>/received/", customer.received, name="received"),
    path("p/<str:token>/shipments/<str:number>/trouble/", customer.trouble, name="trouble"),
    path("p/<str:token>/papers/<uuid:public_id>/", customer.paper, name="paper"),
    path("orders/<str:number>/customer-page/", desk.desk, name="desk"),
    path("orders/<str:number>/customer-page/make/", desk.make, name="make"),
    path("orders/<str:number>/customer-page/links/<int:pk>/revoke/", desk.revoke, name="revoke"),
    path("orders/<str:number>/customer-page/words/<int:pk>/answer/", desk.answer, name="answer"),
]
