# Every recipe works on a fresh clone. `make test` needs only Rust; `make golden` also Python 3.11.

CARGO ?= cargo
GOLDEN_PYTHON = .venv-golden/bin/python

.PHONY: demo test lint doc golden

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
	$(GOLDEN_PYTHON) tools/golden/curves.py
	$(GOLDEN_PYTHON) tools/golden/peers.py
	$(GOLDEN_PYTHON) tools/golden/optimizers.py

.venv-golden/installed: tools/golden/requirements.txt
	python3 -m venv .venv-golden
	.venv-golden/bin/pip install --quiet -r tools/golden/requirements.txt
	touch $@
