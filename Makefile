# SPDX-License-Identifier: MIT
# The whole of what one must know; everything else is in CMakeLists.txt.

BUILD ?= build
CMAKE_FLAGS ?= -DCMAKE_BUILD_TYPE=Release
PACKAGES = cmake ninja-build ccache g++ libgmp-dev libdouble-conversion-dev libasmjit-dev musl-dev \
           unicode-data libgtest-dev scheme-chez-srfi r6rs-nanopass-dev

.PHONY: all try test test-long bench bless packages clean

all: $(BUILD)/build.ninja
	ninja -C $(BUILD) image

$(BUILD)/build.ninja: CMakeLists.txt
	cmake -S . -B $(BUILD) -G Ninja $(CMAKE_FLAGS)

# Installs what is missing (Debian 12; needs root only if something is missing).
packages:
	@missing=""; for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
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

test: packages all
	tests/run.sh $(BUILD)

test-long: packages all
	LOKO_TEST_LONG=1 tests/run.sh $(BUILD)

bench: all
	bench/run.sh $(BUILD)

clean:
	rm -rf $(BUILD)
