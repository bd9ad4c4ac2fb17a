# igot -- the front door. Each target does its own set-up and says what it installs.
#   make run        a working platform with real data on 127.0.0.1:8080
#   make test       everything functional, both engines, browser, sanitizers; ends with "N passed, N failed"
#   make test-all   adds threads, faults and fuzzing      make bench   the figures, and how they were got
.POSIX:
SHELL = /bin/sh
BUILD ?= build
SANITIZED = $(BUILD)-san

.PHONY: build run test test-all bench lint fuzz clean setup

setup:
	@tools/setup.sh build

build: setup
	@tools/build.sh $(BUILD)

run: build
	@tools/run.sh $(BUILD)

test: build
	@tools/setup.sh test
	@tests/run.sh $(BUILD) $(SANITIZED)

test-all: test
	@tests/run_long.sh $(BUILD)

bench: build
	@tools/setup.sh bench
	@bench/run.sh $(BUILD)

lint: build
	@tools/setup.sh lint
	@tools/lint.sh $(BUILD)

fuzz: build
	@tools/setup.sh fuzz
	@tests/fuzz/run.sh

clean:
	rm -rf $(BUILD) $(SANITIZED)
