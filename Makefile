# Twelve words. `dev` is called by the others: it makes .venv, the link tree and the C core, and is quick when they are there.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PYTHONPATH := build/src
export MYPYPATH   := build/src

.PHONY: dev demo build check test mutation differential fuzz bench bench-arm report clean

dev: $(VENV)/.ready build

$(VENV)/.ready: pyproject.toml setup.py .ci/setup
	@PYTHON=$(PYTHON) sh .ci/setup $(VENV)
	@touch $@

build: $(VENV)/.ready
	@mkdir -p build/src/jinka
	@for room in kernel native simulator conformance; do ln -sfn ../../../$$room build/src/jinka/$$room; done
	@$(BIN)/python native/build.py

demo: dev
	@$(BIN)/jinka demo 12.50 --folder build/demo

test: dev $(VENV)/.peers
	@$(BIN)/python -m pytest $(PYTEST)

# The programs some tests talk to: a browser, a terminal multiplexer, valgrind, ARM compilers and an emulator.
$(VENV)/.peers: .ci/setup
	@PYTHON=$(PYTHON) sh .ci/setup $(VENV) peers
	@touch $@

check: dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy -p jinka.kernel -p jinka.native -p jinka.simulator -p jinka.conformance
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tests/house.py

mutation: dev
	@nice $(BIN)/python -m tests.mutation $(MUTATION)

# A million random cases for each algorithm, against OpenSSL and libgcrypt.
differential: dev
	@$(BIN)/python -m tests.native.differ $(CASES)

# Every public function of the C core under libFuzzer; FUZZ="30 --jobs 2" for about 10^8 inputs.
fuzz: dev $(VENV)/.peers
	@$(BIN)/python -m tests.native.fuzz $(FUZZ)

bench: dev
	@$(BIN)/python -m tests.bench $(BENCH)

bench-arm: dev $(VENV)/.peers
	@$(BIN)/python -m tests.bench.arm

report: dev
	@$(BIN)/jinka pay 12.50 --html build/purchase.html && echo build/purchase.html

clean:
	rm -rf build $(VENV) native/*.so .mypy_cache .ruff_cache .pytest_cache .hypothesis
