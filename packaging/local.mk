# packaging/local.mk - the systemd unit
# SPDX-License-Identifier: ISC

systemdsystemunit_DATA = %D%/kbd.service
EXTRA_DIST += %D%/kbd.service.in
CLEANFILES += %D%/kbd.service

%D%/kbd.service: %D%/kbd.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) %D% && sed 's|@sbindir[@]|$(sbindir)|' \
		$(srcdir)/%D%/kbd.service.in >$@.new && mv $@.new $@
