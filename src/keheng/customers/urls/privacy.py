"""Addresses of confidentiality and the desk for personal information."""

from django.urls import path

from keheng.customers.views.cases import AssessmentList, CaseList, CasePage, NewAssessment, NewCase, assessment
from keheng.customers.views.consents import ConsentTab
from keheng.customers.views.emergency import (
    EmergencyCard,
    EmergencyList,
    EmergencyPage,
    EndEmergency,
    OpenInEmergency,
)
from keheng.customers.views.handouts import AskExport, FetchHandout, HandoutList, HandoutPage
from keheng.customers.views.rules import ConfidentialityPage, PrivacyRulesPage

urlpatterns = [
    path("confidentiality/", ConfidentialityPage.as_view(), name="confidentiality"),
    path("emergency/", OpenInEmergency.as_view(), name="emergency-new"),
    path("emergency/reviews/", EmergencyList.as_view(), name="emergencies"),
    path("emergency/reviews/<int:pk>/", EmergencyPage.as_view(), name="emergency"),
    path("emergency/<int:pk>/end/", EndEmergency.as_view(), name="emergency-end"),
    path("<int:pk>/emergency-card/", EmergencyCard.as_view(), name="emergency-card"),
    path("<int:pk>/consent/", ConsentTab.as_view(), name="consent-tab"),
    path("privacy/", CaseList.as_view(), name="cases"),
    path("privacy/new/", NewCase.as_view(), name="case-new"),
    path("privacy/<int:pk>/", CasePage.as_view(), name="case"),
    path("privacy/rules/", PrivacyRulesPage.as_view(), name="privacy-rules"),
    path("privacy/assessments/", AssessmentList.as_view(), name="assessments"),
    path("privacy/assessments/new/", NewAssessment.as_view(), name="assessment-new"),
    path("privacy/assessments/<int:pk>/", assessment, name="assessment"),
    path("files/", HandoutList.as_view(), name="handouts"),
    path("files/<int:pk>/", HandoutPage.as_view(), name="handout"),
    path("files/<int:pk>/fetch/", FetchHandout.as_view(), name="handout-fetch"),
    path("files/new/", AskExport.as_view(), name="export-new"),
]
