# Two commands for a machine with python3 (3.11 or newer) and make. Settings come from the environment: see README.md.
PYTHON ?= python3

.PHONY: run test proof bench lint
run test proof bench lint:
	@$(PYTHON) deploy/bootstrap.py $@
