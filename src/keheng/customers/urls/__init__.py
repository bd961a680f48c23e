"""The addresses under ``customers/``, a file a topic; data quality stands under ``quality/``."""

from keheng.customers.urls import archive, dossier, papers, potentials, privacy

app_name = "archive"
urlpatterns = [
    *archive.urlpatterns,
    *dossier.urlpatterns,
    *papers.urlpatterns,
    *potentials.urlpatterns,
    *privacy.urlpatterns,
]
