"""The addresses of the module, a file a topic."""

from django.urls import URLPattern, URLResolver

from keheng.care.urls import agenda, contacts, lobby, ownership, quick_log, supervision

app_name = "care"
urlpatterns: list[URLPattern | URLResolver] = [
    *agenda.urlpatterns,
    *contacts.urlpatterns,
    *lobby.urlpatterns,
    *quick_log.urlpatterns,
    *supervision.urlpatterns,
    *ownership.urlpatterns,
]
