"""The addresses of the module, a file a topic."""

from django.urls import URLPattern, URLResolver

from keheng.complaints.urls import after, complaints

app_name = "complaints"
urlpatterns: list[URLPattern | URLResolver] = [*after.urlpatterns, *complaints.urlpatterns]
