"""Mail, letters, compensation, consequences, lessons, figures."""

from django.urls import path

from keheng.complaints.views import consequences, figures, lessons, letters, mail, registers

urlpatterns = [
    path("figures/", figures.figures_page, name="figures"),
    path("figures/quarter/", figures.return_of_quarter, name="return"),
    path("figures/iso-10002/", figures.checklist_page, name="checklist"),
    path("registers/record/", registers.RecordList.as_view(), name="register-record"),
    path("registers/feedback/", registers.FeedbackList.as_view(), name="register-feedback"),
    path("registers/register/", registers.RegisterOfForms.as_view(), name="register-forms"),
    path("mail/", mail.MailLog.as_view(), name="mail"),
    path("mail/<int:pk>/", mail.message, name="message"),
    path("settings/letters/", mail.mail_settings, name="mail-settings"),
    path("settings/mailboxes/new/", mail.ChangeMailbox.as_view(), name="new-mailbox"),
    path("settings/mailboxes/<int:pk>/", mail.ChangeMailbox.as_view(), name="change-mailbox"),
    path("settings/templates/<slug:code>/", mail.ChangeTemplate.as_view(), name="change-template"),
    path("settings/consequences/", mail.ChangeConsequences.as_view(), name="change-consequences"),
    path("lessons/", lessons.LessonList.as_view(), name="lessons"),
    path("lessons/<int:pk>/", lessons.lesson, name="lesson"),
    path("lessons/<int:pk>/read/", lessons.read, name="read-lesson"),
    path("conclusions/<int:pk>/", consequences.conclusion, name="conclusion"),
    path("conclusions/<int:pk>/accept/", consequences.accept, name="accept-conclusion"),
    path("conclusions/<int:pk>/appeal/", consequences.Appeal.as_view(), name="appeal"),
    path("conclusions/<int:pk>/decide/", consequences.DecideAppeal.as_view(), name="decide-appeal"),
    path("<int:pk>/sheets/<slug:code>/", registers.sheet, name="sheet"),
    path("<int:pk>/after/", letters.after_tab, name="after-tab"),
    path("<int:pk>/letters/draft/", letters.Draft.as_view(), name="draft-letter"),
    path("<int:pk>/letters/<int:letter_pk>/edit/", letters.Edit.as_view(), name="edit-letter"),
    path("<int:pk>/letters/<int:letter_pk>/drop/", letters.Drop.as_view(), name="drop-letter"),
    path("<int:pk>/letters/<int:letter_pk>/submit/", letters.submit, name="submit-letter"),
    path("<int:pk>/letters/<int:letter_pk>/deliver/", letters.Deliver.as_view(), name="deliver-letter"),
    path("<int:pk>/letters/<int:letter_pk>/pdf/", letters.download, name="letter-pdf"),
    path("<int:pk>/deliveries/<int:delivery_pk>/", letters.Arrived.as_view(), name="settle-delivery"),
    path("<int:pk>/compensation/", letters.AskCompensation.as_view(), name="ask-compensation"),
    path("<int:pk>/compensation/<int:compensation_pk>/pay/", letters.Pay.as_view(), name="pay-compensation"),
    path("<int:pk>/conclude/", consequences.Conclude.as_view(), name="conclude"),
    path("<int:pk>/lesson/", lessons.Publish.as_view(), name="publish-lesson"),
]
