# Two commands do all the set-up: `make run` and `make test`. Neither needs root.
# PORT= and HOST= say where to serve; PYTHON= picks an interpreter (3.11 or newer).
.DEFAULT_GOAL := help
.PHONY: help run test check fmt bench fuzz lint types unit lock audit catalogues clean
.SUFFIXES:

PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,$(shell $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
BIN := .venv/bin
BENCHES ?= analysis extract suggest reader search tantivy load
# Tests run in two processes, a file of them in one, so that its fixtures are made once.
PARALLEL ?= -n 2 --dist loadfile --no-loadscope-reorder
export KB_HOME ?= $(CURDIR)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUTF8 := 1
# The tests start the command some hundred times, which reads what was compiled once.
unexport PYTHONDONTWRITEBYTECODE
ifdef PORT
export KB_PORT := $(PORT)
endif
ifdef HOST
export KB_HOST := $(HOST)
endif

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

run: .venv/run.stamp ## install, load the demo library, serve http://127.0.0.1:8000
	@$(BIN)/kb demo
	@exec $(BIN)/kb serve

# Linters and types, which take a minute of one processor in a fresh checkout, are judged while the tests run.
test: .venv/dev.stamp ## install and run every check (linters, types, unit, slow and browser tests)
	@start=$$(date +%s); judged=$$(mktemp); $(MAKE) --no-print-directory lint types >$$judged 2>&1 & judging=$$!; \
	$(BIN)/pytest $(PARALLEL) $(ARGS); status=$$?; wait $$judging || status=1; cat $$judged; rm $$judged; \
	echo "make test took $$(( $$(date +%s) - start )) s"; exit $$status

check: .venv/dev.stamp lint types unit ## linters, types and unit tests, in under a minute

lint:
	@$(BIN)/ruff format --check --quiet . || { echo 'Some files are not formatted: make fmt'; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/lint-imports --no-logo 2>/dev/null | tail -n 20 | grep -q ' 0 broken' || $(BIN)/lint-imports

types:
	@$(BIN)/mypy --no-error-summary

unit:
	@$(BIN)/pytest -q $(PARALLEL) -m 'not slow and not browser' $(ARGS)

fmt: .venv/dev.stamp ## format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --quiet .

bench: .venv/dev.stamp ## print the benchmarks' figures (BENCHES="search load" for some of them)
	@for name in $(BENCHES); do echo "== $$name"; $(BIN)/python -m bench.$$name || exit 1; done

fuzz: .venv/dev.stamp ## read 10,000 files made wrong (FILES=, SEED=), in under an hour
	@$(BIN)/python -m tests.fuzz.run --files $(or $(FILES),10000) --seed $(or $(SEED),1) --keep fuzz

lock: .venv/dev.stamp ## resolve the dependencies again, with hashes
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group build -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  --upgrade pyproject.toml --group dev --extra postgresql -c requirements.txt -o requirements-dev.txt

# Strict: a version that could not be asked about is a failure, not a line that nobody reads.
audit: ## ask what is known of every locked version (needs pypi.org)
	@$(PYTHON) -m venv .venv/audit && .venv/audit/bin/pip install --quiet 'pip-audit>=2.10,<3'
	@.venv/audit/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.txt

clean: ## remove the environment and what tools left
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed. Type: sudo apt install python3 python3-venv'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "The module venv is missing. Type: sudo apt install $$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/run.stamp: .venv/bin/python requirements.txt pyproject.toml
	@echo 'Installing into .venv (once; about a minute)'
	@$(BIN)/pip install --quiet --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev.stamp: .venv/bin/python requirements-dev.txt pyproject.toml
	@echo 'Installing into .venv with the tools for tests (once; about two minutes)'
	@$(BIN)/pip install --quiet --require-hashes -r requirements-dev.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ .venv/run.stamp
