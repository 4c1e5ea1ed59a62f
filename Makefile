# SPDX-License-Identifier: BSD-2-Clause

# The commands of the project. Each installs, with apt-get, what a Debian machine with Swift lacks.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.PHONY: run build test test-guests lab examples lint format bench bench-datapath bench-lab soak fuzz proofs docs clean

SWIFT ?= swift
RELEASE := -c release --static-swift-stdlib
EXAMPLES := $(shell find Examples -name '*.topo' | sort)
SOURCES := Package.swift Sources Tests Benchmarks Examples Fuzz

# Installs the packages whose program is not there: `program:package`.
define install
missing=(); \
for pair in $(1); do command -v "$${pair%%:*}" > /dev/null || missing+=("$${pair##*:}"); done; \
if [ "$${#missing[@]}" -gt 0 ]; then \
    sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
    $$sudo apt-get update -q; \
    $$sudo apt-get install -qy --no-install-recommends "$${missing[@]}"; \
fi
endef

# The main job: the example becomes an app that seL4's CAmkES accepts, and says what is in it.
run: build
	topoc="$$($(SWIFT) build $(RELEASE) --show-bin-path)/topoc"; \
	"$$topoc" build Examples/zmq_samples/mesh.topo -o out/zmq_samples/zmq_samples.camkes \
	    --certificate out/zmq_samples.certificate.json; \
	echo; echo "== out/zmq_samples/zmq_samples.camkes"; cat out/zmq_samples/zmq_samples.camkes; \
	echo; echo "== out/zmq_samples"; find out/zmq_samples -type f | sort

build:
	@$(call install,cpp:cpp)
	$(SWIFT) build $(RELEASE) --product topoc
	$(SWIFT) build $(RELEASE) --product topoc-device
	$(SWIFT) build $(RELEASE) --product topoc-device-libvirtqueue

# The example's VMs on this host, under QEMU: its scenarios on one VM and across three, and whether the flows are those
# that topoc certifies.
lab: build
	@$(call install,apt-get:apt cmake:cmake gcc:gcc pkg-config:pkg-config qemu-system-x86_64:qemu-system-x86)
	@pkg-config --exists libzmq || { $(call install,no-libzmq:libzmq3-dev); }
	topoc="$$($(SWIFT) build $(RELEASE) --show-bin-path)/topoc"; \
	"$$topoc" lab run Examples/zmq_samples/mesh.topo --scenario zmq --json out/lab.json; \
	"$$topoc" lab run Examples/zmq_samples/mesh.topo --scenario flows

# Each example with its scenario, under QEMU: eight guests of the star boot in half a minute on two cores.
SCENARIOS := two_partitions:flows bridge:flows gateway:flows star:flows iperf3:iperf3 zmq_samples:start
examples: build
	@$(call install,apt-get:apt cmake:cmake gcc:gcc iperf3:iperf3 pkg-config:pkg-config \
	    qemu-system-x86_64:qemu-system-x86)
	@pkg-config --exists libzmq || { $(call install,no-libzmq:libzmq3-dev); }
	topoc="$$($(SWIFT) build $(RELEASE) --show-bin-path)/topoc"; \
	for pair in $(SCENARIOS); do \
	    echo "== Examples/$${pair%:*}, $${pair#*:}"; \
	    "$$topoc" lab run "Examples/$${pair%:*}/mesh.topo" --scenario "$${pair#*:}" --boot-time 300; \
	done

# What starts processes and waits for them; in a run of their own, one after the other, so that none waits for others'.
ALONE := ^(LabTests|LabDeviceTests|LabGuestTests|ProcessesTests|ScenarioTests|VhostUserTests)\.

# `swift test` with these arguments. What failed is said once more at the end, where one looks first: issues of tests, or
# else, as where a test crashed, the last words.
define tests
echo "$(SWIFT) test $(1)"; $(SWIFT) test $(1) 2>&1 | tee .build/tests.log \
    || { echo; echo "What failed:"; \
        { grep -A 4 '^✘ .* recorded an issue' .build/tests.log || tail -n 10 .build/tests.log; } | cut -c 1-1000; exit 1; }
endef

# A warning in a target of ours is an error (Package.swift).
test: .build/tools/ready
	@$(call install,astyle:astyle clang-14:clang-14 cmake:cmake cpio:cpio cpp:cpp dpdk-testpmd:dpdk-dev gcc:gcc \
	    git:git ip:iproute2 make:make patch:patch ping:iputils-ping pkg-config:pkg-config \
	    qemu-system-x86_64:qemu-system-x86 script:bsdutils unshare:util-linux z3:z3)
	@# Debian lets nobody have this one and gcc-multilib; then its tests are skipped.
	@dpkg -s gcc-multilib > /dev/null 2>&1 || { $(call install,aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu); }
	@/sbin/ldconfig -p | grep libclang-14.so.1 > /dev/null || { $(call install,no-libclang:libclang1-14); }
	@pkg-config --exists libzmq || { $(call install,no-libzmq:libzmq3-dev); }
	$(SWIFT) build --build-tests
	@export PATH="$(CURDIR)/.build/tools/bin:$$PATH"; $(call tests,--skip-build --skip '$(ALONE)')
	@$(call tests,--skip-build --no-parallel --filter '$(ALONE)')
	"$$($(SWIFT) build --show-bin-path)/topoc-fuzz" --count 500 --seed 1
	$(MAKE) -C Fuzz/DataPath smoke
	$(MAKE) -C Fuzz/VhostUser smoke
	$(MAKE) -C Benchmarks/DataPath smoke

# What boots guests under QEMU, and has the machine to itself, one test after the other. After `make test`, which
# installs what it needs.
test-guests:
	@export TOPOC_GUESTS=1; $(call tests,--no-parallel --filter 'ThreeGuestsTests|QEMUTests|RebootTests')

# The real pre-commit, a validator of JSON schemas, and seL4's formatter of CMake files, for tests.
.build/tools/ready: Makefile
	@$(call install,python3:python3)
	@python3 -c 'import ensurepip' 2> /dev/null || { $(call install,no-ensurepip:python3-venv); }
	python3 -m venv .build/tools
	.build/tools/bin/pip install --quiet pre-commit jsonschema cmakelang==0.6.13
	touch $@

lint:
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	$(SWIFT) build --product topoc
	topoc="$$($(SWIFT) build --show-bin-path)/topoc"; \
	"$$topoc" lint $(EXAMPLES); \
	"$$topoc" format --check $(EXAMPLES)

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)
	$(SWIFT) build --product topoc
	"$$($(SWIFT) build --show-bin-path)/topoc" format $(EXAMPLES)

bench: build bench-datapath
	$(SWIFT) build $(RELEASE) --product topoc-bench
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/topoc-bench"

# The data path alone: the C that moves frames, beside upstream's and DPDK's.
bench-datapath:
	@$(call install,gcc:gcc clang-14:clang-14 pkg-config:pkg-config dpdk-devbind.py:dpdk-dev)
	@pkg-config --exists libdpdk || { $(call install,no-libdpdk:libdpdk-dev); }
	$(MAKE) --no-print-directory -C Benchmarks/DataPath run

# Latency and throughput between machines, over the lab's data path and its peers': `make bench-lab ARGS=--guests`.
bench-lab: build
	@$(call install,cmake:cmake gcc:gcc ip:iproute2 iperf3:iperf3 nsenter:util-linux pkg-config:pkg-config \
	    qemu-system-x86_64:qemu-system-x86 unshare:util-linux)
	@pkg-config --exists libzmq || { $(call install,no-libzmq:libzmq3-dev); }
	$(SWIFT) build $(RELEASE) --product topoc-lab-bench
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/topoc-lab-bench" $(ARGS)

# A lab that carries traffic for SECONDS while its devices are killed, its guests rebooted and its links impaired:
# `make soak ARGS='--guests qemu --kills 60'`.
SECONDS := 3600
soak: build
	@$(call install,cmake:cmake gcc:gcc ip:iproute2 iperf3:iperf3 nsenter:util-linux ping:iputils-ping \
	    pkg-config:pkg-config qemu-system-x86_64:qemu-system-x86 unshare:util-linux)
	@pkg-config --exists libzmq || { $(call install,no-libzmq:libzmq3-dev); }
	$(SWIFT) build $(RELEASE) --product topoc-lab-bench
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/topoc-lab-bench" soak --seconds $(SECONDS) $(ARGS)

fuzz: build
	$(SWIFT) build $(RELEASE) --product topoc-fuzz
	"$$($(SWIFT) build $(RELEASE) --show-bin-path)/topoc-fuzz" $(FUZZ)
	$(MAKE) -C Fuzz/DataPath run
	$(MAKE) -C Fuzz/VhostUser run

# Proofs/README.md says what each line claims.
proofs:
	@$(call install,cc:gcc clang-14:clang-14 cvc4:cvc4 frama-c:frama-c-base python3:python3 spin:spin why3:why3 z3:z3)
	@ls /usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.tsan-* > /dev/null 2>&1 \
	    || { $(call install,no-tsan:libclang-rt-14-dev); }
	Proofs/Eva/check
	Proofs/Eva/check --faults
	Proofs/WP/check
	Proofs/WP/check --faults
	Proofs/Ring/check
	Proofs/Ring/check --faults
	Proofs/Spin/check
	Proofs/Orders/check
	Proofs/Stress/check
	Fuzz/VhostUser/faults

# Writes again what is made from the code: the man page, the pages of the rules, the expected output of tests.
docs:
	$(SWIFT) build --build-tests
	TOPOC_UPDATE=1 $(SWIFT) test --skip-build

clean:
	rm -rf .build .build-* out
