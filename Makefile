# Thin names for dev.py; `make test ARGS="-k outbox"` passes arguments on.
PYTHON ?= python3

.PHONY: run build test check bench chaos help

run build test check bench chaos help:
	@$(PYTHON) dev.py $@ $(ARGS)

.DEFAULT_GOAL := help
