"""Addresses of the dossier of companies, of relations and documents."""

from django.urls import include, path

from keheng.customers.views import documents as files
from keheng.customers.views import dossier, relations
from keheng.customers.views.dossier_lists import CooperationList, ExpiringList, ProjectList

_dossier = [
    path("", dossier.DossierTab.as_view(), name="dossier"),
    path("projects/<int:entry>/check/", dossier.RecordCheck.as_view(), name="check"),
    path("<slug:section>/add/", dossier.AddEntry.as_view(), name="entry-add"),
    path("<slug:section>/<int:entry>/change/", dossier.ChangeEntry.as_view(), name="entry-change"),
    path("<slug:section>/<int:entry>/remove/", dossier.RemoveEntry.as_view(), name="entry-remove"),
]
_relations = [
    path("", relations.RelationsTab.as_view(), name="relations"),
    path("add/", relations.Relate.as_view(), name="relate"),
    path("<int:entry>/change/", relations.ChangeRelation.as_view(), name="relation-change"),
    path("<int:entry>/remove/", relations.RemoveRelation.as_view(), name="relation-remove"),
]
_documents = [
    path("", files.DocumentsTab.as_view(), name="documents"),
    path("add/", files.AddDocument.as_view(), name="document-add"),
    path("pictures/add/", files.AddPicture.as_view(), name="picture-add"),
    path("<int:entry>/", files.OpenDocument.as_view(), name="document"),
    path("<int:entry>/version/<int:version>/", files.OpenDocument.as_view(), name="document-version"),
    path("<int:entry>/picture/", files.Picture.as_view(), name="picture"),
    path("<int:entry>/renew/", files.RenewDocument.as_view(), name="document-renew"),
    path("<int:entry>/change/", files.ChangeDocument.as_view(), name="document-change"),
    path("<int:entry>/remove/", files.RemoveDocument.as_view(), name="document-remove"),
]
urlpatterns = [
    path("projects/", ProjectList.as_view(), name="projects"),
    path("cooperation/", CooperationList.as_view(), name="cooperation"),
    path("expiring/", ExpiringList.as_view(), name="expiring"),
    path("<int:pk>/dossier/", include(_dossier)),
    path("<int:pk>/relations/", include(_relations)),
    path("<int:pk>/documents/", include(_documents)),
]
