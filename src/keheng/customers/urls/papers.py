"""Addresses of the forms that complete an archive."""

from django.urls import path

from keheng.customers.views.papers import AddPaper, ChangePaper, PapersTab, PrintLoss, RemovePaper

urlpatterns = [
    path("<int:pk>/papers/", PapersTab.as_view(), name="papers"),
    path("<int:pk>/papers/losses/<int:entry>/print/", PrintLoss.as_view(), name="loss-print"),
    path("<int:pk>/papers/<slug:paper>/add/", AddPaper.as_view(), name="paper-add"),
    path("<int:pk>/papers/<slug:paper>/<int:entry>/change/", ChangePaper.as_view(), name="paper-change"),
    path("<int:pk>/papers/<slug:paper>/<int:entry>/remove/", RemovePaper.as_view(), name="paper-remove"),
]
