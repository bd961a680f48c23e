"""Addresses of the agenda templates."""

from django.urls import path

from keheng.care.views import agenda

urlpatterns = [
    path("agendas/", agenda.Agendas.as_view(), name="agendas"),
    path("agendas/<slug:code>/", agenda.EditAgenda.as_view(), name="edit-agenda"),
]
