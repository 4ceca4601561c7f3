# `make` prints help. Needs Python 3.11 or newer, git and make; everything else is installed below
# .venv and node_modules from locked files. Nothing is done twice: each step leaves a stamp.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
# The data folder of the demo: root needs one that the database's user can reach.
DATA ?= $(shell if [ "$$(id -u)" = 0 ]; then echo /var/lib/portvakt/demo; \
  else echo "$${XDG_DATA_HOME:-$$HOME/.local/share}/portvakt/demo"; fi)
PORT ?= 8700
WORKERS ?= 2
# Lines of tools/spec_lines.txt that must have a passing test: `make coverage-of-spec NEED=S1-S7,A21`.
NEED ?=

ASSETS := src/portvakt/web/static/built/manifest.json
ASSET_SOURCES := $(shell find web-assets -path web-assets/node_modules -prune -o -type f -print 2>/dev/null)

.PHONY: help setup demo test nightly check bench controls coverage-of-spec fmt lock docs assets browser \
  argon2-avx2 precommit clean

help: ## Print this help
	@grep -hE '^[a-z0-9-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | \
	  awk -F '\t' '{ printf "  \033[1mmake %-18s\033[0m %s\n", $$1, $$2 }'

setup: $(STAMPS)/dev $(STAMPS)/project $(ASSETS) ## Install everything for working on Portvakt
	@echo "Ready. Next: make demo, or make test."
	@tools/argon2_avx2 hint

demo: $(STAMPS)/runtime $(STAMPS)/project $(ASSETS) ## Install, then start Portvakt to try it: PORT=8700 DATA=folder
	@exec $(BIN)/portvakt demo --port $(PORT) --data "$(DATA)"

test: check browser ## Install, then run all checks and all tests, browser included
	$(BIN)/pytest -n $(WORKERS) --dist loadscope --junitxml=var/junit.xml --proofs=var/proofs.json

nightly: $(STAMPS)/dev $(STAMPS)/project $(ASSETS) ## The tests that could go on for ever, in their large size: hours
	PORTVAKT_NIGHTLY=1 $(BIN)/pytest -n $(WORKERS) --dist loadscope tests/rules tests/attacks/test_a53_races.py

check: $(STAMPS)/dev $(STAMPS)/project $(ASSETS) ## Format, lint, types, import contracts, dependencies
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src

bench: $(STAMPS)/dev $(STAMPS)/project $(ASSETS) ## Measure speed and memory; ratios of one run
	$(BIN)/python -m bench

controls: $(STAMPS)/dev $(STAMPS)/project $(ASSETS) ## Remove each defence in a copy: the attack must succeed
	$(BIN)/pytest -n $(WORKERS) tests/controls --all-controls

coverage-of-spec: $(STAMPS)/dev ## Which requirement lines have a passing test (after make test)
	$(BIN)/python -m tools.coverage_of_spec var/proofs.json --need "$(NEED)"

fmt: $(STAMPS)/dev ## Format the code and mend what can be mended
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: $(STAMPS)/dev $(STAMPS)/project ## Make the generated pages of docs/ anew
	$(BIN)/python -m tools.docs

assets: $(ASSETS) ## Build style sheet and scripts of the pages

browser: ## Make sure that a browser for the tests is there
	@tools/ensure_browser

argon2-avx2: $(STAMPS)/dev ## Build the password hash for this processor: up to twice the sign-ins
	@tools/argon2_avx2 build

precommit: $(STAMPS)/dev ## Run the quick checks before every commit
	$(BIN)/pre-commit install

lock: ## Renew the locked requirements
	@tools/lock_requirements

clean: ## Remove what was installed and built here
	rm -rf $(VENV) web-assets/node_modules src/portvakt/web/static/built var \
	  .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# ── steps ────────────────────────────────────────────────────────────────────────────────────────

$(STAMPS)/venv: requirements/bootstrap.txt tools/make_venv tools/install
	@tools/make_venv $(VENV)
	@tools/install requirements/bootstrap.txt
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/runtime: $(STAMPS)/venv requirements/runtime.txt
	@tools/install requirements/runtime.txt
	@touch $@

$(STAMPS)/dev: $(STAMPS)/runtime requirements/dev.txt
	@tools/install requirements/dev.txt
	@touch $@

$(STAMPS)/project: $(STAMPS)/venv pyproject.toml src/portvakt/__init__.py
	@tools/install --project
	@touch $@

$(ASSETS): $(STAMPS)/venv $(ASSET_SOURCES)
	@tools/build_assets
	@touch $@
