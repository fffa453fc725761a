# Two commands matter: `make run` and `make test`. `make help` lists the rest.

VENV ?= .venv
PY := $(VENV)/bin/python
BUILD := $(if $(filter 1,$(DATAMINE_CUDA)),cuda,cpu)
READY := $(VENV)/.ready-$(BUILD)
READY_DEV := $(VENV)/.ready-dev-$(BUILD)
READY_SPARK := $(VENV)/.ready-spark
WORKERS ?= 2
CATALOGUES := locale/fr/LC_MESSAGES/django.mo locale/es/LC_MESSAGES/django.mo
PYTEST := $(VENV)/bin/pytest -n $(WORKERS) --dist worksteal
# What the checks look at must not depend on, or touch, the data of `make run`.
CHECKED := env -u DATABASE_URL DATAMINE_HOME=var/check DATAMINE_HTTPS=1 $(PY) manage.py

# Compiled once, not at each start of a process: work has processes of its own.
unexport PYTHONDONTWRITEBYTECODE

# Tests measure time and memory, so one part runs after the other, with -j too.
.NOTPARALLEL:

.PHONY: help run install setup test test-sqlite test-postgres test-browser check lint format \
	types imports templates migrations deploy coverage bench docs messages browser lock clean \
	abuse campaigns canaries chaos contract damage full-disk histories load outage restarts spark writers

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

# ------------------------------------------------------------------ run

run: $(READY) $(CATALOGUES) ## set everything up and start DataMine; Ctrl-C stops it
	@exec $(PY) manage.py run

install: $(READY) $(CATALOGUES) ## only install what running needs

setup: $(READY_DEV) $(CATALOGUES) ## only install, with what checks and tests need

$(CATALOGUES): $(CATALOGUES:.mo=.po) | $(READY)
	@$(PY) datamine/catalogues.py
	@touch $(CATALOGUES)

$(READY): requirements.txt constraints.txt | $(PY)
	@$(PY) datamine/installation.py requirements.txt
	@touch $@

$(READY_DEV): requirements.txt requirements-dev.txt constraints.txt | $(PY)
	@$(PY) datamine/installation.py requirements.txt requirements-dev.txt
	@touch $@ $(READY)

$(READY_SPARK): requirements-spark.txt | $(READY_DEV)
	@$(PY) datamine/installation.py requirements-spark.txt
	@touch $@

NAMES := $(or $(PYTHON),python3.11 python3.12 python3.13 python3.14 python3 python)
$(PY):
	@for name in $(NAMES); do \
	  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then found="$$name"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	  echo "DataMine needs Python 3.11 or newer, and none of these is one: $(NAMES)." \
	    "Install it, or name yours: make run PYTHON=/path/to/python3" >&2; exit 1; \
	fi; \
	echo "Making the virtual environment $(VENV) with $$("$$found" --version)."; \
	"$$found" -m venv --clear $(VENV) || { rm -rf $(VENV); \
	  echo "The virtual environment could not be made. Debian and Ubuntu keep a part" \
	    "of Python apart: apt-get install python3-venv" >&2; exit 1; }

# ------------------------------------------------------------------ tests

test: test-sqlite test-browser test-postgres ## all tests: SQLite, browser, PostgreSQL

test-sqlite: $(READY_DEV)
	$(PYTEST) -m "not e2e"

test-browser: $(READY_DEV)
	$(PYTEST) -m e2e || test $$? -eq 5

test-postgres: $(READY_DEV)
	DATAMINE_TEST_DATABASE=postgres $(PYTEST) \
	  -m "(integration or chaos) and not one_engine"

coverage: $(READY_DEV) ## tests on SQLite with branch coverage, gate at 95 %
	$(PYTEST) -m "not e2e" --cov --cov-report=term --cov-report=html

campaigns: chaos histories abuse contract damage canaries writers restarts outage full-disk load ## all of these, hours

chaos: $(READY_DEV) ## hundreds of kills at random points (ROUNDS=300)
	DATAMINE_CHAOS_ROUNDS=$(or $(ROUNDS),300) $(PYTEST) tests/chaos --timeout 3600

histories: $(READY_DEV) ## made-up lives of a row against a model of it (COUNT=20000)
	DATAMINE_HISTORIES=$(or $(COUNT),20000) $(PYTEST) tests/datamine/test_histories.py

damage: $(READY_DEV) ## files damaged by chance, read or refused (COUNT=20000, SEED=…)
	DATAMINE_DAMAGED_FILES=$(or $(COUNT),20000) $(if $(SEED),DATAMINE_DAMAGED_SEED=$(SEED)) \
	  $(PYTEST) tests/datasets/readers/test_mutations.py

abuse: $(READY_DEV) ## thousands of hostile calls to the API (CALLS=5000, SEED=…)
	DATAMINE_ABUSE_CALLS=$(or $(CALLS),5000) $(if $(SEED),DATAMINE_ABUSE_SEED=$(SEED)) \
	  $(PYTEST) tests/datamine/api/test_abuse.py

contract: $(READY_DEV) ## thousands of calls against the API's own document (CALLS=25)
	DATAMINE_CONTRACT_CALLS=$(or $(CALLS),25) $(PYTEST) tests/datamine/api/test_contract.py

canaries: $(READY_DEV) ## markup in every text, looked for on every page
	$(PYTEST) tests/datamine/test_canaries.py

writers: $(READY_DEV) ## twenty who write to SQLite at once (SECONDS=300)
	DATAMINE_WRITERS_SECONDS=$(or $(SECONDS),300) $(PYTEST) tests/chaos/test_writers.py

restarts: $(READY_DEV) ## PostgreSQL ended and started under load (COUNT=50)
	DATAMINE_TEST_DATABASE=postgres DATAMINE_RESTARTS=$(or $(COUNT),50) \
	  $(PYTEST) tests/chaos/test_restarts.py

outage: $(READY_DEV) ## an S3 that fails three calls of ten (SECONDS=600)
	DATAMINE_OUTAGE_SECONDS=$(or $(SECONDS),600) $(PYTEST) tests/chaos/test_outage.py

full-disk: $(READY_DEV) ## no room at any write from a file to a prediction (WRITES=…)
	DATAMINE_FULL_DISK_WRITES=$(or $(WRITES),100000) $(PYTEST) tests/chaos/test_full_disk.py

load: $(READY_DEV) ## fifty people at work (SECONDS=1800)
	DATAMINE_LOAD_SECONDS=$(or $(SECONDS),1800) $(PYTEST) tests/e2e/test_load.py

spark: $(READY_SPARK) ## steps, recipes, profiles on a Spark cluster of two workers (Java 17)
	$(PY) -m tests.spark $(VENV)/bin/pytest --timeout 900 tests/datasets/spark \
	  tests/datasets/steps tests/datasets/test_engines.py tests/datasets/test_changes.py \
	  tests/datasets/test_profiling_by_queries.py --ignore tests/datasets/steps/test_memory.py

browser: $(READY_DEV) ## install Chromium for the browser tests, where possible
	$(PY) -m playwright install --with-deps chromium

# ------------------------------------------------------------------ checks

check: lint types imports templates migrations deploy test ## all that CI checks

lint: $(READY_DEV) ## format and lint, changing nothing
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .

format: $(READY_DEV) ## format, and repair what can be repaired
	$(VENV)/bin/ruff format .
	$(VENV)/bin/ruff check --fix .

types: $(READY_DEV)
	$(VENV)/bin/mypy

imports: $(READY_DEV)
	$(VENV)/bin/lint-imports

templates: $(READY_DEV)
	$(VENV)/bin/djlint --quiet --lint templates

migrations: $(READY_DEV)
	$(CHECKED) makemigrations --check --dry-run

deploy: $(READY_DEV)
	$(CHECKED) check --deploy --fail-level WARNING

# ------------------------------------------------------------------ the rest

bench: $(READY_DEV) ## measure, beside bare libraries; writes docs/benchmarks.md
	$(PY) -m benchmarks

messages: $(READY_DEV) ## collect the words to translate (needs gettext)
	$(PY) manage.py makemessages --locale fr --locale es --no-wrap --no-obsolete --add-location file

docs: $(READY_DEV) ## write the parts of docs/ that come out of the program
	$(PY) manage.py docs
	$(PY) -m docs.screenshots

lock: $(READY_DEV) ## pin everything that requirements*.txt bring along
	$(PY) datamine/installation.py --lock

clean: ## remove what was installed and made, but never the data in var/
	rm -rf $(VENV) static/generated .mypy_cache .ruff_cache .pytest_cache htmlcov
