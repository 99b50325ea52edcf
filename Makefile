# pg_lifecycle: build, install and test, read from top to bottom.
#
#   make && sudo make install    for the server whose pg_config is PG_CONFIG, as with any extension
#   make test                    everything, on a throwaway server under target/; the system's server is left alone
#   make help                    all targets
#
# Variables: PG_CONFIG (which server), DESTDIR (staged installs, as in PGXS), CARGO, MAJORS (of `make matrix`), BASES (of
# `make soak`), LOTS (of `make soak-lift`), SECONDS (of `make fuzz` and `make storm`), COMMIT (of `make bench-against`), PAGE (of
# `make test-docs`).
# The scripts that the targets call are in scripts/, one subject each.

EXTENSION = pg_lifecycle
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

# The extension's script is these files, concatenated in this order: the path of names, then the order of the data's way.
SQL_FILES = \
	sql/search_path.sql \
	sql/preflight.sql \
	sql/history/purchase_history.sql \
	sql/history/summary.sql \
	sql/engagement/engagement_history.sql \
	sql/engagement/summary.sql \
	sql/segments/rfm.sql \
	sql/schema.sql \
	sql/segments/grid.sql \
	sql/segments/presets.sql \
	sql/history/first_last.sql \
	sql/store/note_changes.sql \
	sql/segments/vip.sql \
	sql/models/rhythm.sql \
	sql/models/regularity.sql \
	sql/models/purchase_model.sql \
	sql/models/prediction.sql \
	sql/models/spend.sql \
	sql/models/renewal.sql \
	sql/models/renewal_projection.sql \
	sql/models/backtest.sql \
	sql/models/tracking.sql \
	sql/base_metrics/growth.sql \
	sql/base_metrics/cohort.sql \
	sql/stages/stage.sql \
	sql/stages/transitions.sql \
	sql/base_metrics/concentration.sql \
	sql/base_metrics/decomposition.sql \
	sql/engagement/lifecycle_phase.sql \
	sql/engagement/relationship_stage.sql \
	sql/engagement/touch_paths.sql \
	sql/models/ltv.sql \
	sql/stages/on_rows.sql \
	sql/store/store.sql \
	sql/store/noting.sql \
	sql/store/schedule.sql \
	sql/store/refresh.sql \
	sql/experiment/experiment.sql \
	sql/experiment/spend.sql \
	sql/journey/send_window.sql \
	sql/journey/journey.sql \
	sql/journey/run.sql \
	sql/journey/local_format.sql \
	sql/journey/codes.sql \
	sql/journey/delivery.sql \
	sql/journey/hold.sql \
	sql/journey/people.sql \
	sql/journey/simulation.sql \
	sql/journey/experiment_power.sql \
	sql/journey/report.sql \
	sql/journey/health.sql \
	sql/audience/audiences.sql \
	sql/audience/feeds.sql \
	sql/volatility.sql

# From one release to the next; a released script itself (one `--` in its name) is kept for tests, not installed.
UPGRADE_SCRIPTS = $(wildcard sql/$(EXTENSION)--*--*.sql)

# ---- Which server --------------------------------------------------------------------------------------------------

# Not `:=`, here and below: `make setup check-style` asks again after the setup has installed the server.
DEBIAN_PG_CONFIG = /usr/lib/postgresql/15/bin/pg_config
PG_CONFIG ?= $(shell test -x $(DEBIAN_PG_CONFIG) && echo $(DEBIAN_PG_CONFIG) || echo pg_config)
PG_MAJOR = $(shell $(PG_CONFIG) --version 2>/dev/null | sed -E 's/^PostgreSQL ([0-9]+).*/\1/')
PG_FEATURE = $(if $(filter $(PG_MAJOR),15 16 17 18),pg$(PG_MAJOR),$(error $(if $(PG_MAJOR),\
	PostgreSQL $(PG_MAJOR) is not supported: set PG_CONFIG to the pg_config of a server from 15 to 18,\
	$(PG_CONFIG) does not run: `make setup` installs PostgreSQL on Debian, or set PG_CONFIG)))
export PG_CONFIG

# ---- Cargo ---------------------------------------------------------------------------------------------------------

CARGO ?= cargo
# One target directory for each server, and one without a server, so that none undoes what another has built.
FOR_DOMAIN = --no-default-features --target-dir target/domain
# Another build for a server of the same version has another name (scripts/check-asserts).
BUILD = $(PG_FEATURE)
# Clippy and rustdoc share the profile too: reading the server's headers is the slow part, and is done once.
FOR_SERVER = --no-default-features --features $(PG_FEATURE) --target-dir target/$(BUILD) --release
CARGO_PG = PGRX_PG_CONFIG_PATH="$$(command -v "$(PG_CONFIG)")" $(CARGO)

LIBRARY = target/$(BUILD)/release/lib$(EXTENSION).so
SCRIPT = target/sql/$(EXTENSION)--$(VERSION).sql
CONTROL = target/sql/$(EXTENSION).control

.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: all library install uninstall private-install install-for-tests setup demo test test-domain test-server test-docs docs docs-reference docs-picture \
	test-upgrade freeze installcheck test-dbt test-sender test-sync test-fire check-memory fuzz storm check-asserts check-valgrind matrix soak soak-lift bench bench-stores bench-journeys \
	bench-models bench-people bench-against check-style clean help

# ---- Build ---------------------------------------------------------------------------------------------------------

all: library $(SCRIPT) $(CONTROL) ## Build the extension for the server of PG_CONFIG (the default)

# Cargo knows best whether there is anything to do.
library:
	@command -v "$(CARGO)" > /dev/null || { \
		echo 'There is no $(CARGO) here: run "make" first, as a user who has Rust.' >&2; exit 1; }
	$(CARGO_PG) build --lib $(FOR_SERVER)
	@touch $(LIBRARY)

# For `sudo make install`: what `make` has built is newer than its sources, and Cargo is not run as root.
$(LIBRARY): Cargo.toml Cargo.lock $(shell find src -name '*.rs' -o -name '*.sql')
	$(MAKE) --no-print-directory library

# A file in sql/ that SQL_FILES forgets would be missed only by its users.
$(SCRIPT): $(SQL_FILES) Cargo.toml Makefile
	$(if $(filter-out $(SQL_FILES) $(wildcard sql/$(EXTENSION)--*.sql),$(wildcard sql/*.sql sql/*/*.sql)),$(error \
		not in SQL_FILES: $(filter-out $(SQL_FILES) $(wildcard sql/$(EXTENSION)--*.sql),$(wildcard sql/*.sql sql/*/*.sql))))
	@mkdir -p $(@D)
	@{ printf '%s\n' '-- complain if the script is sourced in psql, rather than through CREATE EXTENSION' \
		'\echo Use "CREATE EXTENSION $(EXTENSION)" to load this file. \quit'; \
	   for file in $(SQL_FILES); do printf '\n-- %s\n\n' "$$file" && cat "$$file" || exit 1; done; } > $@

$(CONTROL): $(EXTENSION).control Cargo.toml
	@mkdir -p $(@D)
	@sed -e '/^#/d' -e 's/@CARGO_VERSION@/$(VERSION)/' $< > $@

# ---- Install -------------------------------------------------------------------------------------------------------

# $(call install_into,DESTDIR,PG_CONFIG). `install` makes a new file, so that a running backend keeps its old library.
define install_into
	install -d "$(1)$$("$(2)" --pkglibdir)" "$(1)$$("$(2)" --sharedir)/extension"
	install -m 755 $(LIBRARY) "$(1)$$("$(2)" --pkglibdir)/$(EXTENSION).so"
	install -m 644 $(CONTROL) $(SCRIPT) $(UPGRADE_SCRIPTS) "$(1)$$("$(2)" --sharedir)/extension/"
endef

install: $(LIBRARY) $(SCRIPT) $(CONTROL) ## Install into the server of PG_CONFIG (under DESTDIR, if set)
	$(call install_into,$(DESTDIR),$(PG_CONFIG))

uninstall: ## Remove what `make install` has put there
	rm -f "$(DESTDIR)$$("$(PG_CONFIG)" --pkglibdir)/$(EXTENSION).so"
	rm -f "$(DESTDIR)$$("$(PG_CONFIG)" --sharedir)/extension/$(EXTENSION)".control
	rm -f "$(DESTDIR)$$("$(PG_CONFIG)" --sharedir)/extension/$(EXTENSION)"--*.sql

# Tests and the demo use a copy of the server, never the system's own files.
private-install: all
	@scripts/private-server > target/private-pg_config
	$(call install_into,,$$(cat target/private-pg_config))

# ---- Try and test --------------------------------------------------------------------------------------------------

# The full base of CDNOW, which is not in the checkout for its size (1.7 MB).
CDNOW_MASTER = target/cdnow_master.csv
$(CDNOW_MASTER): scripts/fetch-cdnow-master
	@scripts/fetch-cdnow-master $@

setup: ## Install what is missing to build and test (Debian's packages)
	@scripts/setup-debian

demo: setup ## Build, start a throwaway server, load example orders and show what there is to see
	@$(MAKE) --no-print-directory private-install
	@scripts/demo

test: setup ## Build and run every test on a throwaway server
	@scripts/test

# The tests that need a server are built of the same library.
DOMAIN_TESTS = $(filter-out server fire fuzz storm,$(basename $(notdir $(wildcard tests/*.rs))))
test-domain: ## The tests that need no server
	$(CARGO) test $(FOR_DOMAIN) --features server-tests --no-fail-fast --lib $(addprefix --test ,$(DOMAIN_TESTS))

test-server: private-install $(CDNOW_MASTER) ## The tests that need a server: pg_regress, isolation, the pages, then tests/server
	@scripts/cluster run scripts/test-server

# What the tests of `make test` need, once for all of them.
install-for-tests: private-install $(CDNOW_MASTER)

test-docs: private-install ## The examples and links of README.md and docs, and that the reference is complete (PAGE=docs/stages.md for one)
	@scripts/cluster run scripts/check-docs

docs: ## Build a site of README.md and docs in target/site, with MkDocs from PyPI
	@scripts/make-docs

docs-reference: private-install ## Make the pages of docs/reference that come from the catalog, after a comment was changed
	@scripts/cluster run scripts/make-reference

docs-picture: private-install ## Draw the picture of README.md again, from a store on the orders of CDNOW
	@scripts/cluster run scripts/make-picture

installcheck: private-install $(CDNOW_MASTER) ## pg_regress alone
	@scripts/cluster run scripts/regress

test-dbt: private-install ## The dbt project of examples/dbt, with a dbt from PyPI
	@scripts/cluster run scripts/test-dbt

test-sender: private-install ## The sender of examples/sender.py, with a psycopg from PyPI
	@scripts/cluster run scripts/test-sender

test-sync: private-install ## The copy of examples/sync_customers.py, killed at random, with a psycopg from PyPI (ROUNDS=100 for more)
	@scripts/cluster run scripts/test-sync

check-memory: private-install ## Every function with no memory left, and over 20 million entries, can be cancelled (half an hour)
	@scripts/cluster run scripts/check-memory

test-upgrade: private-install ## Update databases of earlier versions to this one, and compare them with a fresh install
	@scripts/cluster run scripts/test-upgrade

freeze: private-install ## Freeze the version of Cargo.toml as a release: its script, and a dump of what it makes (see CONTRIBUTING.md)
	@scripts/cluster run scripts/test-upgrade freeze

test-fire: private-install ## Journeys exactly once and without harm, while sessions are ended and the server crashes
	@scripts/test-fire

fuzz: private-install ## Call everything with hostile arguments, for SECONDS=20 (or CALLS=1000000; SEED=... repeats a run)
	@scripts/fuzz $(SECONDS)

storm: private-install ## No change is lost while writers and refreshers are ended and the server crashes, for SECONDS=20
	@scripts/storm $(SECONDS)

check-asserts: setup $(CDNOW_MASTER) ## The server's tests on a server with assertions, built from source (an hour; PARTS="regress isolation" for less)
	@scripts/check-asserts $(PARTS)

check-valgrind: setup ## Parts of pg_regress under valgrind, on the same server (half an hour; TESTS="history_first_last segments_rfm" for others)
	@scripts/check-valgrind $(TESTS)

matrix: setup ## The server's tests on PostgreSQL 16, 17 and 18 (MAJORS="17" for one), from wheels
	@scripts/matrix $(MAJORS)

soak: ## Fit random bases simulated from every model, BASES=1000 of each sort (half an hour)
	BASES=$(or $(BASES),1000) $(CARGO) test $(FOR_DOMAIN) --release --no-fail-fast --test soak -- --nocapture

soak-lift: ## Experiments on spend of a known truth, LOTS=4000 of each sort (half an hour; COMPLETEJOURNEY=folder for one more)
	LOTS=$(or $(LOTS),4000) $(CARGO) test $(FOR_DOMAIN) --release --no-fail-fast --test soak_lift -- --nocapture

bench: private-install ## Time it: ratios between pairs, each timed in turn (half an hour; ORDERS=... for less)
	@CLUSTER=bench scripts/cluster run scripts/bench
	@CLUSTER=bench scripts/cluster run scripts/bench-stores
	@CLUSTER=bench scripts/cluster run scripts/bench-journeys
	@CLUSTER=bench scripts/cluster run scripts/bench-people
	@$(MAKE) --no-print-directory bench-models

bench-stores: private-install ## Stores alone: refreshes, triggers and views
	@CLUSTER=bench scripts/cluster run scripts/bench-stores

bench-journeys: private-install ## Journeys alone: a pass, decisions and claims
	@CLUSTER=bench scripts/cluster run scripts/bench-journeys

bench-people: private-install ## Forgetting, merging and exporting customers alone
	@CLUSTER=bench scripts/cluster run scripts/bench-people

bench-models: private-install ## The models alone, beside Python's lifetimes on the same customers
	@CLUSTER=bench scripts/cluster run scripts/bench-models

bench-against: ## Time this beside another commit, both in turn: COMMIT=... (ORDERS=100000 for less; PARTS="histories stores claims")
	@scripts/bench-against "$(COMMIT)" $(PARTS)

check-style: ## Formatting, lints and documentation, with no warning let through
	$(CARGO) fmt --check
	$(CARGO) clippy $(FOR_DOMAIN) --features server-tests --all-targets -- -D warnings
	$(CARGO_PG) clippy $(FOR_SERVER) --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO_PG) doc $(FOR_SERVER) --no-deps
	@if command -v shellcheck > /dev/null; then shellcheck -x -P scripts scripts/* .ci/run; fi

clean: ## Stop the throwaway servers and remove everything that was built
	@scripts/cluster remove
	rm -rf target

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/\1|\2/p' Makefile | while IFS='|' read -r target what; do \
		printf '  make %-14s %s\n' "$$target" "$$what"; done
