from django.urls import path

from keheng.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.subscriptions, name="list"),
    path("new/", views.New.as_view(), name="new"),
    path("<int:pk>/", views.subscription, name="subscription"),
    path("<int:pk>/change/", views.Change.as_view(), name="change"),
    path("<int:pk>/secret/", views.renew_secret, name="renew-secret"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("<int:pk>/ping/", views.ping, name="ping"),
    path("<int:pk>/<int:delivery>/again/", views.send_again, name="send-again"),
]
