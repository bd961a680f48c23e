"""Addresses of the contact log, compliance, rules and drafted messages."""

from django.urls import path

from keheng.care.views import compliance, contacts, messages, profile, rules

urlpatterns = [
    path("customers/<int:pk>/contacts/", contacts.ContactsTab.as_view(), name="contacts"),
    path("customers/<int:pk>/profile/", profile.ChangeProfile.as_view(), name="change-profile"),
    path("contacts/<int:pk>/correct/", contacts.CorrectContact.as_view(), name="contact-correct"),
    path("contacts/<int:pk>/withdraw/", contacts.WithdrawContact.as_view(), name="contact-withdraw"),
    path("compliance/", compliance.Compliance.as_view(), name="compliance"),
    path("rules/", rules.Rules.as_view(), name="rules"),
    path("rules/parts/<slug:part>/", rules.ChangePart.as_view(), name="rule-part"),
    path("rules/<slug:topic>/", rules.ChangeRow.as_view(), name="rule-add"),
    path("rules/<slug:topic>/<slug:code>/", rules.ChangeRow.as_view(), name="rule-change"),
    path("messages/", messages.Messages.as_view(), name="messages"),
    path("messages/<int:pk>/", messages.CloseMessage.as_view(), name="message-close"),
]
