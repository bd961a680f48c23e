"""Addresses of events."""

from django.urls import path

from keheng.outreach.views import customer, door, event, lists, rules

app_name = "outreach"
urlpatterns = [
    path("", lists.EventList.as_view(), name="events"),
    path("calendar/", lists.EventCalendar.as_view(), name="calendar"),
    path("new/", event.PlanEvent.as_view(), name="new"),
    path("rules/", rules.RulesPage.as_view(), name="rules"),
    path("rules/periods/", rules.ChangePeriods.as_view(), name="change-periods"),
    path("rules/<slug:code>/", rules.ChangeKind.as_view(), name="change-kind"),
    path("<int:pk>/", event.EventPage.as_view(), name="event"),
    path("<int:pk>/change/", event.ChangeEvent.as_view(), name="change"),
    path("<int:pk>/cancel/", event.CancelEvent.as_view(), name="cancel"),
    path("<int:pk>/finish/", event.FinishEvent.as_view(), name="finish"),
    path("<int:pk>/audience/", lists.Audience.as_view(), name="audience"),
    path("<int:pk>/invite/<slug:channel>/", lists.Invite.as_view(), name="invite"),
    path("<int:pk>/guests/", event.GuestsTab.as_view(), name="guests"),
    path("<int:pk>/costs/", event.CostsTab.as_view(), name="costs"),
    path("<int:pk>/costs/new/", event.SetCost.as_view(), name="new-cost"),
    path("<int:pk>/costs/<int:cost>/", event.SetCost.as_view(), name="cost"),
    path("<int:pk>/costs/<int:cost>/remove/", event.RemoveCost.as_view(), name="remove-cost"),
    path("<int:pk>/result/", event.ResultTab.as_view(), name="result"),
    path("<int:pk>/door/", door.Door.as_view(), name="door"),
    path("guests/<int:pk>/confirm/", event.ConfirmGuest.as_view(), name="confirm"),
    path("guests/<int:pk>/<slug:act>/", event.AnswerGuest.as_view(), name="answer"),
    path("ticket/<str:token>/", door.ticket, name="ticket"),
    path("scan/<str:token>/", door.scanned, name="scanned"),
    path("customers/<int:pk>/", customer.CustomerTab.as_view(), name="customer-tab"),
    path("customers/<int:pk>/keep-out/", customer.KeepOut.as_view(), name="keep-out"),
]
