# The two commands of the README: `make demo` and `make test`.
python := .venv/bin/python
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: demo test setup messages check test-sqlite test-postgresql fuzz lock

demo: setup
	$(python) manage.py demo

test: setup check test-sqlite test-postgresql

setup:
	@.ci/setup

# Sentences of the sources into the catalogues of all languages; what is new there is empty, what changed is marked fuzzy.
catalogues := insights_portal/locale/*/LC_MESSAGES/django.po
messages: setup
	$(python) manage.py makemessages --locale de --locale es --locale ar --no-location --no-obsolete --no-wrap \
	  --ignore .venv --ignore tests --ignore var
	sed --in-place '/^"POT-Creation-Date/d' $(catalogues)

check:
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy .
	.venv/bin/djlint --lint --quiet templates

# Browser tests run by themselves: a browser beside two busy test processes is slow for no reason of ours.
test-sqlite:
	.venv/bin/pytest -q -n 2 -m "not e2e" --cov --cov-report=term --cov-fail-under=100
	.venv/bin/pytest -q -m e2e

test-postgresql:
	.ci/with-postgresql .venv/bin/pytest -q -n 2 -m "not e2e"

# Every parser of recordings with broken files, 10 minutes each; for a look: make fuzz SECONDS_EACH=30
SECONDS_EACH ?= 600
fuzz: setup
	$(python) -m tests.fuzz.run --seconds $(SECONDS_EACH) --jobs 2

lock:
	$(python) -m pip install --quiet pip-tools
	$(python) -m piptools compile --quiet --generate-hashes --extra test --strip-extras --no-header --no-emit-index-url \
	  --no-emit-find-links --no-emit-trusted-host --no-annotate --output-file requirements.lock pyproject.toml
