# 300-drivers.t - real PostgreSQL drivers over TCP with TLS and passwords.
#
# Starts a server, gives it something to read, and runs tests/drivers/run,
# whose lines are this test's lines.
#
#   KB_DRIVERS="psql node"   only these
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBTarget;

KBTarget->plan;
my $target = KBTarget->start;
$target->load_fixture;
$| = 1;
my $status = system(KBTarget::top() . '/tests/drivers/run',
    split ' ', $ENV{KB_DRIVERS} // '');
print "# the server is gone\n" unless $target->alive;
exit($status || !$target->alive ? 1 : 0);
