"""Addresses of the archive itself: opening one, the tab 档案 with its sections, suggestions and reviews."""

from django.urls import path

from keheng.customers.views import ChangeCustomer, NewCustomer, tab, upkeep

urlpatterns = [
    path("new/", NewCustomer.as_view(), name="new"),
    path("<int:pk>/edit/", ChangeCustomer.as_view(), name="edit"),
    path("reviews/", upkeep.ReviewList.as_view(), name="review-list"),
    path("suggestions/", upkeep.SuggestionList.as_view(), name="suggestion-list"),
    path("<int:pk>/archive/", tab.ArchiveTab.as_view(), name="tab"),
    path("<int:pk>/archive/contacts/", tab.ContactsView.as_view(), name="contacts"),
    path("<int:pk>/archive/risk/", tab.RiskView.as_view(), name="risk"),
    path("<int:pk>/archive/reviews/", tab.ReviewsCard.as_view(), name="reviews"),
    path("<int:pk>/archive/section/<slug:section>/", tab.SectionView.as_view(), name="section"),
    path("suggestions/<int:pk>/decide/", tab.DecideSuggestion.as_view(), name="decide"),
]
