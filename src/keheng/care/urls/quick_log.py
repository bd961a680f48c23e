"""Addresses of the quick log, and of what becomes of a task."""

from django.urls import path

from keheng.care.views import quick_log, today

urlpatterns = [
    path("log/", quick_log.QuickLog.as_view(), name="log"),
    path("log/find/", quick_log.FindCustomer.as_view(), name="log-find"),
    path("today/<int:pk>/done/", today.TaskDone.as_view(), name="today-done"),
    path("today/<int:pk>/skip/", today.SkipTask.as_view(), name="today-skip"),
    path("today/<int:pk>/postpone/", today.PostponeTask.as_view(), name="today-postpone"),
]
