from django.urls import path

from customers.views import customers, memos

app_name = "customers"
urlpatterns = [
    path("customers/", customers.index, name="list"),
    path("customers/options/", customers.options, name="options"),
    path("customers/new/", customers.add, name="add"),
    path("customers/<str:code>/", customers.detail, name="detail"),
    path("customers/<str:code>/edit/", customers.edit, name="edit"),
    path("customers/<str:code>/grade/", customers.grade, name="grade"),
    path("customers/<str:code>/limit/", customers.limit, name="limit"),
    path("customers/<str:code>/contacts/new/", customers.contact, name="add_contact"),
    path("customers/<str:code>/contacts/<int:pk>/", customers.contact, name="contact"),
    path("customers/<str:code>/addresses/new/", customers.address, name="add_address"),
    path("customers/<str:code>/addresses/<int:pk>/", customers.address, name="address"),
    path("customers/<str:code>/contracts/new/", customers.contract, name="add_contract"),
    path("customers/<str:code>/contracts/<int:pk>/", customers.contract, name="contract"),
    path("memos/", memos.index, name="memos"),
    path("memos/new/", memos.add, name="add_memo"),
    path("memos/<str:number>/", memos.detail, name="memo"),
    path("memos/<str:number>/told/", memos.tell, name="tell_memo"),
    path("memos/<str:number>/more/", memos.supplement, name="supplement_memo"),
]
