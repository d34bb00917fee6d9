# The whole interface of the project's development; everything else is `.venv/bin/groundup --help`.
SHELL := /bin/bash
LOCKS := $(wildcard requirements/*.txt)

.DEFAULT_GOAL := help
.PHONY: help install up down test soak bench lint

help: ## says what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## installs what is missing: MariaDB, Redis, Chromium, the Python environments
	@requirements/install.sh

up: install ## installs, starts the stack, loads the demo, publishes the dashboards, prints address and accounts
	@.venv/bin/groundup up

down: ## stops the stack
	@[ ! -x .venv/bin/groundup ] || .venv/bin/groundup down

test: ## runs the whole test suite
	@requirements/install.sh --dev
	@.venv/bin/pytest --numprocesses 2 --dist loadfile

soak: ## runs the long tests: thousands of kills and of broken files
	@requirements/install.sh --dev
	@.venv/bin/pytest -m soak

bench: ## measures against floors and peers in the same run; make bench SECTIONS="store charts"
	@requirements/install.sh --dev --bench
	@.venv/bin/python -m benchmarks $(SECTIONS)

lint: ## checks format, style, types and the locked files
	@requirements/install.sh --dev
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@! grep -nE '://|^ *--?(index-url|extra-index-url|find-links|i|f)\b' $(LOCKS) || \
	  { echo 'A locked file names a host: lock it again with --no-emit-index-url.' >&2; exit 1; }
