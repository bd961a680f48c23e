"""The desk, intake, the page of a request with its acts, figures, the catalogue."""

from django.urls import path

from keheng.service_requests.views import acts, board, customer, desk, intake, many, rating, request, settings

urlpatterns = [
    path("", desk.RequestList.as_view(), name="desk"),
    path("figures/", board.board, name="board"),
    path("new/", intake.new, name="new"),
    path("new/find/", intake.find, name="find"),
    path("new/<int:pk>/", intake.take_in, name="take-in"),
    path("next/", desk.claim_next, name="next"),
    *(path(f"many/{act}/", many.many, {"act": act}, name=f"{act}-many") for act in many.ACTS),
    path("catalogue/", settings.catalogue, name="catalogue"),
    path("catalogue/<slug:code>/", settings.ChangeBusiness.as_view(), name="change-business"),
    path("customers/<int:pk>/", customer.customer_tab, name="customer-tab"),
    path("rate/<str:token>/", rating.rate, name="rate"),
    path("<int:pk>/", request.RequestPage.as_view(), name="request"),
    path("<int:pk>/panel/", desk.panel, name="panel"),
    path("<int:pk>/claim/", desk.claim, name="claim"),
    path("<int:pk>/checks/", request.checks, name="checks"),
    path("<int:pk>/files/<int:attachment_pk>/", request.download, name="download"),
    path("<int:pk>/advance/", acts.Advance.as_view(), name="advance"),
    path("<int:pk>/pause/", acts.Pause.as_view(), name="pause"),
    path("<int:pk>/resume/", acts.Resume.as_view(), name="resume"),
    path("<int:pk>/resolve/", acts.Resolve.as_view(), name="resolve"),
    path("<int:pk>/reply/", acts.Reply.as_view(), name="reply"),
    path("<int:pk>/note/", acts.Note.as_view(), name="note"),
    path("<int:pk>/escalate/", acts.Escalate.as_view(), name="escalate"),
    path("<int:pk>/reopen/", acts.Reopen.as_view(), name="reopen"),
    path("<int:pk>/cancel/", acts.Cancel.as_view(), name="cancel"),
    path("<int:pk>/offer/", acts.Offer.as_view(), name="offer"),
    path("<int:pk>/answer/", acts.AnswerOffer.as_view(), name="answer"),
    path("<int:pk>/assign/", acts.Assign.as_view(), name="assign"),
    path("<int:pk>/attach/", acts.Attach.as_view(), name="attach"),
    path("<int:pk>/merge/", acts.Merge.as_view(), name="merge"),
    path("<int:pk>/link/", acts.LinkTo.as_view(), name="link"),
    path("<int:pk>/priority/", acts.Priority.as_view(), name="priority"),
]
