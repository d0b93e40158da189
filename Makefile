# `make demo` and `make test` set up by themselves; nothing else is needed than Python 3.11+ and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Where it is set, every process that a test starts would compile all modules anew, and pytest rewrite all tests.
unexport PYTHONDONTWRITEBYTECODE
STAMP := $(VENV)/.ready-$(shell cat requirements.txt pyproject.toml | cksum | cut -d' ' -f1)

.PHONY: help setup demo test test-slow test-corpus lint check lock dictionary bench clean

help:  ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(STAMP)  ## make the virtual environment (the other goals do it by themselves)

$(STAMP): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Vigil needs Python 3.11 or newer, this is " + sys.version.split()[0] + "; run: make PYTHON=python3.11 " + "$(MAKECMDGOALS)")'
	$(PYTHON) -m venv $(VENV)
	# --no-deps: the lock is complete, and pip would look for sqlalchemy[asyncio] beyond it, which has no hash there.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.ready-*
	@touch $@

demo: setup  ## run a whole watch on the bundled newsroom, offline
	$(BIN)/vigil demo

test: setup  ## run the fast tests
	$(BIN)/python -m pytest -q -n auto --dist loadfile

test-slow: setup  ## run the slow tests: Prefect server, kills, pages in a browser where chromium is installed
	$(BIN)/python -m pytest -q -m slow

test-corpus: setup  ## run the tests that need the labelled corpora beside the project
	$(BIN)/python -m pytest -q -m corpus

lint: setup  ## ruff, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test  ## all that must be green before a commit

lock: setup  ## write requirements.txt anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra dev --extra build --extra browser --extra s3 --extra dask -o requirements.txt pyproject.toml

dictionary: setup  ## write docs/dictionary.md anew from the schemas
	$(BIN)/python -m warehouse.dictionary

bench: setup  ## measure speed against peers, keep the figures (BENCH=--quick: a tenth of the pages)
	$(BIN)/python -m benchmarks $(BENCH)

clean:  ## remove the virtual environment and all that was made
	rm -rf $(VENV) data archive .pytest_cache .ruff_cache .mypy_cache .hypothesis
