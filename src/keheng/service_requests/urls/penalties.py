"""Penalty sheets."""

from django.urls import path

from keheng.service_requests.views import penalties

urlpatterns = [
    path("penalties/", penalties.SheetList.as_view(), name="sheets"),
    path("penalties/<int:pk>/", penalties.sheet, name="sheet"),
    path("penalties/<int:pk>/lock/", penalties.lock, name="lock"),
    path("penalties/<int:pk>/sign/", penalties.sign, name="sign"),
    path("penalties/<int:pk>/offset/", penalties.Offset.as_view(), name="offset"),
    path("penalties/<int:pk>/<int:entry>/appeal/", penalties.MakeAppeal.as_view(), name="appeal"),
    path("penalties/<int:pk>/<int:entry>/reverse/", penalties.Reverse.as_view(), name="reverse"),
    path("penalties/<int:pk>/<int:entry>/decide/", penalties.Decide.as_view(), name="decide"),
]
