"""Addresses of ownership."""

from django.urls import path

from keheng.care.views.ownership import (
    adoption,
    cover,
    customer,
    hand_overs,
    load,
    oversight,
    pool,
    referrals,
    rules,
)

urlpatterns = [
    path("pool/", pool.PoolList.as_view(), name="pool"),
    path("pool/choose/", pool.Choose.as_view(), name="choose"),
    path("assignments/<int:pk>/", pool.RunPage.as_view(), name="run"),
    path("oversight/", oversight.Oversight.as_view(), name="oversight"),
    path("orphans/", oversight.Orphans.as_view(), name="orphans"),
    path("orphans/choose/", oversight.ChooseOrphans.as_view(), name="choose-orphans"),
    path("load/", load.LoadList.as_view(), name="load"),
    path("people/<int:pk>/", load.Person.as_view(), name="person"),
    path("people/<int:pk>/release/", load.Release.as_view(), name="release"),
    path("hand-overs/", hand_overs.HandOverList.as_view(), name="hand-overs"),
    path("hand-overs/<int:pk>/", hand_overs.HandOverPage.as_view(), name="hand-over"),
    path("referrals/", referrals.ReferralList.as_view(), name="referrals"),
    path("referrals/<int:pk>/", referrals.ReferralPage.as_view(), name="referral"),
    path("adoption/", adoption.Market.as_view(), name="market"),
    path("adoption/adopt/", adoption.Adopt.as_view(), name="adopt"),
    path("cover/", cover.CoverPage.as_view(), name="cover"),
    path("cover/plan/", cover.SetCover.as_view(), name="set-cover"),
    path("cover/<int:pk>/name/", cover.NameCover.as_view(), name="name-cover"),
    path("cover/<int:pk>/end/", cover.EndCover.as_view(), name="end-cover"),
    path("assignment-rules/", rules.RulesPage.as_view(), name="assignment-rules"),
    path("assignment-rules/limits/", rules.ChangeLimits.as_view(), name="change-limits"),
    path("assignment-rules/<slug:scheme>/<slug:tier>/", rules.ChangeTierRule.as_view(), name="change-tier-rule"),
    path("customers/<int:pk>/owners/", customer.OwnersTab.as_view(), name="owners"),
    path("customers/<int:pk>/assign/", customer.AssignOne.as_view(), name="assign-one"),
    path("customers/<int:pk>/hand-over/", customer.HandOverOne.as_view(), name="hand-over-one"),
    path("customers/<int:pk>/refer/", customer.ReferOne.as_view(), name="refer-one"),
    path("customers/<int:pk>/part/", customer.GivePart.as_view(), name="give-part"),
    path("customers/<int:pk>/part/<slug:part>/end/", customer.EndPart.as_view(), name="end-part"),
    path("customers/<int:pk>/choice/", customer.RecordChoice.as_view(), name="record-choice"),
    path("customers/<int:pk>/adopt/", customer.AdoptOne.as_view(), name="adopt-one"),
]
