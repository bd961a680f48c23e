from django.urls import path

from keheng.tiering.views.cards import WhyCard
from keheng.tiering.views.catalogue import MetricCatalogue
from keheng.tiering.views.companies import CompaniesPage, CompanyList
from keheng.tiering.views.distribution import DistributionPage
from keheng.tiering.views.drafts import (
    ComparePage,
    CopyScheme,
    DeleteScheme,
    DiscardDraft,
    DraftPage,
    StartDraft,
    VersionList,
    VersionPage,
)
from keheng.tiering.views.dry_runs import DryRunPage, DryRunProgress, StartDryRun
from keheng.tiering.views.entitlements import EntitlementsPage
from keheng.tiering.views.goals import GoalsPage, GoalsTablePage, PenetrationPart
from keheng.tiering.views.members import MemberList
from keheng.tiering.views.near import FunnelPage, NearList
from keheng.tiering.views.passages import MatrixPage, PassedList
from keheng.tiering.views.proposals import ApproveMoves, ProposalList, RefuseMoves, ReturnMoves
from keheng.tiering.views.protection import EndProtections, ProtectedList, ProtectSide, ProtectUpload
from keheng.tiering.views.runs import RunPage, RunProgress
from keheng.tiering.views.scheme import SchemePage, StartEvaluation
from keheng.tiering.views.standards import PutInForce, StandardsPage, StrategicPage
from keheng.tiering.views.value import ScoreList, StartValueRun, ValueCard, ValuePage
from keheng.tiering.views.weights import FactsPage, FactsUpload, WeightsPage

urlpatterns = [
    path("", SchemePage.as_view(), name="tiering"),
    path("schemes/<slug:code>/", SchemePage.as_view(), name="tiering-scheme"),
    path("schemes/<slug:code>/evaluate/", StartEvaluation.as_view(), name="tiering-evaluate"),
    path("schemes/<slug:code>/customers/", MemberList.as_view(), name="tiering-members"),
    path("schemes/<slug:code>/proposals/", ProposalList.as_view(), name="tiering-proposals"),
    path("proposals/", ProposalList.as_view(), name="tiering-all-proposals"),
    path("proposals/approve/", ApproveMoves.as_view(), name="tiering-approve-moves"),
    path("proposals/refuse/", RefuseMoves.as_view(), name="tiering-refuse-moves"),
    path("proposals/return/", ReturnMoves.as_view(), name="tiering-return-moves"),
    path("schemes/<slug:code>/protected/", ProtectedList.as_view(), name="tiering-protected"),
    path("schemes/<slug:code>/protect/", ProtectSide.as_view(), name="tiering-protect"),
    path("schemes/<slug:code>/protected/upload/", ProtectUpload.as_view(), name="tiering-protect-upload"),
    path("protected/", ProtectedList.as_view(), name="tiering-all-protected"),
    path("protected/end/", EndProtections.as_view(), name="tiering-protection-end"),
    path("schemes/<slug:code>/copy/", CopyScheme.as_view(), name="tiering-copy"),
    path("schemes/<slug:code>/delete/", DeleteScheme.as_view(), name="tiering-delete"),
    path("schemes/<slug:code>/versions/", VersionList.as_view(), name="tiering-versions"),
    path("schemes/<slug:code>/versions/<int:number>/", VersionPage.as_view(), name="tiering-version"),
    path("schemes/<slug:code>/versions/<int:number>/draft/", StartDraft.as_view(), name="tiering-start-draft"),
    path("schemes/<slug:code>/versions/<int:number>/edit/", DraftPage.as_view(), name="tiering-draft"),
    path("schemes/<slug:code>/versions/<int:number>/discard/", DiscardDraft.as_view(), name="tiering-discard"),
    path("schemes/<slug:code>/versions/<int:number>/try/", StartDryRun.as_view(), name="tiering-try"),
    path("schemes/<slug:code>/compare/", ComparePage.as_view(), name="tiering-compare"),
    path("schemes/<slug:code>/matrix/", MatrixPage.as_view(), name="tiering-matrix"),
    path("schemes/<slug:code>/matrix/customers/", PassedList.as_view(), name="tiering-passed"),
    path("schemes/<slug:code>/near/", NearList.as_view(), name="tiering-near"),
    path("schemes/<slug:code>/funnel/", FunnelPage.as_view(), name="tiering-funnel"),
    path("schemes/<slug:code>/entitlements/", EntitlementsPage.as_view(), name="tiering-entitlements"),
    path("schemes/<slug:code>/distribution/", DistributionPage.as_view(), name="tiering-distribution"),
    path("schemes/<slug:code>/goals/", GoalsPage.as_view(), name="tiering-goals"),
    path("schemes/<slug:code>/goals/penetration/", PenetrationPart.as_view(), name="tiering-penetration"),
    path("schemes/<slug:code>/goals/table/", GoalsTablePage.as_view(), name="tiering-goals-table"),
    path("dry-runs/<int:pk>/", DryRunPage.as_view(), name="tiering-dry-run"),
    path("dry-runs/<int:pk>/progress/", DryRunProgress.as_view(), name="tiering-dry-run-progress"),
    path("runs/<int:pk>/", RunPage.as_view(), name="tiering-run"),
    path("runs/<int:pk>/progress/", RunProgress.as_view(), name="tiering-progress"),
    path("customers/<int:pk>/why/", WhyCard.as_view(), name="tiering-why"),
    path("metrics/", MetricCatalogue.as_view(), name="tiering-metrics"),
    path("companies/", CompaniesPage.as_view(), name="tiering-companies"),
    path("companies/list/", CompanyList.as_view(), name="tiering-company-list"),
    path("companies/standards/", StandardsPage.as_view(), name="tiering-standards"),
    path("companies/strategic/", StrategicPage.as_view(), name="tiering-strategic"),
    path("companies/strategic/<int:pk>/put-in-force/", PutInForce.as_view(), name="tiering-put-in-force"),
    path("value/", ValuePage.as_view(), name="tiering-value"),
    path("value/compute/", StartValueRun.as_view(), name="tiering-value-compute"),
    path("value/companies/", ScoreList.as_view(), name="tiering-value-list"),
    path("value/weights/", WeightsPage.as_view(), name="tiering-weights"),
    path("value/facts/", FactsUpload.as_view(), name="tiering-facts-upload"),
    path("value/facts/<int:pk>/", FactsPage.as_view(), name="tiering-facts"),
    path("customers/<int:pk>/value/", ValueCard.as_view(), name="tiering-value-card"),
]
