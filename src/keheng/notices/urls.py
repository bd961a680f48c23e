from django.urls import path

from keheng.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.NoticeList.as_view(), name="list"),
    path("bell/", views.bell, name="bell"),
    path("read/", views.read, name="read"),
    path("read-all/", views.read_all, name="read-all"),
    path("choices/", views.choices, name="choices"),
    path("stream/", views.stream, name="stream"),
    path("<int:pk>/", views.open_notice, name="open"),
]
