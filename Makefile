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

.PHONY: libtorch test-adapters

libtorch: .venv-libtorch/installed ## Install libtorch 2.13 (torch from PyPI, a large download) and the Python package beside it
	tools/with-libtorch maturin develop

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
