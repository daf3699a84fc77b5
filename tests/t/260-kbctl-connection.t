# 260-kbctl-connection.t - which server, and nothing of PostgreSQL's settings.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Test::More;
use KBCtl;

my ($kb, $ctl) = KBCtl->with_server;
my $run = $kb->dir . '/run';
my $doc = $ctl->home . '/Here.md';
my ($status, $out, $err);

KBCtl::spew($doc, "# Here\n");
($status, $out, $err) = $ctl->run('import', $doc);
is($status, 0, 'a document to see') or diag($err);

sub sees {
	my ($name, @args) = @_;
	($status, $out, $err) = $ctl->run(@args);
	is($status, 0, $name) or diag($err);
	like($out, qr/^Here /m, "$name: it is the server");
}

sees('KBHOST', 'docs');
sees('-h', '-h', $run, 'docs', { env => { KBHOST => '/nowhere' } });
sees('-D', '-D', $kb->dir, 'docs', { env => { KBHOST => '/nowhere' } });
sees('KBDATA', 'docs', { env => { KBHOST => undef, KBDATA => $kb->dir } });
my $escaped = $run =~ s{/}{%2F}gr;
sees('--url', '--url', "kb://$escaped", 'docs');
sees('several hosts', '--url', "kb://%2Fnowhere,127.0.0.1:1,$escaped",
    'docs');
sees('KB_URL', 'docs', { env => { KBHOST => undef,
    KB_URL => "kb://$escaped/kb" } });
my $data = $ctl->home . '/.local/share';
mkdir $_ for $ctl->home . '/.local', $data;
symlink $kb->dir, "$data/kbd";
sees('the default directory', 'docs', { env => { KBHOST => undef } })
    if !-e '/var/lib/kbd/run';

# what people have set for PostgreSQL
my $home = $ctl->home;
mkdir "$home/.postgresql";
KBCtl::spew("$home/$_", "garbage\n") for qw(.pgpass .pg_service.conf
    .postgresql/postgresql.crt .postgresql/postgresql.key
    .postgresql/root.crt .postgresql/root.crl);
chmod 0644, "$home/.pgpass";
my %garbage = map { $_ => 'garbage' } qw(PGHOST PGHOSTADDR PGPORT PGDATABASE
    PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE PGOPTIONS PGAPPNAME
    PGSSLMODE PGREQUIRESSL PGSSLCERT PGSSLKEY PGSSLROOTCERT PGSSLCRL
    PGSSLCRLDIR PGSSLSNI PGSSLCOMPRESSION PGSSLMINPROTOCOLVERSION
    PGSSLMAXPROTOCOLVERSION PGREQUIREPEER PGGSSENCMODE PGKRBSRVNAME PGGSSLIB
    PGCONNECT_TIMEOUT PGCLIENTENCODING PGDATESTYLE PGTZ PGGEQO PGSYSCONFDIR
    PGLOCALEDIR PGTARGETSESSIONATTRS PGCHANNELBINDING PGLOADBALANCEHOSTS
    PGTTY PGREALM PGSSLNEGOTIATION);
sees('garbage in PG...', 'docs', { env => \%garbage });
is($err, '', 'not even a warning');
is(($ctl->run('ping', { env => \%garbage }))[0], 0, 'ping as well');

# TCP too: the service of these files would otherwise decide where to go
($status, $out, $err) = $ctl->run('-h', '127.0.0.1', '-p', '1', 'docs',
    { env => \%garbage });
is($status, 3, 'nobody listens there');
like($err, qr/127\.0\.0\.1.*port 1 .*refused/i, 'and nowhere else was asked');
unlike($err, qr/garbage/, 'nothing of it is in the message');

# refused
($status, $out, $err) = $ctl->run('-U', 'nobody-there', 'docs');
is($status, 4, 'a role that is not there: exit 4');
like($err, qr/does not let you in/, 'and why');

# the pager gets the environment as it was
my $seen = "$home/seen";
my @screen = $ctl->screen(80, 4, 'help', { env => {
    KB_PAGER => "env > $seen; cat >/dev/null", PGHOST => 'mine' } });
SKIP: {
	skip 'no tmux', 1 if !defined $ctl->{status};
	like(KBCtl::slurp($seen), qr/^PGHOST=mine$/m,
	    'the pager sees the person\'s own PG variables');
}
done_testing();
