# The way in: `make config` describes, `make` builds, `make install` installs, by GNU make or BSD
# make.  See docs/install.md.
#
#	make config		writes compile/LIBAIO.OS.ARCH (NAME=TREE_RB for another configuration)
#	make			builds everything there
#	make install		into PREFIX: $P9UNIX, or /usr/local/9unix; DESTDIR goes before it
#	make uninstall		takes that away
#	make test		runs the tests of the configuration; `make check` all tests there are
#	make clean		removes what was built
#	make nuke		removes the build directory, and the tools that made it
#
# CONFIG in the environment names a config that is there; else SwiftPM builds one.  CONFIGFLAGS are
# further options for it, such as -g.

NAME = LIBAIO
OS != uname -s
ARCH != sh bin/arch
FLAVOUR != sh bin/arch --make ${MAKE_VERSION}
P9UNIX != echo "$${P9UNIX:-/usr/local/9unix}"
PREFIX ?= ${P9UNIX}
BUILD = compile/${NAME}.${OS}.${ARCH}
THERE = PREFIX='${PREFIX}' DESTDIR='${DESTDIR}'

all: config
	${MAKE} -C ${BUILD} all

config:
	bin/config --make ${FLAVOUR} ${CONFIGFLAGS} conf/${NAME}

# What the build directory installs, and beside it what programs outside are made with: the
# makefiles of mk/, and the templates and toolchains that config has built in.
install: config
	${MAKE} -C ${BUILD} ${THERE} install
	sh bin/install-tree '${DESTDIR}${PREFIX}'

uninstall: config
	${MAKE} -C ${BUILD} ${THERE} uninstall
	sh bin/install-tree --remove '${DESTDIR}${PREFIX}'

test:
	bin/config test conf/${NAME}

check:
	bin/check

clean:
	if [ -f ${BUILD}/Makefile ]; then ${MAKE} -C ${BUILD} clean; fi

nuke:
	rm -rf ${BUILD} .build-packages .build-static

.PHONY: all config install uninstall test check clean nuke
