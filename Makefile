# SPDX-License-Identifier: GPL-2.0-only
#
# make            builds $(O)/kvmtop
# make help       says what else there is

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

O       ?= build
# where the BPF objects and their skeletons are: builds by several compilers may share them
BPF_O   ?= $(O)
V       ?= 0
PREFIX  ?= /usr/local
DESTDIR ?=
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool) bpftool)
PKG_CONFIG ?= pkg-config
INSTALL ?= install
# Cross-building: make CROSS_COMPILE=aarch64-linux-gnu- SYSROOT=DIR, where DIR holds that architecture's libraries
# (tests/lab/sysroot-arm64 prints one).
CROSS_COMPILE ?=
SYSROOT ?=
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif

VERSION := 0.1
# On a fresh machine there is no compiler yet when setup begins.
MACHINE := $(or $(shell $(CC) -dumpmachine 2>/dev/null || :),$(shell uname -m))
ARCH    := $(patsubst x86_64%,x86,$(patsubst aarch64%,arm64,$(firstword $(subst -, ,$(MACHINE)))))

ifeq ($(V),1)
Q :=
msg = @:
else
Q := @
msg = @printf '  %-8s %s\n' "$(1)" "$(patsubst $(CURDIR)/%,%,$(2))"
endif

# --- packages ---------------------------------------------------------------------------------------------------------

# What a fresh Debian needs: to build and run, and on top of that to test.
PACKAGES_BUILD := gcc make pkg-config clang llvm bpftool libbpf-dev libelf-dev libncurses-dev libmicrohttpd-dev libjson-c-dev zlib1g-dev libzstd-dev libc6-dev
PACKAGES_CHECK := groff-base linux-perf libcmocka-dev python3-jsonschema prometheus curl systemd libclang-rt-14-dev clang-format tmux \
	qemu-system-x86 qemu-system-arm gcc-aarch64-linux-gnu bochs bochsbios vgabios grub-common grub-pc-bin xorriso mtools \
	busybox-static cpio xz-utils zstd lz4 kmod debian-archive-keyring

# And to measure beside other tools.
PACKAGES_BENCH := bpftrace

# And to take the pictures of the README.
PACKAGES_SHOTS := librsvg2-bin fonts-dejavu-core fontconfig pngquant

# --- flags ------------------------------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wformat=2 -Wvla -Wpointer-arith -Werror
LIBS     := libbpf libelf ncursesw json-c zlib libzstd $(if $(STATIC),,libmicrohttpd)
CFLAGS   ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -D_DEFAULT_SOURCE -DKVMTOP_VERSION='"$(VERSION)"' -I$(BPF_O)/gen
CSTD     := -std=gnu17
ifneq ($(SYSROOT),)
override CC += --sysroot=$(SYSROOT)
override PKG_CONFIG := PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) \
	PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(shell $(CC) -print-multiarch 2>/dev/null || :)/pkgconfig $(PKG_CONFIG)
endif
ifeq ($(findstring -O0,$(CFLAGS)),)
ifndef SAN
CPPFLAGS += -D_FORTIFY_SOURCE=2
endif
endif
HARDEN   := -fstack-protector-strong -fno-common
ifdef SAN
# Not optimised, what is built with sanitizers is built in a third of the time; these make up most of the time it runs.
SAN_HOT  := model/accumulate model/events model/figures model/findings model/hist model/record_decode model/record_encode \
	model/sample model/snapshot model/snapshot_events model/source_synthetic model/synthetic_events model/views \
	ui/grid
SANFLAGS := -fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif
ifdef STATIC
LDSTATIC := -static
LDLIBS   = $(shell $(PKG_CONFIG) --static --libs $(LIBS))
else
LDLIBS   = $(shell $(PKG_CONFIG) --libs $(LIBS))
endif

BPF_CFLAGS := -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Wall -Werror \
	-idirafter $(SYSROOT)/usr/include/$(shell $(CC) -print-multiarch 2>/dev/null || :)

# --- what is built from what ------------------------------------------------------------------------------------------

# The core is one object, always loaded; each of the others is one by itself, loaded when a pane needs it.
CORE     := run halt sched discover
BPF_SRC  := $(sort $(wildcard bpf/*.bpf.c))
BPF_OBJ  := $(BPF_SRC:%.bpf.c=$(BPF_O)/%.bpf.o)
CORE_OBJ := $(CORE:%=$(BPF_O)/bpf/%.bpf.o)
PANES    := $(filter-out $(CORE),$(BPF_SRC:bpf/%.bpf.c=%))
SKEL     := $(BPF_O)/gen/kvmtop.skel.h $(PANES:%=$(BPF_O)/gen/%.skel.h)
SRC      := $(sort $(wildcard model/*.c) $(filter-out ui/export_none.c ui/export.c,$(wildcard ui/*.c)) \
	$(if $(STATIC),ui/export_none.c,ui/export.c))
OBJ      := $(SRC:%.c=$(O)/%.o)
LIB_OBJ  := $(filter-out $(O)/ui/main.o,$(OBJ))
BENCH_OBJ := $(addprefix $(BPF_O)/tests/bench/,empty.bpf.o classic.bpf.o)
BENCH    := $(addprefix $(O)/tests/bench/,scale live exits meter) $(BENCH_OBJ)
UNIT_SRC := $(sort $(wildcard tests/unit/test_*.c))
UNIT     := $(UNIT_SRC:%.c=$(O)/%)
UNIT_OBJ := $(UNIT_SRC:%.c=$(O)/%.o)
RUNNER   := $(O)/tests/unit/runner

.PHONY: all
all: $(O)/kvmtop

$(O)/kvmtop: $(OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDSTATIC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BPF_OBJ) $(BENCH_OBJ): $(BPF_O)/%.bpf.o: %.bpf.c $(BPF_O)/bpf-flags
	$(call msg,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -c $< -o $@

$(BPF_O)/kvmtop.bpf.o: $(CORE_OBJ)
	$(call msg,BPFLINK,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(BPF_O)/gen/kvmtop.skel.h: $(BPF_O)/kvmtop.bpf.o
$(PANES:%=$(BPF_O)/gen/%.skel.h): $(BPF_O)/gen/%.skel.h: $(BPF_O)/bpf/%.bpf.o
$(SKEL):
	$(call msg,SKEL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(BPFTOOL) gen skeleton $< name $(basename $(basename $(@F)))_bpf > $@

# Only some include it; the dependency files know which, once there are any.
$(OBJ): | $(SKEL)

# The bundled recording and the JSON Schema are part of the program.
$(O)/model/demo.o: tests/recordings/demo.rec
# Loops over histograms, tens of thousands a tick on large hosts.
$(addprefix $(O)/model/,figures.o accumulate.o hist.o durations.o snapshot.o record_encode.o record_hist.o): CFLAGS += -O3
$(O)/model/json.o: model/kvmtop.schema.json
$(O)/model/json.o: CPPFLAGS += -DJSON_SCHEMA='"model/kvmtop.schema.json"'
$(O)/model/demo.o: CPPFLAGS += -DDEMO_RECORDING='"tests/recordings/demo.rec"'

ifdef SAN
$(SAN_HOT:%=$(O)/%.o): override CFLAGS := $(filter-out -O0,$(CFLAGS)) -O1
endif

# A change of the flags builds all again.
FLAGS := $(CC) $(CSTD) $(CPPFLAGS) $(CFLAGS) $(SANFLAGS) $(LDSTATIC)
BPF_FLAGS := $(CLANG) $(BPF_CFLAGS)
keep = $(Q)mkdir -p $(@D); echo '$(subst ','\'',$(1))' | cmp -s - $@ || echo '$(subst ','\'',$(1))' > $@
$(O)/flags: FORCE
	$(call keep,$(FLAGS))
$(BPF_O)/bpf-flags: FORCE
	$(call keep,$(BPF_FLAGS))

$(O)/%.o: %.c $(O)/flags
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CSTD) $(CPPFLAGS) $(WARNINGS) $(HARDEN) $(CFLAGS) $(SANFLAGS) -MMD -MP -MT $@ -c $< -o $@

# All unit tests are one program, linked once; each is called by a link of its name. They are not optimised: that would
# take longer than it saves.
$(O)/gen/unit_tests.h: FORCE
	$(call keep,$(patsubst tests/unit/%.c,UNIT_TEST(%),$(UNIT_SRC)))
$(UNIT_OBJ): | $(O)/gen/unit_tests.h
$(RUNNER).o: $(O)/gen/unit_tests.h
$(UNIT_OBJ) $(RUNNER).o: override CFLAGS += -O0 -U_FORTIFY_SOURCE
$(UNIT_OBJ): override CPPFLAGS += -I$(O)/gen -include tests/unit/runner.h -Dmain=$(basename $(@F))_main
$(RUNNER).o: override CPPFLAGS += -I$(O)/gen

$(RUNNER): $(RUNNER).o $(UNIT_OBJ) $(LIB_OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka
$(UNIT): $(RUNNER)
	$(Q)ln -sf runner $@

-include $(OBJ:.o=.d) $(BPF_OBJ:.o=.d) $(UNIT_OBJ:.o=.d) $(RUNNER).d $(addprefix $(O)/tests/bench/,scale.d live.d fill.d)

# --- the two commands of the README -----------------------------------------------------------------------------------

# eBPF wants root; a made-up host does not.
AS_ROOT = $(if $(findstring --demo,$(ARGS)),,$(shell [ "$$(id -u)" -eq 0 ] || command -v sudo))

.PHONY: run check check-unit check-san check-lab lab bench screenshots setup-build setup-check
run: setup-build
	$(Q)$(MAKE) --no-print-directory O=$(O) all
	$(Q)$(AS_ROOT) $(O)/kvmtop $(ARGS)

check: setup-check
	$(Q)MAKE="$(MAKE)" O=$(abspath $(O)) ./tests/check unit san lab

check-unit: setup-check
	$(Q)MAKE="$(MAKE)" O=$(abspath $(O)) ./tests/check unit

check-san: setup-check
	$(Q)MAKE="$(MAKE)" O=$(abspath $(O)) ./tests/check san

check-lab: setup-check
	$(Q)MAKE="$(MAKE)" O=$(abspath $(O)) ./tests/check lab

HOST   ?= amd
KERNEL ?= 6.1
lab: setup-check
	$(Q)$(MAKE) --no-print-directory O=$(O) all
	$(Q)O=$(abspath $(O)) ./tests/lab/lab $(HOST) $(KERNEL)

$(O)/tests/bench/scale $(O)/tests/bench/live: $(O)/%: $(O)/%.o $(O)/tests/bench/fill.o $(LIB_OBJ)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(SANFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(O)/tests/bench/exits $(O)/tests/bench/meter: $(O)/%: %.c
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CSTD) -D_GNU_SOURCE $(WARNINGS) $(CFLAGS) -o $@ $< $(if $(filter %exits,$@),-static,-lbpf)

bench: setup-check
	$(Q)./tests/setup $(PACKAGES_BENCH)
	$(Q)$(MAKE) --no-print-directory O=$(O) all $(BENCH)
	$(Q)O=$(abspath $(O)) ./tests/bench/bench $(ARGS)

screenshots: setup-check
	$(Q)./tests/setup $(PACKAGES_SHOTS)
	$(Q)$(MAKE) --no-print-directory O=$(O) all
	$(Q)MAKE="$(MAKE)" O=$(abspath $(O)) ./tests/screenshots

setup-build:
	$(Q)./tests/setup $(PACKAGES_BUILD)

setup-check:
	$(Q)./tests/setup $(PACKAGES_BUILD) $(PACKAGES_CHECK)

# --- the rest ---------------------------------------------------------------------------------------------------------

# The manual page and the completions are made from the program's own tables, by the program: built for another machine,
# kvmtop comes without them.
DOCS := $(O)/kvmtop.8 $(O)/kvmtop.bash $(O)/kvmtop.zsh $(O)/kvmtop.fish

.PHONY: docs
docs: $(DOCS)
$(O)/kvmtop.8: $(O)/kvmtop
	$(call msg,DOC,$@)
	$(Q)$(O)/kvmtop --man > $@
$(O)/kvmtop.bash $(O)/kvmtop.zsh $(O)/kvmtop.fish: $(O)/kvmtop.%: $(O)/kvmtop
	$(call msg,DOC,$@)
	$(Q)$(O)/kvmtop --completion $* > $@

.PHONY: install uninstall clean format check-format headers help unit FORCE
install: $(O)/kvmtop docs
	$(INSTALL) -D -m 755 $(O)/kvmtop $(DESTDIR)$(PREFIX)/sbin/kvmtop
	$(INSTALL) -D -m 644 $(O)/kvmtop.8 $(DESTDIR)$(PREFIX)/share/man/man8/kvmtop.8
	$(INSTALL) -D -m 644 $(O)/kvmtop.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmtop
	$(INSTALL) -D -m 644 $(O)/kvmtop.zsh $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_kvmtop
	$(INSTALL) -D -m 644 $(O)/kvmtop.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/kvmtop.fish
	$(INSTALL) -D -m 644 model/kvmtop.schema.json $(DESTDIR)$(PREFIX)/share/kvmtop/kvmtop.schema.json
	$(INSTALL) -D -m 644 packaging/grafana/kvmtop.json $(DESTDIR)$(PREFIX)/share/kvmtop/grafana/kvmtop.json
	$(INSTALL) -D -m 644 packaging/prometheus/kvmtop.rules.yml $(DESTDIR)$(PREFIX)/share/kvmtop/prometheus/kvmtop.rules.yml
	$(INSTALL) -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|@SBINDIR@|$(PREFIX)/sbin|' packaging/kvmtop.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/kvmtop.service
	chmod 644 $(DESTDIR)$(PREFIX)/lib/systemd/system/kvmtop.service

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/kvmtop $(DESTDIR)$(PREFIX)/lib/systemd/system/kvmtop.service
	rm -rf $(DESTDIR)$(PREFIX)/share/kvmtop
	rm -f $(DESTDIR)$(PREFIX)/share/man/man8/kvmtop.8
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmtop
	rm -f $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_kvmtop
	rm -f $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/kvmtop.fish

unit: $(UNIT)

clean:
	rm -rf $(O)

C_FILES = $(sort $(filter-out vmlinux/x86.h vmlinux/arm64.h,$(wildcard bpf/*.[ch] model/*.[ch] ui/*.[ch] vmlinux/*.[ch] tests/*/*.[ch] tests/*/*/*.[ch])))
format:
	clang-format -i $(C_FILES)

check-format:
	$(Q)clang-format --dry-run -Werror $(C_FILES)

headers:
	./vmlinux/regen

help:
	@echo 'make               build $$(O)/kvmtop (O=$(O))'
	@echo 'make run           install what the build needs (Debian), build, and start kvmtop; ARGS=... for its options'
	@echo 'make check         install what the tests need (Debian), and run all tests'
	@echo 'make check-unit    the tests that need no KVM: model, interface, terminal'
	@echo 'make check-san     those of them that try very much, in full breadth'
	@echo 'make check-lab     the tests against real KVM hosts, booted under emulation'
	@echo 'make lab           a KVM host with running guests in a box, kvmtop on its screen; HOST=amd|intel|arm64 KERNEL=6.1|6.12|7.2'
	@echo 'make bench         measure what kvmtop costs, beside what else one would run; tables in $$(O)/bench; ARGS="exits scale ..."'
	@echo 'make screenshots   take the pictures in screenshots/ anew, of the bundled recording of a lab host'
	@echo 'make docs          the manual page and the completions for bash, zsh and fish, in $$(O)'
	@echo 'make install       to $$(DESTDIR)$$(PREFIX) (PREFIX=$(PREFIX)), with the unit, rules and dashboard of --export; make uninstall'
	@echo 'make headers       write vmlinux/ anew from Debian kernels'
	@echo 'make format        clang-format; make check-format looks only'
	@echo 'make clean'
	@echo
	@echo 'V=1 shows the commands; CC=clang, CFLAGS=..., SAN=address,undefined, STATIC=1, O=DIR;'
	@echo 'CROSS_COMPILE=aarch64-linux-gnu- SYSROOT=$$(tests/lab/sysroot-arm64) builds for arm64'

FORCE:
