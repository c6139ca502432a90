from django.urls import path

from quality.views import batch, batches, labels, lists, standards, trace

app_name = "quality"
urlpatterns = [
    path("quality/", lists.index, name="index"),
    path("quality/standards/", standards.index, name="standards"),
    path("quality/standards/new/", standards.write, name="write_standard"),
    path("quality/standards/<int:pk>/", standards.detail, name="standard"),
    path("quality/standards/<int:pk>/edit/", standards.write, name="change_standard"),
    path("quality/standards/<int:pk>/put/", standards.put, name="put_standard"),
    path("quality/standards/<int:pk>/sampling/", standards.steer, name="steer_sampling"),
    path("quality/trace/", trace.index, name="trace"),
    path("quality/<str:number>/", batches.batches, name="batches"),
    path("quality/<str:number>/pass/", batches.pass_quality, name="pass_quality"),
    path("quality/<str:number>/rework/", batches.rework, name="rework"),
    path("quality/<str:number>/scrap/", batches.scrap, name="scrap"),
    path("quality/batches/<int:pk>/", batch.detail, name="batch"),
    path("quality/batches/<int:pk>/inspect/", batches.inspect, name="inspect"),
    path("quality/batches/<int:pk>/reworked/", batches.reworked, name="reworked"),
    path("quality/batches/<int:pk>/countersign/", batches.countersign, name="countersign"),
    path("quality/batches/<int:pk>/refuse/", batches.refuse, name="refuse_countersign"),
    path("quality/batches/<int:pk>/concede/", batches.concede, name="concede"),
    path("quality/batches/<int:pk>/refuse-concession/", batches.refuse_concession, name="refuse_concession"),
    path("quality/batches/<int:pk>/labels/", labels.labels, name="labels"),
    path("quality/batches/<int:pk>/receive/", batches.receive, name="receive"),
    path("quality/batches/<int:pk>/withdraw/", batches.withdraw, name="withdraw"),
    path("quality/shipments/<str:number>/outgoing/", batches.outgoing, name="outgoing"),
]
