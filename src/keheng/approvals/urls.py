from django.urls import path

from keheng.approvals.views import limits, lists, request

app_name = "approvals"
urlpatterns = [
    path("", lists.Inbox.as_view(), name="inbox"),
    path("approve/", lists.ApproveMany.as_view(), name="approve-many"),
    path("refuse/", lists.RefuseMany.as_view(), name="refuse-many"),
    path("return/", lists.ReturnMany.as_view(), name="return-many"),
    path("mine/", lists.OwnRequests.as_view(), name="mine"),
    path("all/", lists.AllRequests.as_view(), name="all"),
    path("limits/", limits.LimitsPage.as_view(), name="limits"),
    path("limits/<str:code>/", limits.LimitsOfKind.as_view(), name="limits-of"),
    path("<int:pk>/", request.RequestPage.as_view(), name="request"),
    path("<int:pk>/withdraw/", request.TakeBack.as_view(), name="withdraw"),
    path("<int:pk>/resubmit/", request.SubmitAgain.as_view(), name="resubmit"),
]
