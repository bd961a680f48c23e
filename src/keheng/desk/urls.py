from django.urls import path

from keheng.desk.views.bulk_log import BulkLog
from keheng.desk.views.customer import (
    AssetsTab,
    ChangesTab,
    CustomerPage,
    CustomerReveal,
    FactsCard,
    LaterFlags,
    NextCard,
    RiskFigure,
    TimelineTab,
)
from keheng.desk.views.customers import ChooseCustomers, CustomerList
from keheng.desk.views.field import FieldPage
from keheng.desk.views.maturing import MaturingList
from keheng.desk.views.printing import PrintCustomer
from keheng.desk.views.search import search
from keheng.desk.views.workbench import workbench

urlpatterns = [
    path("", workbench, name="home"),
    path("search/", search, name="search"),
    path("field/", FieldPage.as_view(), name="field"),
    path("maturing/", MaturingList.as_view(), name="maturing"),
    path("customers/log/", BulkLog.as_view(), name="customers-log"),
    path("customers/", CustomerList.as_view(), name="customers"),
    path("customers/choose/", ChooseCustomers.as_view(), name="customers-choose"),
    path("customers/<int:pk>/", CustomerPage.as_view(), name="customer"),
    path("customers/<int:pk>/print/", PrintCustomer.as_view(), name="customer-print"),
    path("customers/<int:pk>/reveal/", CustomerReveal.as_view(), name="customer-reveal"),
    path("customers/<int:pk>/timeline/", TimelineTab.as_view(), name="customer-timeline"),
    path("customers/<int:pk>/changes/", ChangesTab.as_view(), name="customer-changes"),
    path("customers/<int:pk>/facts/", FactsCard.as_view(), name="customer-facts"),
    path("customers/<int:pk>/risk/", RiskFigure.as_view(), name="customer-risk"),
    path("customers/<int:pk>/flags/", LaterFlags.as_view(), name="customer-flags"),
    path("customers/<int:pk>/next/", NextCard.as_view(), name="customer-next"),
    path("customers/<int:pk>/assets/", AssetsTab.as_view(), name="customer-assets"),
]
