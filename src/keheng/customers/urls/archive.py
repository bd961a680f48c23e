"""Addresses of the archive itself: opening one, the tab 档案 with its sections, suggestions and reviews."""

from django.urls import path

from keheng.customers.views import custom, editing, questionnaires, tab, upkeep
from keheng.customers.views.archive import NewCustomer

urlpatterns = [
    path("new/", NewCustomer.as_view(), name="new"),
    path("fields/", custom.CustomFields.as_view(), name="fields"),
    path("fields/new/", custom.DefineField.as_view(), name="field-new"),
    path("fields/<int:pk>/", custom.ChangeField.as_view(), name="field-change"),
    path("fields/<int:pk>/use/", custom.RetireField.as_view(), name="field-use"),
    path("questionnaires/", questionnaires.QuestionnaireList.as_view(), name="questionnaires"),
    path("questionnaires/<int:pk>/", questionnaires.QuestionnairePage.as_view(), name="questionnaire"),
    path("questionnaires/drafts/<int:pk>/", questionnaires.DraftPage.as_view(), name="questionnaire-draft"),
    path("reviews/", upkeep.ReviewList.as_view(), name="review-list"),
    path("suggestions/", upkeep.SuggestionList.as_view(), name="suggestion-list"),
    path("<int:pk>/archive/", tab.ArchiveTab.as_view(), name="tab"),
    path("<int:pk>/archive/contacts/add/", editing.AddContact.as_view(), name="contact-add"),
    path("<int:pk>/archive/contacts/<int:entry>/", editing.ChangeContact.as_view(), name="contact-change"),
    path("<int:pk>/archive/contacts/<int:entry>/remove/", editing.RemoveContact.as_view(), name="contact-remove"),
    path("<int:pk>/archive/risk/", tab.RiskView.as_view(), name="risk"),
    path("<int:pk>/archive/reviews/", tab.ReviewsCard.as_view(), name="reviews"),
    path("<int:pk>/archive/section/<slug:section>/", editing.EditSection.as_view(), name="section"),
    path("suggestions/<int:pk>/decide/", tab.DecideSuggestion.as_view(), name="decide"),
]
