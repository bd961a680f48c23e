"""Addresses of the frame itself."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from keheng.ui.views import favicon, navigation_counts

urlpatterns = [
    path("favicon.ico", favicon),
    path("navigation/", navigation_counts, name="navigation-counts"),
    path("language/", login_not_required(set_language), name="set_language"),
]
