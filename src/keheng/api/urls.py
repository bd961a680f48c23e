from django.urls import path

from keheng.api.views import docs

urlpatterns = [path("", docs, name="api-docs")]
