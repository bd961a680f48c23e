"""Forms of complaints: the intake, and what is done to a complaint."""

from keheng.complaints.forms.acts import (
    CauseForm,
    ClassifyForm,
    IssueForm,
    MeasureForm,
    OtherForm,
    PersonForm,
    ReplyForm,
    SettleForm,
    TalkForm,
    VerdictForm,
    VisitForm,
    WordsForm,
)
from keheng.complaints.forms.intake import IntakeForm

__all__ = [
    "CauseForm",
    "ClassifyForm",
    "IntakeForm",
    "IssueForm",
    "MeasureForm",
    "OtherForm",
    "PersonForm",
    "ReplyForm",
    "SettleForm",
    "TalkForm",
    "VerdictForm",
    "VisitForm",
    "WordsForm",
]
