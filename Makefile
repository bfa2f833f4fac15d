# Two commands: `make run` starts the site, `make test` tests it. Both set up everything they need.
# The rest are the single checks that .ci/run goes through. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export PORT ?= 5000
# Test workers; with one core less the browser tests wait for each other.
CORES ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
# Further arguments: make test ARGS="tests/rules -k deadline"
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

# A lock newer than its stamp is installed again.
RUN := $(VENV)/.installed-run
SCALE := $(VENV)/.installed-scale
DEV := $(VENV)/.installed-dev

# PostgreSQL and Redis drivers are needed only where the environment names such a server.
NEEDS := $(RUN)
ifneq ($(filter postgres%,$(DATABASE_URL))$(REDIS_URL),)
NEEDS := $(SCALE)
endif

.PHONY: help
help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- setting up ---------------------------------------------------------------------------------

$(PY):
	@bash .ci/venv.sh $(VENV)

$(RUN): requirements.txt | $(PY)
	@bash .ci/install.sh $(PY) requirements.txt
	@touch $@

$(SCALE): requirements.txt requirements-scale.txt | $(PY)
	@bash .ci/install.sh $(PY) requirements.txt requirements-scale.txt
	@touch $(RUN) $@

$(DEV): requirements.txt requirements-scale.txt requirements-dev.txt | $(PY)
	@bash .ci/install.sh $(PY) requirements.txt requirements-scale.txt requirements-dev.txt
	@touch $(RUN) $(SCALE) $@

.PHONY: setup
setup: $(DEV) ## install everything for development into .venv

# --- the two commands ---------------------------------------------------------------------------

.PHONY: run
run: $(NEEDS) ## start the site with demo data on http://127.0.0.1:$PORT
	@PY=$(PY) bash .ci/serve.sh

.PHONY: test
test: $(DEV) ## run all tests (ARGS="..." for pytest, CORES=n)
	@bash .ci/browser.sh
	@$(PY) -m pytest -n $(CORES) --dist loadfile $(ARGS)

# --- single checks ------------------------------------------------------------------------------

.PHONY: lint
lint: $(DEV) ## style of code and templates
	@$(PY) -m ruff check . || { echo "-> '$(PY) -m ruff check --fix .' mends most of these"; exit 1; }
	@$(PY) -m ruff format --check --quiet . || { $(PY) -m ruff format --check . || true; echo "-> 'make format' mends this"; exit 1; }
	@$(PY) -m djlint templates --lint --quiet || { echo "-> mend the templates named above"; exit 1; }

.PHONY: format
format: $(DEV) ## format the code
	@$(PY) -m ruff check --select I --fix --quiet .
	@$(PY) -m ruff format .

.PHONY: types
types: $(DEV) ## types, strict below web
	@$(PY) -m mypy

.PHONY: contracts
contracts: $(DEV) ## imports point down only
	@$(VENV)/bin/lint-imports --no-cache

.PHONY: check-migrations
check-migrations: $(DEV) ## the migrations build exactly what the models say
	@PY=$(PY) bash .ci/check_migrations.sh

.PHONY: check-catalogue
check-catalogue: $(DEV) ## English is complete and compiled
	@$(PY) .ci/catalogue.py check

.PHONY: checks
checks: lint types contracts check-migrations check-catalogue ## all single checks

# --- from time to time --------------------------------------------------------------------------

.PHONY: bench
bench: $(DEV) ## measure against bare Flask, side by side
	@$(PY) -m tests.bench $(ARGS)

.PHONY: translations
translations: $(DEV) ## bring the English catalogue up to date with the code, then compile it
	@$(PY) .ci/catalogue.py update

.PHONY: docs
docs: $(DEV) ## write the documentation that derives from the code
	@$(PY) -m flask --app wsgi docs

.PHONY: lock
lock: $(DEV) ## write requirements*.txt anew from requirements*.in
	@for name in requirements requirements-scale requirements-dev; do \
	  UV_CUSTOM_COMPILE_COMMAND="make lock" $(PY) -m uv pip compile --quiet --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links $$name.in -o $$name.txt $(ARGS) \
	  || { echo "-> a version in $$name.in does not exist, or two of them do not fit together"; exit 1; }; \
	done
	@if grep -nE '^--|://|find-links' requirements*.txt; then echo "-> a lock names a server or a folder of this machine"; exit 1; fi
