from django.urls import path

from keheng.audit.views import EntryList, EntryPage

app_name = "audit"
urlpatterns = [
    path("", EntryList.as_view(), name="list"),
    path("<int:pk>/", EntryPage.as_view(), name="entry"),
]
