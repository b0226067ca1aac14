# The commands of this project. `make` alone lists them.
#
# Needed beforehand: make and Python 3.11 or newer; tools/system_packages.sh sees to the rest.
# Everything else is installed into .venv, from requirements/*.txt, whose hashes pip checks.

PYTHON ?= python3
# Where tests find PostgreSQL; they make a database of their own there.
TEST_POSTGRES_URL ?= postgres://postgres@127.0.0.1:5432/postgres
# Workers of the test run, and what else to hand to pytest: make test ARGS="tests/rules -k calendar"
# One more than cores: a browser test mostly waits.
WORKERS ?= $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
# Always "python -m pip": the scripts in .venv/bin carry the path of the folder where they were made, and
# would run another copy's Python after the project was moved.
RUN := $(BIN)/python
PIP := $(RUN) -m pip install --require-hashes --no-input --disable-pip-version-check -qq

# What is installed is stamped with the content of the file it came from: an edited file means an
# installation, a touched one does not. Both sets live in the same .venv; dev.txt comes on top of base.txt.
key = $(shell cksum < requirements/$(1).txt | tr ' ' '-')
BASE_STAMP := $(VENV)/.installed-base-$(call key,base)
DEV_STAMP := $(VENV)/.installed-dev-$(call key,dev)

export PYTHONUNBUFFERED := 1
# The tests start some hundred processes: without compiled files each would compile the whole site for itself.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help setup setup-dev demo test test-all test-postgres check lock fonts diagram messages clean faults walkthrough gallery system system-tests

help: ## List the commands
	@echo "make COMMAND, where COMMAND is one of:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 14

demo: setup ## Set up and serve the demo site with all its parts; Ctrl-C stops it, the data stays
	@exec $(RUN) manage.py demo $(ARGS)

test: setup-dev ## Set up and run the tests, the browser journeys included
	@$(RUN) -m pytest -n $(WORKERS) --maxprocesses=8 --dist loadscope --no-loadscope-reorder -m "not slow" $(ARGS)
	@$(MAKE) --no-print-directory test-postgres

test-all: ## The same with the slow ones: every browser test, the demo walked twice
	@$(MAKE) --no-print-directory test
	@$(RUN) -m pytest -n $(WORKERS) --maxprocesses=3 --dist loadscope --no-loadscope-reorder -m slow $(ARGS)

walkthrough: setup-dev ## Walk the applicant's journeys in a browser and bind the pictures of every step
	@rm -rf var/walkthrough
	@WALKTHROUGH_DIR="$(CURDIR)/var/walkthrough" $(RUN) -m pytest -q -n $(WORKERS) --maxprocesses=3 --dist loadscope --no-loadscope-reorder tests/browser/walks $(ARGS)
	@$(RUN) tools/walkthrough.py var/walkthrough

gallery: setup-dev ## Draw every document and every sample as pictures into var/gallery, with an index
	@$(RUN) tools/gallery.py $(ARGS)

# What only shows with several writers at once: run on PostgreSQL where one answers, said loudly where none does.
test-postgres: setup-dev
	@if $(RUN) tools/postgres_answers.py "$(TEST_POSTGRES_URL)"; then \
	    DATABASE_URL="$(TEST_POSTGRES_URL)" $(RUN) -m pytest -m postgres -q -n 2 --dist loadscope --no-loadscope-reorder tests; \
	fi

faults: setup-dev ## Kill everything at random for 200 rounds under 20,000 messages; FAULTS_ROUNDS, FAULTS_MESSAGES, FAULTS_SEED
	@$(RUN) -m tests.faults.chaos $(ARGS)

# All of them, also after one has failed: one run shows everything that is to be mended.
check: setup-dev ## Lint, format, types, direction of imports, known faults, migrations, English texts, Django's own checks
	@failed=; step() { echo "== $$*"; $(RUN) "$$@" </dev/null || failed="$$failed\n   $$*"; }; \
	step -m ruff check .; \
	step -m ruff format --check .; \
	step -m mypy; \
	step $(BIN)/lint-imports; \
	step -m bandit -c pyproject.toml -r credit_repair standin tools -q; \
	step tools/audit_dependencies.py; \
	step manage.py makemigrations --check --dry-run; \
	step manage.py check; \
	step manage.py draw_states --check; \
	step tools/messages.py --check; \
	if [ -n "$$failed" ]; then printf "Not passed:$$failed\n"; exit 1; fi; \
	echo "All checks passed."

setup: system $(BASE_STAMP) ## Only set up: look at the system, make .venv, install what the site needs

setup-dev: system-tests $(DEV_STAMP) ## The same, with what tests and checks need

lock: setup-dev ## Write requirements/*.txt anew from requirements/*.in, newest versions that fit
	@$(call compile,base,)
	@$(call compile,dev,--constraint requirements/base.txt)

fonts: setup-dev ## Make the bundled font subsets anew
	@$(RUN) tools/make_fonts.py $(ARGS)

diagram: setup ## Draw the state diagrams for docs/ from the code
	@$(RUN) manage.py draw_states $(ARGS)

messages: setup-dev ## Take the texts of the code into locale/, name what has no English, compile
	@$(RUN) tools/messages.py $(ARGS)

clean: ## Remove .venv and everything that tools have left; data (var/) is kept
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks \
	    .coverage staticfiles test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- how it is done ------------------------------------------------------------------------------------

system:
	@PYTHON="$(PYTHON)" bash tools/system_packages.sh

system-tests:
	@PYTHON="$(PYTHON)" bash tools/system_packages.sh --tests

# A .venv without a working pip was left by an interrupted start or by a Python that is gone: made anew.
define venv
	if ! $(RUN) -m pip --version >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$($(PYTHON) -V)."; \
	    $(PYTHON) -m venv --clear $(VENV); \
	fi
endef

$(BASE_STAMP):
	@$(venv)
	@echo "Installing what the site needs (requirements/base.txt). The first time takes a minute or two."
	@$(PIP) -r requirements/base.txt
	@rm -f $(VENV)/.installed-base-* && touch $@

$(DEV_STAMP): $(BASE_STAMP)
	@echo "Installing what tests and checks need (requirements/dev.txt). The first time takes another minute."
	@$(PIP) -r requirements/dev.txt
	@rm -f $(VENV)/.installed-dev-* && touch $@

# Base first, then dev held to the same versions: one .venv serves both.
define compile
	echo "Compiling requirements/$(1).txt"; \
	$(RUN) -m uv pip compile requirements/$(1).in --output-file requirements/$(1).txt $(2) --upgrade \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --python-version 3.11 --universal \
	    --custom-compile-command 'make lock' --quiet
endef
