"""What can be wrong with a file or a row, each with the sentence a person reads and the way out.

A fault of the file stops the load before anything is written; a flaw of a row rejects that row only. Both are kept as
a code with its details, and become a sentence in the reader's language when they are shown.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

type Sentences = tuple[str | Promise, str | Promise]

FILE_FAULTS: dict[str, Sentences] = {
    "missing": (_("There is no file %(file)s."), _("Check the path.")),
    "unreadable": (_("The file %(file)s cannot be read (%(problem)s)."), _("Give this account read access to it.")),
    "folder": (
        _("%(file)s is a folder, but the profile %(profile)s reads one file."),
        _("Name the file inside the folder."),
    ),
    "not_folder": (
        _("%(file)s is a file, but the profile %(profile)s reads a folder with %(files)s."),
        _("Name the folder."),
    ),
    "missing_source": (_("The folder %(folder)s lacks %(file)s."), _("Put the file there and load the folder again.")),
    "empty": (_("The file %(file)s is empty."), _("The transfer was probably cut off: ask for the file again.")),
    "header_only": (
        _("The file %(file)s has headings and no rows."),
        _("The export was probably cut off: ask for the file again."),
    ),
    "archive": (_("%(file)s is an archive (%(kind)s)."), _("Unpack it and load the file inside.")),
    "old_workbook": (
        _("%(file)s is a workbook of Excel 97–2003 or has a password."),
        _("Save it as .xlsx without a password, or as CSV UTF-8."),
    ),
    "binary": (_("%(file)s is no table: it holds %(kind)s."), _("Export it as CSV, Excel (.xlsx) or Parquet.")),
    "damaged": (_("%(file)s is damaged: %(problem)s."), _("Export the file again.")),
    "encoding": (
        _("%(file)s is written neither in UTF-8 nor in GB18030 (row %(row)s)."),
        _("In Excel choose “Save as”, “CSV UTF-8”."),
    ),
    "other_encoding": (
        _("%(file)s is written in %(encoding)s."),
        _("Save it as UTF-8: in Excel choose “Save as”, “CSV UTF-8”."),
    ),
    "no_headings": (
        _("No heading of %(file)s is known to the profile %(profile)s; its first row reads: %(found)s."),
        _("Give the file a heading row with names such as %(expected)s."),
    ),
    "missing_columns": (
        _("%(file)s lacks the columns %(columns)s."),
        _("Add them, or say on the import page which of the file's columns hold them."),
    ),
    "column_twice": (
        _("%(file)s has two columns for %(field)s: %(headings)s."),
        _("Remove or rename one, or choose one on the import page."),
    ),
    "long_row": (
        _("Row %(row)s of %(file)s is longer than %(limit)s."),
        _("Its line ends are probably lost: export the file again."),
    ),
    "control_rows": (
        _("The control total names %(expected)s rows, but the file has %(found)s."),
        _("The file is incomplete: ask for it again. Nothing was loaded."),
    ),
    "control_sum": (
        _("The control total of %(field)s is %(expected)s, but the rows of the file add up to %(found)s."),
        _("The file is incomplete or was changed: ask for it again. Nothing was loaded."),
    ),
    "control_file": (
        _("The control file %(file)s cannot be understood: %(problem)s."),
        _("It holds lines such as rows=1000 and AUM=1234.56."),
    ),
    "reconciliation": (
        _("After the load %(field)s in the database would be %(found)s instead of %(expected)s."),
        _("Nothing was loaded; report this as a defect."),
    ),
    "unknown_profile": (
        _("There is no profile %(profile)s."),
        _("Take one of %(known)s, or give the path of a profile (.yaml)."),
    ),
    "profile": (_("The profile %(profile)s is wrong at %(key)s: %(problem)s."), _("Correct the profile.")),
    "query": (
        _("The query of the profile %(profile)s does not run on these files: %(problem)s."),
        _("Compare the columns of the files with the profile."),
    ),
    "movements": (
        _("%(count)s of the %(total)s rows of %(file)s lack an account, a day or an amount that can be read."),
        _("Month averages would be wrong without them: export the file again, or correct the profile's query."),
    ),
    "no_movements": (
        _("%(file)s begins on %(first)s, after %(date)s."),
        _("Give a date that the file covers."),
    ),
    "no_spark": (
        _("Spark cannot run here: %(problem)s."),
        _("Install it (uv sync --group spark, and a Java), or leave out --engine: DuckDB gives the same figures."),
    ),
    "months_unfinished": (
        _("The folder %(file)s has no file _SUCCESS: its writing was not finished."),
        _("Wait for the cluster, or compute it again. Where the mark is switched off, put an empty one there."),
    ),
    "months_format": (
        _("%(file)s is no Parquet."),
        _("Let the cluster write the months as Parquet."),
    ),
    "months_columns": (
        _("%(file)s lacks the columns %(columns)s."),
        _("Compute the months by the SQL of “keheng metrics sql”, and keep its columns."),
    ),
    "months_rows": (
        _("%(count)s of the %(total)s months of %(file)s lack a value, or hold one that no movements add up to."),
        _("Compute the months by the SQL of “keheng metrics sql”, unchanged; nothing was loaded."),
    ),
    "months_days": (
        _("%(count)s of the %(total)s months of %(file)s do not have the days of their month."),
        _("All accounts are computed through one day: run the SQL once, for all of them."),
    ),
    "months_twice": (
        _("%(count)s months stand twice in %(file)s."),
        _("Write into an empty folder, and hand over one computation at a time."),
    ),
    "months_sums": (
        _("%(file)s is not whole: %(gaps)s months are missing, %(unequal)s balances do not follow from their flows."),
        _("A part was lost on the way: copy all of them again, or compute the months again."),
    ),
    "unknown_branch": (
        _("There is no branch with the code %(branch)s."),
        _("Give the code of an existing branch, or create the branch first."),
    ),
    "future": (_("The date of the figures, %(date)s, lies in the future."), _("Give the date of the file's figures.")),
    "busy": (
        _("Another load of the profile %(profile)s is running."),
        _("Wait until it has ended; then load this file."),
    ),
    "conflict": (
        _("The load met a customer that someone else changed at the same moment (%(problem)s)."),
        _("Nothing was loaded; load the file again."),
    ),
    "moved": (_("The batch is already in the state “%(state)s”."), _("Look at the batch again.")),
    "cancelled": (_("The load was cancelled."), _("Nothing was loaded.")),
    "interrupted": (
        _("The program ended before the load was complete; nothing of it was loaded."),
        _("Load the file again."),
    ),
    "unexpected": (
        _("The load failed (%(problem)s)."),
        _("Nothing was loaded. Load the file again; if it fails again, tell your administrator."),
    ),
}

ROW_FLAWS: dict[str, Sentences] = {
    "required": (_("The field is empty"), _("Fill it in")),
    "too_few": (
        _("The row has %(found)s fields instead of %(expected)s"),
        _("Export the row again; a delimiter is lost"),
    ),
    "too_many": (
        _("The row has %(found)s fields instead of %(expected)s"),
        _("Put quotes around the field that holds the delimiter"),
    ),
    "quote": (_("A quote is opened and not closed"), _('Close the quote, or write a quote inside a field as ""')),
    "control_characters": (_("The row holds bytes that are no text"), _("Export the row again")),
    "long": (_("Longer than %(maximum)s characters"), _("Shorten it")),
    "scientific": (
        _("A spreadsheet wrote the number as a power of ten; its digits are lost"),
        _("Format the column as text in the source and export again"),
    ),
    "number": (_("Not a number"), _("Write digits only, such as 1234567.89")),
    "whole": (_("Not a whole number"), _("Write digits only, such as 12")),
    "negative": (_("Negative"), _("Correct the amount; the least is %(minimum)s")),
    "absurd": (
        _("Outside %(minimum)s to %(maximum)s"),
        _("Check the unit (yuan or 10,000 yuan) and correct the amount"),
    ),
    "date": (_("Not a date"), _("Write it as 2026-11-22")),
    "early": (_("Before %(minimum)s"), _("Correct the date")),
    "future": (_("In the future"), _("Correct the date")),
    "flag": (_("Neither yes nor no"), _("Write 是 or 否")),
    "choice": (_("Not one of the known words"), _("Write one of: %(words)s")),
    "branch": (_("No branch has this code"), _("Correct the code, or create the branch first")),
    "staff": (_("No member of staff has this user name"), _("Correct the user name, or create the account first")),
    "age": (_("Not an age"), _("Write completed years, 0 to 120")),
    "birth_number": (_("Not a birth number"), _("Write six digits, year month day; women's months have 50 added")),
    "document": (_("Not a document number of this kind"), _("Correct the number or the kind of document")),
    "check_digit": (_("The check digit does not agree"), _("Compare the number with the document: a digit is wrong")),
    "document_birth": (_("The number holds an impossible date of birth"), _("Compare the number with the document")),
    "birth_disagrees": (
        _("Differs from the date of birth in the identity number"),
        _("Correct the date of birth or the number"),
    ),
    "sex_disagrees": (_("Differs from the sex in the identity number"), _("Correct the sex or the number")),
    "mobile": (_("Not a mobile number"), _("Write 11 digits, beginning with 13 to 19")),
    "phone": (_("Not a telephone number"), _("Write area code and number, such as 0577-88002210")),
    "email": (_("Not an e-mail address"), _("Write it as name@example.com")),
    "wechat": (_("Not a WeChat name"), _("Write 6 to 20 letters, digits, - or _, beginning with a letter")),
    "duplicate": (_("The same customer number stands in row %(first)s"), _("Keep one of the rows")),
    "duplicate_account": (_("The same account number stands in row %(first)s"), _("Keep one of the rows")),
    "unknown_customer": (_("No customer has this number"), _("Load the customer first")),
}


class Fault(Exception):
    """A fault of the file: nothing is loaded. ``str()`` is the sentence in the present language."""

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details

    @property
    def sentences(self) -> tuple[str, str]:
        """What is wrong, and what to do."""
        return sentences(self.code, self.details)

    def __str__(self) -> str:
        return " ".join(self.sentences)


def fault(code: str, **details: object) -> Fault:
    """Make a fault of ``FILE_FAULTS`` with its details as text."""
    return Fault(code, {name: value if isinstance(value, int) else str(value) for name, value in details.items()})


def sentences(code: str, details: Mapping[str, Any]) -> tuple[str, str]:
    """Say what is wrong with the file, and what to do."""
    problem, remedy = FILE_FAULTS[code]
    return str(problem) % details, str(remedy) % details


def row_sentences(flaw: str, details: Mapping[str, Any]) -> tuple[str, str]:
    """Say what is wrong with the row and what to do."""
    reason, remedy = ROW_FLAWS[flaw]
    return str(reason) % details, str(remedy) % details
