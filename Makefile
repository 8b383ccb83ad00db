# Passerelle's commands. `make run` and `make test` install what they need by themselves.

PYTHON ?= python3
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# At least two, so that a database per process is proved on any machine.
PYTEST := $(BIN)/pytest -n $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$((n < 2 ? 2 : n))) --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help setup run reset test test-slow format check bench journey messages openapi

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup:  ## Install what the locks name, into the project's own folders
	@$(PYTHON) config/install.py

run: setup  ## Run everything here, its database included; Ctrl-C ends it (PORT=, DATABASE_URL=, …)
	@exec $(BIN)/python -m config.run

reset: setup  ## Empty var/: the demonstration's database, files and mail
	@$(BIN)/python -m config.run reset

test: setup  ## Run the suite in parallel on PostgreSQL, with coverage (ARGS= is passed to pytest)
	$(PYTEST) --cov --cov-report=term $(ARGS)

test-slow: setup  ## Run what takes longer: kills, full-size files, long fuzzing
	$(PYTEST) -m slow $(ARGS)

bench: setup  ## Run every benchmark, or one: make bench NAME=orders_single
	@$(BIN)/python -m config.run with-database python -m config.bench $(NAME)

journey: setup  ## Walk from sign-up to collected parcel, printing what each step produced
	@$(BIN)/python -m demo.journey

format: setup  ## Format the code and the templates
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	-$(BIN)/djade --target-version 5.2 $$(git ls-files '*.html')

check: setup  ## Format, lint, types, layers, migrations, deployment, messages, templates (under a minute)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files '*.html')
	$(MANAGE) makemigrations --check --dry-run
	IDP_OIDC_PRIVATE_KEY="$$(PASSERELLE_ENV=demo $(MANAGE) make_signing_key)" \
		PASSERELLE_ENV=production ALLOWED_HOSTS=passerelle.example \
		SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))') \
		INSTANCE_KEY=$$($(PYTHON) -c 'import base64, secrets; print(base64.b64encode(secrets.token_bytes(32)).decode())') \
		$(MANAGE) check --deploy --fail-level WARNING
	$(MANAGE) extract_messages --check
	$(MANAGE) spectacular --lang en --validate --fail-on-warn | diff -u docs/openapi.yaml -

openapi: setup  ## Write docs/openapi.yaml anew from the code
	$(MANAGE) spectacular --lang en --validate --fail-on-warn --file docs/openapi.yaml

messages: setup  ## Bring the message catalogues up to date with the code
	$(MANAGE) extract_messages
	$(MANAGE) compile_messages
