"""Addresses of the pages of data quality."""

from django.urls import path

from keheng.customers.views.quality import archives, duplicates, findings, inspections, rules

app_name = "quality"
urlpatterns = [
    path("", archives.overview, name="overview"),
    path("refresh/", archives.Refresh.as_view(), name="refresh"),
    path("archives/", archives.ArchiveList.as_view(), name="archives"),
    path("customers/<int:pk>/", archives.CompletenessCard.as_view(), name="card"),
    path("findings/", findings.FindingList.as_view(), name="findings"),
    path("findings/<int:pk>/", findings.FindingPage.as_view(), name="finding"),
    path("contacts/<int:pk>/report/", findings.ReportContact.as_view(), name="report"),
    path("duplicates/", duplicates.PairList.as_view(), name="duplicates"),
    path("duplicates/<int:pk>/", duplicates.PairPage.as_view(), name="pair"),
    path("merges/", duplicates.MergeList.as_view(), name="merges"),
    path("merges/<int:pk>/", duplicates.MergePage.as_view(), name="merge"),
    path("inspections/", inspections.InspectionList.as_view(), name="inspections"),
    path("inspections/draw/", inspections.Draw.as_view(), name="draw"),
    path("inspections/<int:pk>/", inspections.InspectionPage.as_view(), name="inspection"),
    path("inspections/archives/<int:pk>/", inspections.ItemPage.as_view(), name="item"),
    path("rules/", rules.RulesPage.as_view(), name="rules"),
    path("rules/<slug:topic>/", rules.RulesPage.as_view(), name="rules-of"),
]
