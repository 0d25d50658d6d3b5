# Thin names for dev.py; `make test ARGS="-k outbox"` passes arguments on.
PYTHON ?= python3

.PHONY: run test check bench help

run test check bench help:
	@$(PYTHON) dev.py $@ $(ARGS)

.DEFAULT_GOAL := help
