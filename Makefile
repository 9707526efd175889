# Two commands, and a bench:  make run · make test [PART="lint unit"] · make bench [ONLY=screening]
# Settings are environment variables or given here (make run TAIHE_INNER_PORT=8100): TAIHE_VAR (data folder),
# TAIHE_COUNTY_DIR (county folder), TAIHE_INNER_PORT, TAIHE_OUTER_PORT.
.PHONY: run test bench
.NOTPARALLEL:

run:
	@scripts/bootstrap run
	@exec .venv/bin/taihe up

test:
	@scripts/bootstrap test
	@exec .venv/bin/python scripts/test.py $(PART)

bench:
	@scripts/bootstrap bench
	@exec .venv/bin/python scripts/bench.py $(ONLY)
