"""Addresses of the archive itself: opening one, the tab 档案 with its sections, suggestions and reviews."""

from django.urls import path

from keheng.customers.views import editing, tab, upkeep
from keheng.customers.views.archive import NewCustomer

urlpatterns = [
    path("new/", NewCustomer.as_view(), name="new"),
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
