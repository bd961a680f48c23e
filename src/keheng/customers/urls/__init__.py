"""The addresses under ``customers/``, a file a topic; data quality stands under ``quality/``."""

from keheng.customers.urls import archive, dossier, potentials, privacy

app_name = "archive"
urlpatterns = [*archive.urlpatterns, *dossier.urlpatterns, *potentials.urlpatterns, *privacy.urlpatterns]
