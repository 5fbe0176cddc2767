# SPDX-License-Identifier: MIT
# The whole of what one must know; everything else is in CMakeLists.txt.

BUILD ?= build
CMAKE_FLAGS ?= -DCMAKE_BUILD_TYPE=Release
PACKAGES = cmake ninja-build ccache g++ libgmp-dev libdouble-conversion-dev libasmjit-dev musl-dev \
           unicode-data
# What the tests use besides: real Scheme code, an emulator of a PC, a pseudo-terminal.
TEST_PACKAGES = libgtest-dev scheme-chez-srfi r6rs-nanopass-dev qemu-system-x86 grub-pc-bin grub-common xorriso mtools \
                python3 gdb

.PHONY: all try test test-long boot bench bless exports packages clean

all: $(BUILD)/build.ninja
	ninja -C $(BUILD) image

$(BUILD)/build.ninja: CMakeLists.txt
	cmake -S . -B $(BUILD) -G Ninja $(CMAKE_FLAGS)

# Installs what is missing (Debian 12; needs root only if something is missing).
packages:
	@missing=""; for p in $(PACKAGES) $(EXTRA); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; \
	  sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  $$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing; fi

# Builds, then compiles and runs a real program.
try: packages all
	$(BUILD)/loko --version
	$(BUILD)/loko --compile samples/hello/hello.sps --output $(BUILD)/hello
	$(BUILD)/hello
	ls -l $(BUILD)/hello
	echo '(let loop ((i 0)) (when (< i 3) (display i) (newline) (loop (+ i 1))))' | $(BUILD)/loko

test:
	$(MAKE) packages EXTRA="$(TEST_PACKAGES)"
	$(MAKE) all
	tests/run.sh $(BUILD)

test-long:
	$(MAKE) packages EXTRA="$(TEST_PACKAGES)"
	$(MAKE) all
	LOKO_TEST_LONG=1 tests/run.sh $(BUILD)

# The REPL on a bare PC (emulated), on this terminal as its serial line; Ctrl-D ends it.
boot: all
	qemu-system-x86_64 -kernel $(BUILD)/loko -m 1024 -display none -serial stdio -no-reboot \
	  -device isa-debug-exit,iobase=0xf4,iosize=0x04; [ $$? = 1 ]

# Writes docs/reference/libraries.md.
exports: all
	$(BUILD)/loko --program tools/exports/exports.sps reference src/tables/exports/r6rs.scm src/tables/exports/r7rs.scm \
	  src/tables/dialects.scm >docs/reference/libraries.md.new && mv docs/reference/libraries.md.new docs/reference/libraries.md

# Our programs against every other Scheme that is installed; with SUITE=DIR a checkout of the r7rs-benchmarks, too.
PEERS ?= chez,guile,gambit,racket,chicken,mit
bench: all
	bench/compare.py --loko $(BUILD)/loko --peers $(PEERS) --csv $(BUILD)/bench.csv --svg $(BUILD)/bench.svg
	$(if $(SUITE),bench/compare.py --loko $(BUILD)/loko --suite $(SUITE) --peers $(PEERS) --csv $(BUILD)/suite.csv --svg $(BUILD)/suite.svg)
	bench/loci/run.sh $(BUILD)

clean:
	rm -rf $(BUILD)
