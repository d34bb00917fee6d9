# The whole interface of the project's development; everything else is `.venv/bin/groundup --help`.
SHELL := /bin/bash
LOCKS := $(wildcard requirements/*.txt)
# Compose out of its locked package: it reads the file without an engine. The package's own command never fails.
COMPOSE = $$(.venv/bin/python -c 'import compose; print(compose.__path__[0])')/docker-compose

.DEFAULT_GOAL := help
.PHONY: help install up down test test-compose soak bench lint

help: ## says what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## installs what is missing: MariaDB, Redis, Chromium, the Python environments
	@requirements/install.sh

up: install ## installs, starts the stack, loads the demo, publishes the dashboards, prints address and accounts
	@.venv/bin/groundup up

down: ## stops the stack
	@[ ! -x .venv/bin/groundup ] || .venv/bin/groundup down

test: ## runs the whole test suite
	@requirements/install.sh --dev
	@.venv/bin/pytest --numprocesses 2 --dist loadfile

test-compose: ## builds docker-compose.yml's images and proves the containers; needs Docker's engine
	@requirements/install.sh --dev
	@.venv/bin/pytest -m compose

soak: ## runs the long tests: thousands of kills and of broken files
	@requirements/install.sh --dev
	@.venv/bin/pytest -m soak

bench: ## measures against floors and peers in the same run; make bench SECTIONS="store charts"
	@requirements/install.sh --dev --bench
	@.venv/bin/python -m benchmarks $(SECTIONS)

lint: ## checks format, style, types, containers and the locked files
	@requirements/install.sh --dev
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@.venv/bin/mypy
	@.venv/bin/hadolint docker/*/Dockerfile
	@$(COMPOSE) --profile '*' config --quiet
	@! grep -nE '://|^ *--?(index-url|extra-index-url|find-links|i|f)\b' $(LOCKS) || \
	  { echo 'A locked file names a host: lock it again with --no-emit-index-url.' >&2; exit 1; }
