from django.urls import path

from production.views import lists, making, quality, words

app_name = "production"
urlpatterns = [
    path("production/", lists.index, name="index"),
    path("production/<str:number>/technical/", words.technical, name="technical"),
    path("production/<str:number>/material/", words.material, name="material"),
    path("production/<str:number>/dates/", words.dates, name="dates"),
    path("production/<str:number>/order/", words.work_order, name="order"),
    path("production/<str:number>/order/hand-over/", words.hand_over, name="hand_over"),
    path("production/<str:number>/order/sign/", words.sign_for, name="sign_for"),
    path("production/<str:number>/order/recall/", words.recall, name="recall"),
    path("production/<str:number>/report/", making.report, name="report"),
    path("production/<str:number>/report/<int:pk>/take-back/", making.take_back, name="take_back"),
    path("production/<str:number>/excess/", making.excess, name="excess"),
    path("production/<str:number>/finish/", making.finish, name="finish"),
    path("production/<str:number>/anomalies/", making.anomalies, name="anomalies"),
    path("production/<str:number>/anomalies/<int:pk>/plan/", making.plan, name="plan"),
    path("production/<str:number>/anomalies/<int:pk>/close/", making.close, name="close"),
    path("production/<str:number>/stop/", making.stop, name="stop"),
    path("quality/", lists.quality, name="quality"),
    path("quality/<str:number>/", quality.batches, name="batches"),
    path("quality/<str:number>/pass/", quality.pass_quality, name="pass_quality"),
    path("quality/<str:number>/rework/", quality.rework, name="rework"),
    path("quality/<str:number>/scrap/", quality.scrap, name="scrap"),
    path("quality/batches/<int:pk>/inspect/", quality.inspect, name="inspect"),
    path("quality/batches/<int:pk>/countersign/", quality.countersign, name="countersign"),
    path("quality/batches/<int:pk>/receive/", quality.receive, name="receive"),
    path("quality/batches/<int:pk>/withdraw/", quality.withdraw, name="withdraw"),
    path("quality/shipments/<str:number>/outgoing/", quality.outgoing, name="outgoing"),
]
