# Every recipe works on a fresh clone. `make test` needs only Rust; `make golden` also Python 3.11.

CARGO ?= cargo
GOLDEN_PYTHON = .venv-golden/bin/python

.PHONY: demo test lint golden thorough

demo: ## Train a real model on real data, learning rate and weight decay scheduled
	$(CARGO) run --release -p lehr-candle --example digits

test: ## All tests that need only Rust
	$(CARGO) test --workspace --all-features

lint: ## Format, clippy, documentation, dependencies of the core
	$(CARGO) fmt --all -- --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(CARGO) clippy -p lehr --no-default-features -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --all-features --no-deps
	tools/check-core-dependencies

golden: .venv-golden/installed ## Write the golden tables anew from the installed originals
	for table in curves peers compat control optimizers; do $(GOLDEN_PYTHON) tools/golden/$$table.py || exit 1; done
	$(CARGO) run --manifest-path tools/golden/burn/Cargo.toml > crates/lehr/tests/golden/burn.csv

thorough: .venv-golden/installed ## What takes minutes: every update of 100,000 against 60 digits
	$(CARGO) build --release -p lehr --example values
	$(GOLDEN_PYTHON) tools/golden/accuracy.py $${CARGO_TARGET_DIR:-target}/release/examples/values

.venv-golden/installed: tools/golden/requirements.txt
	python3 -m venv .venv-golden
	.venv-golden/bin/pip install --quiet -r tools/golden/requirements.txt
	touch $@

.PHONY: python test-python

PYTHON = .venv/bin/python

python: .venv/installed ## Build the Python package into .venv (makes it, with torch and all that the tests need)
	. .venv/bin/activate && maturin develop --release

test-python: python ## Tests of the Python package, its types, and the example
	$(CARGO) clippy -p lehr-python --all-features -- -D warnings
	$(PYTHON) -m pytest
	$(PYTHON) -m mypy
	$(PYTHON) -m mypy.stubtest lehr --mypy-config-file pyproject.toml
	$(PYTHON) -m pyright --pythonpath $(PYTHON)
	$(PYTHON) examples/torch_digits.py

.venv/installed: python/requirements-test.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet -r python/requirements-test.txt
	touch $@

.PHONY: docs test-docs package

docs: .venv-docs/installed ## Build the site into site/: pictures, pages, the Python API; nothing is loaded from elsewhere
	$(CARGO) build -p lehr-cli
	python3 docs/pictures.py $${CARGO_TARGET_DIR:-target}/debug/lehr
	.venv-docs/bin/zensical build --clean
	python3 docs/check.py site

test-docs: docs python ## All that the README and the pages show
	$(CARGO) test -p lehr-cli --test docs
	$(CARGO) test -p lehr -p lehr-candle --doc
	$(PYTHON) -m pytest python/tests/test_docs.py

package: ## Crates, source distribution and wheel into dist/, and that each installs and runs
	tools/package

.venv-docs/installed: docs/requirements.txt
	python3 -m venv .venv-docs
	.venv-docs/bin/pip install --quiet -r docs/requirements.txt
	touch $@
