"""The addresses of the module, a file a topic."""

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

app_name = "service_requests"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/", RedirectView.as_view(url="/"), name="request"),
    path("penalties/<int:pk>/", RedirectView.as_view(url="/"), name="sheet"),
]
