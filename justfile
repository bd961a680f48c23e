# Recipes for people who work on Keheng. `uv run just` lists them.

default:
    @just --list

# Everything that must be green: style, types, structure, migrations, templates, then all tests
check: lint types structure
    uv run pytest

# Style of Python and templates
lint:
    uv run ruff check .
    uv run ruff format --check .
    uv run djlint --lint --quiet src

# Types, strict
types:
    uv run mypy

# The module stack of ARCHITECTURE.md
structure:
    uv run lint-imports

# Put style right
format:
    uv run ruff check --fix .
    uv run ruff format .

# Collect the words of pages into the translation files
messages:
    uv run python -m keheng.ui.translations

# Take the newest versions of all packages and write them down exactly
lock:
    uv run --no-sync python tools/lock.py

# Draw the pictures of docs/ again from a running demo bank
screenshots:
    KEHENG_SCREENSHOTS=docs/screenshots uv run pytest tests/tour -q

# Benchmarks, by hand: each prints ratios against a bare limit of the same run
bench name:
    uv run python -m bench.{{ name }}
