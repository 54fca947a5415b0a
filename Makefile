# The way in: `make config` describes, `make` builds, `make install` installs, for every make.
#
#	make config		writes compile/LIBAIO.OS.ARCH (NAME=TREE_RB for another configuration)
#	make			builds everything there
#	make install		into PREFIX: $P9UNIX, or /usr/local/9unix; DESTDIR goes before it
#	make uninstall		takes that away
#	make test		runs the tests of the configuration; `make check` all tests there are
#	make clean		removes what was built
#	make nuke		removes the build directory, and the tools that made it
#
# Nothing here is more than POSIX make and `!=`, which GNU make and BSD make both have.

NAME = LIBAIO
OS != uname -s
ARCH != sh bin/arch
P9UNIX != echo "$${P9UNIX:-/usr/local/9unix}"
PREFIX = ${P9UNIX}
BUILD = compile/${NAME}.${OS}.${ARCH}
CONFIG = bin/config

all: ${BUILD}/Makefile
	${MAKE} -C ${BUILD} all

${BUILD}/Makefile:
	${CONFIG} --make `sh bin/arch --make ${MAKE_VERSION}` conf/${NAME}

config:
	${CONFIG} --make `sh bin/arch --make ${MAKE_VERSION}` conf/${NAME}

# What the build directory installs, and beside it what programs outside are made with: the
# makefiles of mk/, and the templates and toolchains that config has built in.
install: all
	${MAKE} -C ${BUILD} PREFIX='${PREFIX}' DESTDIR='${DESTDIR}' install
	sh bin/install-tree '${DESTDIR}${PREFIX}' ${CONFIG}

uninstall: ${BUILD}/Makefile
	${MAKE} -C ${BUILD} PREFIX='${PREFIX}' DESTDIR='${DESTDIR}' uninstall
	sh bin/install-tree --remove '${DESTDIR}${PREFIX}' ${CONFIG}

test:
	${CONFIG} test conf/${NAME}

check:
	bin/check

clean:
	if [ -f ${BUILD}/Makefile ]; then ${MAKE} -C ${BUILD} clean; fi

nuke:
	rm -rf ${BUILD} .build-packages .build-static

.PHONY: all config install uninstall test check clean nuke
