from django.urls import path

from keheng.org.views import branches, calendars, roles, sign_in_rules, staff, tokens

app_name = "org"
urlpatterns = [
    path("branches/", branches.branches, name="branches"),
    path("branches/new/", branches.NewBranch.as_view(), name="new-branch"),
    path("branches/<int:pk>/", branches.ChangeBranch.as_view(), name="branch"),
    path("branches/<int:pk>/move/", branches.move_branch, name="move-branch"),
    path("branches/<int:pk>/close/", branches.close_branch, name="close-branch"),
    path("staff/", staff.StaffList.as_view(), name="staff"),
    path("staff/new/", staff.NewMember.as_view(), name="new-member"),
    path("staff/<int:pk>/", staff.ChangeMember.as_view(), name="member"),
    path("staff/<int:pk>/password/", staff.reset_password, name="reset-password"),
    path("staff/<int:pk>/deactivate/", staff.deactivate, name="deactivate"),
    path("roles/", roles.roles, name="roles"),
    path("roles/<int:pk>/", roles.ChangeRole.as_view(), name="role"),
    path("sign-in/", sign_in_rules.sign_in_page, name="sign-in-rules"),
    path("calendar/", calendars.calendar_page, name="calendar"),
    path("calendar/day/", calendars.set_day, name="set-day"),
    path("calendar/import/", calendars.import_days, name="import-days"),
    path("calendar/<int:pk>/hours/", calendars.ChangeHours.as_view(), name="hours"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/new/", tokens.NewToken.as_view(), name="new-token"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="revoke-token"),
]
