"""Addresses of supervision, of the summaries of the day and of the month group analysis."""

from django.urls import path

from keheng.care.views import analysis, quarter, work_lists
from keheng.care.views.supervision import board, checks, days

urlpatterns = [
    path("team/", board.TeamBoard.as_view(), name="team"),
    path("tasks/", work_lists.TeamTasks.as_view(), name="team-tasks"),
    path("work-log/", work_lists.WorkLog.as_view(), name="work-log"),
    path("checks/", checks.CheckList.as_view(), name="checks"),
    path("checks/draw/", checks.DrawCheck.as_view(), name="draw-check"),
    path("checks/<int:pk>/", checks.CheckPage.as_view(), name="check"),
    path("checks/contacts/<int:pk>/", checks.CheckItemPage.as_view(), name="check-item"),
    path("day/", days.MyDay.as_view(), name="my-day"),
    path("days/", days.DayList.as_view(), name="day-reports"),
    path("days/<int:pk>/", days.DayPage.as_view(), name="day-report"),
    path("quarters/", quarter.QuarterPage.as_view(), name="quarter"),
    path("quarters/<slug:code>/<slug:what>/<slug:part>/", quarter.QuarterCustomers.as_view(), name="quarter-customers"),
    path("analyses/", analysis.AnalysisList.as_view(), name="analyses"),
    path("analyses/<int:pk>/", analysis.AnalysisPage.as_view(), name="analysis"),
]
