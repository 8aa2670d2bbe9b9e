# Every recipe works on a fresh clone. `make test` needs only Rust; `make golden` also Python 3.11.

CARGO ?= cargo
GOLDEN_PYTHON = .venv-golden/bin/python

.PHONY: demo test lint golden thorough

demo: ## Train a real model on real data, learning rate and weight decay scheduled
	$(CARGO) run --release -p lehr-candle --example digits

test: ## All tests that need only Rust
	$(CARGO) test --workspace --all-features

lint: ## Format, clippy, documentation, dependencies and features of the core
	$(CARGO) fmt --all -- --check
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml -- --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) clippy -p lehr --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --all-features --no-deps
	tools/check-core-dependencies
	tools/check-features crates/lehr/Cargo.toml

golden: .venv-golden/installed ## Write the golden tables anew from the installed originals
	for table in curves peers compat control optimizers; do $(GOLDEN_PYTHON) tools/golden/$$table.py || exit 1; done
	$(CARGO) run --manifest-path tools/golden/burn/Cargo.toml > crates/lehr/tests/golden/burn.csv

thorough: .venv-golden/installed ## What takes minutes: accuracy, kills, a soak, tests without debug assertions, each feature alone
	$(CARGO) build --release -p lehr --example values
	$(GOLDEN_PYTHON) tools/golden/accuracy.py $${CARGO_TARGET_DIR:-target}/release/examples/values
	LEHR_KILLS=200 $(CARGO) test --release -p lehr-candle --test kill -- --nocapture
	LEHR_SOAK=100000000 $(CARGO) test --release -p lehr --all-features --test soak -- --nocapture
	PROPTEST_CASES=20000 $(CARGO) test --release -p lehr -p lehr-spec -p lehr-train --all-features
	tools/check-features crates/*/Cargo.toml adapters/lehr-burn/Cargo.toml
	tools/check-dependencies

.PHONY: bench bench-check fuzz test-fuzz

bench: abi3 ## Measure beside the peers and write docs/benchmarks.md (instruction counts need valgrind)
	$(CARGO) run --release -p lehr-candle --example overhead
	tools/bench --python $(PYTHON)

bench-check: ## Fail if an operation takes 10 % more instructions than benches/instructions.csv says (valgrind)
	tools/bench --check

fuzz: ## Fuzz all that is read and called, an hour a target
	tools/fuzz 3600

test-fuzz: ## The same for some seconds a target, the same inputs every time: two minutes, and the build
	SEED=1 RUNS=20000 tools/fuzz 15

.PHONY: mutants coverage

mutants: ## Change the core's code, one thing at a time; fail if no test notices: an hour or more
	tools/mutants

coverage: ## The share of lines that the tests run, by crate, and for the core by file
	tools/coverage

.venv-golden/installed: tools/golden/requirements.txt
	python3 -m venv .venv-golden
	.venv-golden/bin/pip install --quiet -r tools/golden/requirements.txt
	touch $@

.PHONY: python test-python test-python-versions test-python-libtorch bench-python wheels abi3

PYTHON = .venv/bin/python
LIBTORCH_PYTHON = .venv-libtorch/bin/python
# For the interpreter of the venv alone: its step is quicker than that of the wheel for all of them. What another build
# left beside it goes first, so that there is one module and no doubt which.
DEVELOP = rm -f python/lehr/_core*.so python/lehr/_core*.pyd && maturin develop --profile wheel --no-default-features

python: .venv/installed ## Build the Python package into .venv (makes it, with torch and all that the tests need)
	. .venv/bin/activate && $(DEVELOP)

test-python: python ## Tests of the Python package, its types, and the example
	$(CARGO) clippy -p lehr-python --all-features -- -D warnings
	$(PYTHON) -m pytest
	$(PYTHON) -m mypy
	$(PYTHON) -m mypy.stubtest lehr --mypy-config-file pyproject.toml
	$(PYTHON) -m pyright --pythonpath $(PYTHON)
	$(PYTHON) examples/torch_digits.py

test-python-versions: wheels ## The package's tests that need no other library, on every Python that is found
	tools/test-python-versions dist/lehr-*-abi3-*.whl

test-python-libtorch: libtorch ## The package's tests that need no other library, with torch 2.13
	tools/test-torch-alone $(LIBTORCH_PYTHON)

wheels: .venv/installed ## The wheel for CPython 3.10 and later, and the one for this version alone, into dist
	rm -f dist/lehr-*.whl
	. .venv/bin/activate && maturin build --profile wheel --out dist
	. .venv/bin/activate && maturin build --profile wheel --no-default-features --out dist

abi3: python wheels
	rm -rf dist/abi3 && $(PYTHON) -m pip install --quiet --no-deps --target dist/abi3 dist/lehr-*-abi3-*.whl

# QUICK=--quick takes half a minute; ANSWERS="--json FILE --markdown FILE" keeps what was found.
bench-python: abi3 ## What a step costs beside the others', as ratios: minutes
	$(PYTHON) python/bench --wheels dist --other dist/abi3 $(QUICK) $(ANSWERS)

.venv/installed: python/requirements-test.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r python/requirements-test.txt
	touch $@

.PHONY: libtorch test-adapters

libtorch: .venv-libtorch/installed ## Install libtorch 2.13 (torch from PyPI, a large download) and the Python package beside it
	. .venv-libtorch/bin/activate && $(DEVELOP)

test-adapters: libtorch ## lehr-burn and lehr-tch: format, clippy, documentation, tests; the same bits in every framework
	for adapter in lehr-burn lehr-tch; do \
		manifest="--manifest-path adapters/$$adapter/Cargo.toml --locked"; \
		$(CARGO) fmt --manifest-path adapters/$$adapter/Cargo.toml -- --check && \
		tools/with-libtorch $(CARGO) clippy $$manifest --all-targets --all-features -- -D warnings && \
		RUSTDOCFLAGS="-D warnings" tools/with-libtorch $(CARGO) doc $$manifest --no-deps && \
		tools/with-libtorch $(CARGO) test $$manifest --all-features || exit 1; \
	done
	tools/with-libtorch tools/cross-framework

.venv-libtorch/installed: python/requirements-libtorch.txt
	python3 -m venv .venv-libtorch
	.venv-libtorch/bin/pip install --quiet -r python/requirements-libtorch.txt
	touch $@

.PHONY: test-page bench-page

PAGE = crates/lehr-studio/tests/page

test-page: $(PAGE)/node_modules/.package-lock.json ## The studio's page in Chromium (PICTURES=docs/pictures takes the pictures anew)
	$(CARGO) build -p lehr-cli
	LEHR=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug/lehr PICTURES=$(if $(PICTURES),$(abspath $(PICTURES))) npm --prefix $(PAGE) test

bench-page: $(PAGE)/node_modules/.package-lock.json ## First paint, and frames while a phase is dragged
	$(CARGO) build --release -p lehr-cli
	LEHR=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/release/lehr node $(PAGE)/bench.mjs

$(PAGE)/node_modules/.package-lock.json: $(PAGE)/package-lock.json
	npm --prefix $(PAGE) ci

.PHONY: docs test-docs package

docs: .venv-docs/installed ## Build the site into site/: pictures, pages, the Python API; nothing is loaded from elsewhere
	tools/check-docs
	$(CARGO) build -p lehr-cli
	python3 docs/pictures.py $${CARGO_TARGET_DIR:-target}/debug/lehr
	.venv-docs/bin/zensical build --clean --strict
	python3 docs/check.py site

test-docs: docs python ## All that the README and the pages show
	$(CARGO) test -p lehr-cli --test docs
	$(CARGO) test --workspace --all-features --doc
	$(PYTHON) -m pytest python/tests/test_docs.py python/tests/test_docstrings.py python/tests/test_comparison.py

package: ## Crates, source distribution and wheel into dist/, and that each installs and runs
	tools/package

.venv-docs/installed: docs/requirements.txt
	python3 -m venv .venv-docs
	.venv-docs/bin/pip install --quiet -r docs/requirements.txt
	touch $@
