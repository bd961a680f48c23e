"""Addresses of the lobby."""

from django.urls import path

from keheng.care.views import lobby

urlpatterns = [
    path("lobby/", lobby.LobbyPage.as_view(), name="lobby"),
    path("lobby/<int:pk>/", lobby.LobbyPage.as_view(), name="lobby-of"),
    path("lobby/tickets/<int:pk>/refer/", lobby.ReferOn.as_view(), name="lobby-refer"),
    path("lobby/tickets/<int:pk>/who/", lobby.WhoIsIt.as_view(), name="lobby-who"),
]
