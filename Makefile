# Thin on purpose: everything is in tools/, so that Windows and macOS have the same commands
# (python tools/bootstrap.py run|test|…).

PYTHON ?= python3
BOOTSTRAP = $(PYTHON) tools/bootstrap.py

.PHONY: run test bench nightly lint font screens docs package clean

run: ; @$(BOOTSTRAP) run $(ARGS)
test: ; @$(BOOTSTRAP) test $(ARGS)
bench: ; @$(BOOTSTRAP) bench $(ARGS)
nightly: ; @$(BOOTSTRAP) nightly $(ARGS)
lint: ; @$(BOOTSTRAP) lint
font: ; @$(BOOTSTRAP) font $(ARGS)
screens: ; @$(BOOTSTRAP) screens $(ARGS)
docs: ; @$(BOOTSTRAP) docs $(ARGS)
package: ; @$(BOOTSTRAP) package $(ARGS)

# Leaves demo/ and every vault alone.
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist htmlcov
	rm -f .coverage .coverage.*
	find mda5_crf tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
