from django.urls import path

from keheng.customers.views import ChangeCustomer, NewCustomer

app_name = "archive"
urlpatterns = [
    path("new/", NewCustomer.as_view(), name="new"),
    path("<int:pk>/edit/", ChangeCustomer.as_view(), name="edit"),
]
