# Every target works on a fresh clone: what it needs is made first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := 0.13.9

.DEFAULT_GOAL := help
.PHONY: help install demo test scenarios check format lock bench up down docker-test test-browser test-distributed test-pywb drill clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## virtual environment in .venv, from the lock

$(VENV)/.installed: requirements.lock setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v[:2] < (3, 14) else f"Python 3.11 to 3.13 is needed, {sys.executable} is {v.major}.{v.minor}: run make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing the locked environment into $(VENV) (a minute or two the first time)"
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV)
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

demo: install ## the main job: newsroom, Airflow, recordings, and what an analyst would ask
	@$(BIN)/python -m tests.demo

# Processes that run tests side by side, for `make test`: two where there are two cores, else one (as with JOBS=).
JOBS ?= $(shell test "$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)" -lt 2 || echo 2)

test: install ## every test, S3 on a real MinIO included, two at a time where there are two cores (JOBS= is one)
	@$(BIN)/python -m pytest --durations=25 $(if $(JOBS),--numprocesses $(JOBS))

scenarios: install ## every scenario of the newsroom in every dialect, at every rhythm: what was recorded beside the truth
	@$(BIN)/python -m tests.transforms.test_scenarios

check: install ## style, types, import contracts, the docs' own commands
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m pytest -q tests/test_docs.py

$(VENV)-bench/.installed: requirements-bench.lock setup.cfg | install
	@test -x $(VENV)-bench/bin/python || $(PYTHON) -m venv $(VENV)-bench
	@$(BIN)/uv pip sync --quiet --python $(VENV)-bench/bin/python --require-hashes requirements-bench.lock
	@$(BIN)/uv pip install --quiet --python $(VENV)-bench/bin/python --no-deps --editable .
	@touch $@

bench: $(VENV)-bench/.installed ## the program beside its peers; PART=extract, dedupe, lake or crawl for one part
	@$(VENV)-bench/bin/python -m benchmarks $(PART)

$(VENV)-distributed/.installed: requirements-distributed.lock setup.cfg | install
	@test -x $(VENV)-distributed/bin/python || $(PYTHON) -m venv $(VENV)-distributed
	@$(BIN)/uv pip sync --quiet --python $(VENV)-distributed/bin/python --require-hashes requirements-distributed.lock
	@$(BIN)/uv pip install --quiet --python $(VENV)-distributed/bin/python --no-deps --editable .
	@touch $@

BLOGS ?= 100
MINUTES ?= 10

test-distributed: $(VENV)-distributed/.installed ## many machines: Celery workers lost and drained; BLOGS=10 MINUTES=2 is a small one
	@sh tests/distributed/need.sh
	@BLOGS=$(BLOGS) MINUTES=$(MINUTES) $(VENV)-distributed/bin/python -m pytest -m distributed tests/distributed

$(VENV)-pywb/.installed: requirements-pywb.lock | install
	@test -x $(VENV)-pywb/bin/python || $(PYTHON) -m venv $(VENV)-pywb
	@$(BIN)/uv pip sync --quiet --python $(VENV)-pywb/bin/python --require-hashes requirements-pywb.lock
	@touch $@

test-pywb: $(VENV)-pywb/.installed ## pywb replays a recorded blog as it stood (pywb has an environment of its own)
	@$(BIN)/python -m pytest -m pywb tests/pywb

format: install ## put the code into the house's format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: install ## resolve the dependencies of setup.cfg anew
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade --extra test --extra dev setup.cfg --output-file requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade --extra bench setup.cfg --output-file requirements-bench.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.12 --generate-hashes --no-header \
		--constraints requirements.lock --extra deploy setup.cfg --output-file docker/requirements.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--constraints requirements.lock --extra test --extra deploy setup.cfg --output-file requirements-distributed.lock
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		--upgrade tests/pywb/requirements.in --output-file requirements-pywb.lock

# Options for `docker build`, such as those of a network with its own certificates (docs/deploy.md).
DOCKER_BUILD_FLAGS ?=
# CELERY=1 adds Redis and two Celery workers to `make up`; without it they go again.
CELERY ?=
COMPOSE := docker compose --file docker/compose.yaml $(if $(CELERY),--file docker/compose.celery.yaml)
# Every part that may run, whichever way it was started.
EVERY := docker compose --file docker/compose.yaml --file docker/compose.celery.yaml

up: ## the same in containers: Airflow, Postgres, an S3 store, the demo newsroom
	@sh docker/make-env.sh
	@docker build $(DOCKER_BUILD_FLAGS) --file docker/Dockerfile --tag as-it-happened:local .
	@$(EVERY) stop scheduler worker-1 worker-2 # tasks under way finish first (docs/deploy.md)
	@$(if $(CELERY),,$(EVERY) rm --stop --force worker-1 worker-2 redis)
	@$(COMPOSE) up --wait
	@$(COMPOSE) ps --format 'table {{.Service}}\t{{.Status}}\t{{.Ports}}'
	@echo "Airflow asks for the user admin and the AIRFLOW_ADMIN_PASSWORD of docker/.env; docs/deploy.md goes on from here"

down: ## stop the containers; what they recorded stays in their volumes
	@$(EVERY) down

test-browser: install ## Airflow and the page of ours in a real browser (chromium)
	@$(BIN)/python -m pytest -m browser tests/dags

drill: install ## a day's operation: a layout changes, one alert, the reader is mended, replay, green (a quarter of an hour)
	@$(BIN)/python -m pytest -s -m drill tests/drill

docker-test: install ## build the image, run the compose file, read rows from its store
	@DOCKER_BUILD_FLAGS="$(DOCKER_BUILD_FLAGS)" $(BIN)/python -m pytest -m docker tests/docker

clean: ## forget the environment and every cache; recorded lakes stay
	rm -rf $(VENV) $(VENV)-bench $(VENV)-distributed $(VENV)-pywb build *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
