# The two commands: `make run` and `make test`. Each does all of its own set-up.
SHELL := /bin/sh
unexport PYTHONDONTWRITEBYTECODE
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$p"; break; }; done)
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
PIP := $(BIN)/python -m pip --disable-pip-version-check
WORKERS ?= 2

.PHONY: help install run test lint validate bench messages lock clean

help: ## show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "irtherapy needs Python 3.11 or newer: install python3 and try again."; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	"$(PYTHON)" -m venv .venv

.venv/.installed: requirements.lock pyproject.toml src/irtherapy/dose/_light.c src/irtherapy/dose/local/_voxels.c | .venv/bin/python
	@tools/system-packages run
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@tools/system-packages test
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

tools/fhir_check/node_modules/.package-lock.json: tools/fhir_check/package-lock.json
	@tools/system-packages test
	cd tools/fhir_check && npm ci --silent --no-audit --no-fund
	@touch $@

install: .venv/.installed ## set up .venv, nothing else

run: .venv/.installed ## set up and start irtherapy in the browser
	$(BIN)/irtherapy serve

lint: .venv/.installed-dev ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/.installed-dev tools/fhir_check/node_modules/.package-lock.json lint ## set up, then every check and every test
	@tools/system-packages test
	IRTHERAPY_HOME="$$(mktemp -d)" $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

validate: .venv/.installed ## our numbers beside the papers'
	mkdir -p out && $(BIN)/irtherapy validate --out out/validation.html

bench: .venv/.installed-dev ## speed beside peers, in one run
	$(BIN)/python -m pytest benchmarks --benchmark-only

messages: .venv/.installed-dev ## collect every shown sentence, bring the catalogues up to date
	$(BIN)/python tools/messages.py

lock: ## renew the lock files (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		pyproject.toml --group build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet \
		pyproject.toml --group build --group dev -o requirements-dev.lock
	cd src/irtherapy/data/esphome && uv pip compile --universal --python-version 3.11 --no-deps --generate-hashes \
		--no-header --quiet requirements.in -o requirements.lock

clean: ## remove .venv and caches
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
