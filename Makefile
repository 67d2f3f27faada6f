# Thin targets over the tools; each sets up what it needs first. `make help` lists them.
#
# Variables: RASA_PORT, ACTIONS_PORT, HANDOFF_PORT, BATON_DATA_DIR (make run), SUITE and ARGS (make test), ROUNDS, FUZZ_ROUNDS
# and KILLS (make soak-channels), PYTHON (the Python that runs the scripts; any from 3.10 on). Without `exec` a shell could stand
# between make and a script, and take the signals meant for it.

PYTHON ?= python3
SUITE ?=
ARGS ?=
ROUNDS ?= 200
FUZZ_ROUNDS ?= 60
KILLS ?= 5
SERVICE_BIN := handoff_service/.venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run train console test pictures soak-channels bench lint format clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: ## Build the environments and the console, train the model, create the databases; start nothing
	@exec $(PYTHON) -m scripts.run --setup-only

run: ## Set up what is missing, then start Rasa, the action server and the handoff service
	@exec $(PYTHON) -m scripts.run

train: ## Train the model from config.yml, domain.yml and data/
	@exec $(PYTHON) -m scripts.train

console: ## Build the agent console from console/
	@exec $(PYTHON) -m scripts.console_build

test: ## Run every test; SUITE=assistant|service|console|e2e for one of them, ARGS="-k word" for pytest
	@exec $(PYTHON) -m scripts.test --suite="$(SUITE)" -- $(ARGS)

pictures: ## Take the pictures of the guides anew, into docs/images
	@$(PYTHON) -m scripts.console_build
	@BATON_PICTURES=docs/images $(SERVICE_BIN)/python -m pytest -c handoff_service/pyproject.toml --rootdir . \
	    tests/e2e/pages/looks/test_pictures.py

soak-channels: ## Kill each connector ROUNDS times (200) and Rasa with all of them KILLS times (5); nonsense at webhooks, FUZZ_ROUNDS times (60)
	@BATON_KILL_ROUNDS="$(ROUNDS)" BATON_FUZZ_ROUNDS="$(FUZZ_ROUNDS)" \
	    $(PYTHON) -m scripts.test --suite=assistant -- -s -k "_kill.py or _fuzz.py"
	@BATON_RASA_KILLS="$(KILLS)" $(PYTHON) -m scripts.test --suite=e2e -- -s -k rasa_killed

bench: ## Measure on processes of its own; everything in benchmarks/
	@$(PYTHON) -m scripts.train --if-changed
	@for file in benchmarks/[!_]*.py; do \
	    $(SERVICE_BIN)/python -m "benchmarks.$$(basename "$$file" .py)" || exit 1; \
	done

lint: ## Check style and types
	@$(PYTHON) -m scripts.console_build --install
	@$(SERVICE_BIN)/ruff check .
	@$(SERVICE_BIN)/ruff format --check .
	@$(SERVICE_BIN)/mypy --config-file handoff_service/pyproject.toml
	@$(SERVICE_BIN)/python -m scripts.api_types --check
	@$(PYTHON) -m scripts.console_build --check

format: ## Put the code into its form, mend what ruff can mend, and renew the console's types of the API
	@$(PYTHON) -m scripts.console_build --install
	@$(SERVICE_BIN)/ruff check --fix .
	@$(SERVICE_BIN)/ruff format .
	@$(SERVICE_BIN)/python -m scripts.api_types

clean: ## Remove environments, models and caches; var/ (databases, secrets) stays
	@rm -rf console/node_modules console/dist console/.build-*
	@rm -rf .venv handoff_service/.venv .tools .rasa models results .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
