"""The addresses under ``customers/``, a file a topic; data quality stands under ``quality/``."""

from keheng.customers.urls import archive, dossier, privacy

app_name = "archive"
urlpatterns = [*archive.urlpatterns, *dossier.urlpatterns, *privacy.urlpatterns]
