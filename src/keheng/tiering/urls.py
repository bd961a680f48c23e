from django.urls import path

from keheng.tiering.views.cards import WhyCard
from keheng.tiering.views.members import MemberList
from keheng.tiering.views.runs import RunPage, RunProgress
from keheng.tiering.views.scheme import SchemePage, StartEvaluation

urlpatterns = [
    path("", SchemePage.as_view(), name="tiering"),
    path("schemes/<slug:code>/", SchemePage.as_view(), name="tiering-scheme"),
    path("schemes/<slug:code>/evaluate/", StartEvaluation.as_view(), name="tiering-evaluate"),
    path("schemes/<slug:code>/customers/", MemberList.as_view(), name="tiering-members"),
    path("runs/<int:pk>/", RunPage.as_view(), name="tiering-run"),
    path("runs/<int:pk>/progress/", RunProgress.as_view(), name="tiering-progress"),
    path("customers/<int:pk>/why/", WhyCard.as_view(), name="tiering-why"),
]
