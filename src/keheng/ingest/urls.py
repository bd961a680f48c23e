from django.urls import path

from keheng.ingest.views.batch import BatchPage, CancelImport, ImportProgress, Rejects, RetryImport, StartImport
from keheng.ingest.views.batches import BatchList
from keheng.ingest.views.new import NewImport

app_name = "ingest"
urlpatterns = [
    path("", BatchList.as_view(), name="batches"),
    path("new/", NewImport.as_view(), name="new"),
    path("<int:pk>/", BatchPage.as_view(), name="batch"),
    path("<int:pk>/start/", StartImport.as_view(), name="start"),
    path("<int:pk>/progress/", ImportProgress.as_view(), name="progress"),
    path("<int:pk>/cancel/", CancelImport.as_view(), name="cancel"),
    path("<int:pk>/retry/", RetryImport.as_view(), name="retry"),
    path("<int:pk>/rejects/", Rejects.as_view(), name="rejects"),
]
