# icans-cds: the commands for developers and CI. `make` alone lists the targets.
PYTHON ?= python3
PORT ?= 8000
HAPI_PORT ?= 8080
REQUESTS ?= 1000000
# Tests that need no process of their own, no browser and no package index.
QUICK := tests/unit tests/spec tests/golden tests/hazards tests/hooks tests/test_changelog.py tests/test_docs.py
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/demo.stamp ## install, and serve with the embedded sandbox at one printed address (PORT=8000)
	$(BIN)/icans-cds serve --demo --port $(PORT)

test: .venv/dev.stamp ## every test that this machine can run; ICANS_TEST_REQUIRE=hapi,... makes a missing part a failure (ARGS=--cov)
	$(BIN)/python -m pytest $(ARGS)

quick: .venv/dev.stamp ## the tests to run while you work, on all cores, in less than a minute (ARGS="-k tocilizumab")
	$(BIN)/python -m pytest -n auto -m "not slow" $(QUICK) $(ARGS)

check: .venv/dev.stamp ## format, lint, types, import directions, tables and cases
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/icans-cds check

format: .venv/dev.stamp ## format, and fix what can be fixed automatically
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

golden: .venv/dev.stamp ## rewrite the cards of the sandbox patients; read the diff
	$(BIN)/python -m tests.golden.write

docs: .venv/dev.stamp ## rewrite the generated documents
	$(BIN)/python -m tests.spec.write
	$(BIN)/python -m tests.hazards.write
	$(BIN)/python -m tests.conformance.write

proof: .venv/dev.stamp ## some 300,000 combinations graded by the service and by a second reading of the rules
	$(BIN)/python -m tests.proof

hapi: .venv/dev.stamp ## a real HAPI FHIR server with the sandbox patients, for trying things out (HAPI_PORT=8080)
	$(BIN)/python -m tests.verification.hapi --port $(HAPI_PORT)

bench: .venv/dev.stamp ## latency of a realistic request beside its floor, in the same minute
	$(BIN)/python -m bench.latency

words: .venv/dev.stamp ## the words of the status cards of the sandbox patients, with median and maximum
	@$(BIN)/python -m bench.words

alarms: .venv/dev.stamp ## how often simulated stays show each urgency, and how much there is to read a day
	@$(BIN)/python -m bench.alarms

summaries: .venv/dev.stamp ## the summaries of the sandbox patients alone, for a reader who sees nothing else
	@$(BIN)/python -m bench.summaries

house: .venv/dev.stamp ## the structure of the code in numbers: packages, imports, depth of a call, functions (ARGS="--before FILE")
	@$(BIN)/python -m bench.structure $(ARGS)

fuzz: .venv/dev.stamp ## slightly malformed requests, with a progress bar (REQUESTS=1000000)
	MALLOC_ARENA_MAX=1 $(BIN)/python -m tests.fuzz --requests $(REQUESTS)

nightly: .venv/dev.stamp ## the property tests with many more examples
	$(BIN)/python -m pytest tests/generative --hypothesis-profile=nightly

lock: .venv/dev.stamp ## pin the dependencies with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" setup.cfg --extra build --extra postgresql \
		-o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-emit-find-links --custom-compile-command "make lock" setup.cfg --extra build --extra postgresql --extra dev \
		-o requirements-dev.txt

clean: ## remove what was built
	rm -rf .venv build dist *.egg-info tests/hapi/target

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed (make PYTHON=...)")'
	$(PYTHON) -m venv .venv

# The locks are complete: `--no-deps` bypasses the resolver of the machine's pip, and `pip check` verifies the result.
.venv/demo.stamp: requirements.txt setup.cfg | .venv/bin/python
	$(PIP) install -q --no-deps --require-hashes -r requirements.txt
	$(PIP) install -q --no-deps --no-build-isolation -e .
	$(PIP) check
	touch $@

.venv/dev.stamp: requirements-dev.txt .venv/demo.stamp
	$(PIP) install -q --no-deps --require-hashes -r requirements-dev.txt
	$(PIP) check
	touch $@

.PHONY: help demo test quick check format golden docs proof hapi bench words alarms summaries house fuzz nightly lock clean
