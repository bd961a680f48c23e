"""The addresses of the module, a file a topic."""

from django.urls import URLPattern, URLResolver

from keheng.service_requests.urls import penalties, requests

app_name = "service_requests"
urlpatterns: list[URLPattern | URLResolver] = [*requests.urlpatterns, *penalties.urlpatterns]
