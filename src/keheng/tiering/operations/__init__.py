"""Writes: presets, evaluations, drafts and their publication, dry runs, schemes."""

from keheng.tiering.operations.drafts import (
    PUBLISH,
    create_draft,
    discard_draft,
    publish,
    reopen_draft,
    save_draft,
    submit_draft,
)
from keheng.tiering.operations.dry_runs import dry_run, purge_dry_runs, request_dry_run
from keheng.tiering.operations.evaluation import evaluate, request_evaluation
from keheng.tiering.operations.presets import load_presets
from keheng.tiering.operations.proposals import carry_out_decisions
from keheng.tiering.operations.protection import end_protections, protect, protect_listed, settle_protections
from keheng.tiering.operations.schedule import evaluate_what_is_due
from keheng.tiering.operations.schemes import copy_scheme, delete_scheme

__all__ = [
    "PUBLISH",
    "carry_out_decisions",
    "copy_scheme",
    "create_draft",
    "delete_scheme",
    "discard_draft",
    "dry_run",
    "end_protections",
    "evaluate",
    "evaluate_what_is_due",
    "load_presets",
    "protect",
    "protect_listed",
    "publish",
    "purge_dry_runs",
    "reopen_draft",
    "request_dry_run",
    "request_evaluation",
    "save_draft",
    "settle_protections",
    "submit_draft",
]
