"""Addresses of the lists of potential customers."""

from django.urls import path

from keheng.customers.views import potentials

urlpatterns = [
    path("potentials/", potentials.Potentials.as_view(), name="potentials"),
    path("potentials/assign/", potentials.AssignPotentials.as_view(), name="potentials-assign"),
    path("potentials/<int:pk>/", potentials.PotentialPage.as_view(), name="potential"),
    path("potentials/<int:pk>/reveal/", potentials.RevealPotential.as_view(), name="potential-reveal"),
    path("potentials/<int:pk>/to/<slug:to>/", potentials.MovePotential.as_view(), name="potential-move"),
    path("potentials/lists/", potentials.PotentialLists.as_view(), name="potential-lists"),
    path("potentials/lists/new/", potentials.OpenList.as_view(), name="potential-open"),
    path("potentials/lists/<int:pk>/add/", potentials.AddPotential.as_view(), name="potential-add"),
    path("potentials/lists/<int:pk>/upload/", potentials.UploadPotentials.as_view(), name="potential-upload"),
    path("potentials/lists/<int:pk>/refresh/", potentials.RefreshList.as_view(), name="potential-refresh"),
]
