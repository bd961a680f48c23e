"""Writes to the organisation, by topic."""

from keheng.org.operations.branches import add_branch, change_branch, close_branch, move_branch, reopen_branch
from keheng.org.operations.calendars import change_periods, clear_day, import_days, set_day
from keheng.org.operations.keys import rotate_keys
from keheng.org.operations.presets import HEAD_OFFICE_CODE, load_presets
from keheng.org.operations.roles import change_role_rights
from keheng.org.operations.sign_in import record_account_change, record_sign_in, record_sign_in_failure, record_sign_out
from keheng.org.operations.staff import (
    add_staff,
    change_staff,
    deactivate_staff,
    password_changed,
    reactivate_staff,
    reset_password,
)
from keheng.org.operations.tokens import make_token, open_token, revoke_token, revoke_tokens_of

__all__ = [
    "HEAD_OFFICE_CODE",
    "add_branch",
    "add_staff",
    "change_branch",
    "change_periods",
    "change_role_rights",
    "change_staff",
    "clear_day",
    "close_branch",
    "deactivate_staff",
    "import_days",
    "load_presets",
    "make_token",
    "move_branch",
    "open_token",
    "password_changed",
    "reactivate_staff",
    "record_account_change",
    "record_sign_in",
    "record_sign_in_failure",
    "record_sign_out",
    "reopen_branch",
    "reset_password",
    "revoke_token",
    "revoke_tokens_of",
    "rotate_keys",
    "set_day",
]
