# 310-hostile.t - clients that lie, break off, flood, or never read.
#
# Each gets the right SQLSTATE or is dropped in time, while a second client's
# searches go on. At the end the server has as much memory and as many open
# files as before.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use Socket qw(SHUT_WR SOL_SOCKET SO_RCVBUF);
use File::Temp qw(tempfile);
use Test::More;
use Time::HiRes qw(time sleep);
use KBPostgres;
use KBTarget;
use KBWire;

use constant {
	CLOSE_TIMEOUT => 5,	# seconds for a server to drop a liar
	SEARCH_MS => 1000,	# the slowest search of the second client
	SLACK_MB => 8,		# memory that may stay
};

KBTarget->plan;
my $target = KBTarget->start;
my $stub = $target->{kind} eq 'postgres';
my $long = 60;			# bytes of which an endless login is made

$target->load_fixture;

sub raw {
	return KBWire->open(host => '127.0.0.1', port => $target->{port}, @_);
}

# A login that fails: the error's fields, and that the connection closes.
sub refused {
	my ($sqlstate, $name, %o) = @_;
	my $c = $target->wire(die => 0, %o);
	my $e = $c->{login_error} // { C => 'none' };

	is($e->{C}, $sqlstate, "$name is $sqlstate") or diag explain $e;
	ok($c->fill(1, CLOSE_TIMEOUT) == 0 && $c->{eof}, "$name is closed");
	$c->close(rude => 1);
	return $c;
}

sub logins {
	my $wrong = refused('28P01', 'a wrong password', password => 'wrong');
	my $empty = refused('28P01', 'an empty password', password => '');
	my $long = refused('28P01', 'a long password', password => 'x' x 500);
	my $nobody = refused('28P01', 'an unknown role', user => 'nobody-here');
	my $again = refused('28P01', 'an unknown role again',
	    user => 'nobody-here');
	my @salts = map { ($_->{server_first} // '') =~ /,s=([^,]+)/ }
	    $nobody, $again;
	my @rounds = map { ($_->{server_first} // '') =~ /,i=(\d+)$/ }
	    $wrong, $nobody;

	is($nobody->{auth_steps}, $wrong->{auth_steps},
	    'an unknown role goes the same steps');
	is($nobody->{login_error}{M}, 'password authentication failed for ' .
	    'user "nobody-here"', 'and gets the same words');
	is($salts[0], $salts[1], 'its salt stays the same');
	is($rounds[0], $rounds[1], 'its iterations are the usual ones');
	refused('28P01', 'an expired role', user => $target->{expired})
	    if $target->{expired};
	refused('28000', 'a refusal by the client rules',
	    user => $target->{refused}) if $target->{refused};
	refused('3D000', 'an unknown database', database => 'nosuch');
	refused('28000', 'no user at all', user => '');
	refused('28P01', 'a user in SQL', user => q{' OR ''='});
	refused('28P01', 'a very long user', user => 'u' x 5000);
	is($target->wire->query('SELECT 1')->{z}, 'I', 'the right one comes in');
}

# What a server does to bytes: '28P01', 'closed', 'open' ... ('', message).
sub fate {
	my ($c, $timeout) = @_;
	my ($got, $closed) = $c->drain($timeout // CLOSE_TIMEOUT);
	my ($error) = grep { $_->[0] eq 'E' } @$got;

	return ($closed ? 'closed' : 'open',
	    $error ? $c->fields($error->[1])->{C} : '', join '', map {
	    $_->[0] } @$got);
}

# Bytes before the login: the connection must end, with one of the SQLSTATEs
# or without a word.
sub before_login {
	my ($name, $bytes, $sqlstates, %o) = @_;
	my $c = raw();
	my $want = join '|', split ' ', $sqlstates;

	$c->send_bytes($bytes);
	shutdown $c->{fh}, SHUT_WR if $o{finish};
	my ($state, $code, $seen) = fate($c, $o{timeout});
	ok($state eq 'closed' && $code =~ /^(?:$want|)$/ && $seen !~ /[KZ]/,
	    $name) or diag "$state, SQLSTATE '$code', messages '$seen'";
	$c->close(rude => 1);
}

sub startups {
	my $hello = KBWire->startup_bytes(0x30000, user => $target->{user},
	    database => 'kb');

	before_login('a startup packet of 0 bytes', pack('N', 0), '08P01');
	before_login('of 4 bytes', pack('N', 4), '08P01');
	before_login('of 7 bytes', pack('NC3', 7, 0, 3, 0), '08P01');
	before_login('of 10,001 bytes', pack('N', 10001) . 'x' x 9997,
	    '08P01 0A000');
	before_login('of 2 GB', pack('NN', 0x7fffffff, 0x30000), '08P01');
	before_login('of -1 bytes', pack('NN', 0xffffffff, 0x30000), '08P01');
	before_login('without the last null', pack('NN', 16, 0x30000) .
	    "user\0edi", '08P01 28000');
	before_login('with a name and no value', pack('NN', 14, 0x30000) .
	    "user\0\0", '08P01 28000');
	before_login('cut off', substr($hello, 0, 12), '', finish => 1);
	before_login('cut off inside the length', substr($hello, 0, 2), '',
	    finish => 1);
	before_login('of version 4', KBWire->startup_bytes(0x40000, user =>
	    'x'), '0A000');
	# PostgreSQL answers version 2 in its form: E, text, null.
	my $c = raw();
	$c->send_bytes(KBWire->startup_bytes(0x20000, user => 'x'));
	$c->fill(1e6, CLOSE_TIMEOUT);
	ok($c->{eof} && $c->{in} =~ /^(?:E|$)/, 'of version 2');
	$c->close(rude => 1);
	before_login('HTTP', "GET / HTTP/1.1\r\nHost: kb\r\n\r\n", '08P01 0A000',
	    finish => 1);
	before_login('a greeting of SSH', "SSH-2.0-OpenSSH_9\r\n", '08P01 0A000',
	    finish => 1);
	before_login('TLS without asking', "\x16\x03\x01\x02\0\1\0\1\xfc\3\3" .
	    'r' x 300, '08P01 0A000', finish => 1);
	before_login('a cancel request for nobody', pack('N4', 16, 80877102,
	    12345, 67890), '');
	before_login('a cancel request that is too short', pack('NN', 8,
	    80877102), '08P01');
	before_login('a cancel request that is too long', pack('N4', 2000,
	    80877102, 1, 2) . 'x' x 1984, '08P01');
	before_login('a query instead of a password', $hello .
	    KBWire->message(Q => "SELECT 1\0"), '08P01 28P01');
	before_login('a password in clear', $hello . KBWire->message(p =>
	    "secret\0"), '08P01 28P01');
	before_login('an unknown mechanism', $hello . KBWire->message(p =>
	    "PLAIN\0" . pack('N', 3) . "a\0b"), '08P01 28P01');
	before_login('SCRAM-PLUS without TLS', $hello . KBWire->message(p =>
	    "SCRAM-SHA-256-PLUS\0" . pack('N', 30) .
	    'p=tls-server-end-point,,n=,r=x'), '08P01 28P01');
	before_login('a SASL message with a false length', $hello .
	    KBWire->message(p => "SCRAM-SHA-256\0" . pack('N', 0x7fffffff) .
	    'n,,n=,r=x'), '08P01 28P01');
	before_login('a SASL message of 100 KB', $hello . KBWire->message(p =>
	    "SCRAM-SHA-256\0" . pack('N', 100_000) . 'n,,n=,r=' . 'x' x 99992),
	    '08P01 28P01');
	before_login('a nonce that is not printable', $hello . KBWire->message(
	    p => "SCRAM-SHA-256\0" . pack('N', 10) . "n,,n=,r=\1\2"),
	    '08P01 28P01');
	before_login('an authzid', $hello . KBWire->message(p =>
	    "SCRAM-SHA-256\0" . pack('N', 22) . 'n,a=admin,n=,r=abcdefg'),
	    '08P01 28P01 0A000');
	before_login('a mandatory extension', $hello . KBWire->message(p =>
	    "SCRAM-SHA-256\0" . pack('N', 16) . 'n,,m=x,n=,r=abcd'),
	    '08P01 28P01 0A000');
}

# Clients that begin and then say nothing more, all at the same time.
sub silences {
	my $login = $target->{login_timeout} + CLOSE_TIMEOUT;
	my %bytes = (
		'after the startup packet' => KBWire->startup_bytes(0x30000,
		    user => $target->{user}, database => 'kb'),
		'from the first byte on' => '',
		'after the length' => pack('N', 100),
		'after half an SSLRequest' => pack('NN', 8, 80877103) =~
		    s/..$//sr,
		'after an SSLRequest' => pack('NN', 8, 80877103),
	);
	my %silent = map { $_ => raw() } sort keys %bytes;

	$silent{$_}->send_bytes($bytes{$_}) for sort keys %bytes;
	for my $name (sort keys %silent) {
		my $c = $silent{$name};

		$c->byte if $name eq 'after an SSLRequest';
		my ($state, $code, $seen) = fate($c, $login);
		is("$state $code", 'closed ' . ($seen =~ /R/ ? '57014' : ''),
		    "silence $name");
		$c->close(rude => 1);
	}
}

# A client that lies in its SCRAM answer.
sub false_proofs {
	for my $lie ('other nonce', 'no proof', 'short proof', 'after the proof',
	    'other binding') {
		my $c = raw(user => $target->{user});
		my ($type, $body);

		$c->send_startup(0x30000, user => $target->{user},
		    database => 'kb');
		$c->recv;
		$c->scram_first;
		($type, $body) = $c->recv;
		my ($nonce) = $body =~ /r=([^,]+)/;
		my $proof = 'A' x 43 . '=';

		$c->send(p => {
			'other nonce' => "c=biws,r=x$nonce,p=$proof",
			'no proof' => "c=biws,r=$nonce",
			'short proof' => "c=biws,r=$nonce,p=AAAA",
			'after the proof' => "c=biws,r=$nonce,p=$proof,x=y",
			'other binding' => "c=eSws,r=$nonce,p=$proof",
		}->{$lie});
		my ($state, $code) = fate($c);
		ok($state eq 'closed' && $code =~ /^(?:28P01|08P01)$/,
		    "SCRAM: $lie") or diag "$state $code";
		$c->close(rude => 1);
	}
}

# Plaintext that comes with an SSLRequest must not count as said through TLS.
sub injections {
	my $ssl = pack('NN', 8, 80877103);
	my $gss = pack('NN', 8, 80877104);
	my $hello = KBWire->startup_bytes(0x30000, user => $target->{user},
	    database => 'kb');

	for my $more ($hello, 'x', KBWire->message(Q => "SELECT 1\0")) {
		my $c = raw();

		$c->send_bytes($ssl . $more);
		$c->fill(1);
		my $answer = substr $c->{in}, 0, 1, '';
		shutdown $c->{fh}, SHUT_WR;
		my ($state, $code, $seen) = fate($c);
		ok($answer =~ /^[SE]?$/ && $state eq 'closed' && $seen !~ /R/,
		    length($more) . ' bytes after an SSLRequest') or
		    diag "answer $answer, $state $code, messages $seen";
		$c->close(rude => 1);
	}
	my $c = raw();
	$c->send_bytes($ssl);
	$c->fill(1);
	is(substr($c->{in}, 0, 1, ''), 'S', 'TLS is offered');
	$c->send_bytes($hello);
	my ($state, $code, $seen) = fate($c);
	ok($state eq 'closed' && $seen !~ /R/,
	    'a startup packet in clear after S') or diag "$state $code $seen";
	$c->close(rude => 1);
	$c = raw();
	$c->send_bytes($gss);
	$c->fill(1);
	like(substr($c->{in}, 0, 1, ''), $stub ? qr/[GN]/ : qr/N/,
	    'GSSAPI is not offered');
	$c->send_bytes($gss . $gss);
	shutdown $c->{fh}, SHUT_WR;
	$c->fill(1);
	($state) = fate($c);
	is($state, 'closed', 'nor asked for again and again');
	$c->close(rude => 1);
	before_login('a startup packet in two parts after GSSENCRequest',
	    $gss . substr($hello, 0, 6), '08P01', finish => 1);
}

# One message after the login. It may be answered by an error, after which
# the connection goes on, or end the connection; never by silence.
sub message_fate {
	my ($name, $bytes, $want, %o) = @_;
	my $c = $target->wire;
	my ($state, $code, $seen);

	$c->send_bytes($bytes);
	$c->send(S => '') if $o{sync};
	if ($o{finish}) {
		shutdown $c->{fh}, SHUT_WR;
		($state, $code, $seen) = fate($c);
	} else {
		my $r = $c->result(timeout => CLOSE_TIMEOUT);

		$code = $r->{error} ? $r->{error}{C} : '';
		$state = $code eq 'CLOSED' || $c->{eof} ? 'closed'
		    : $code eq 'TIMEOUT' ? 'silent' : 'open';
		$code = '' if $state eq 'closed' && $code eq 'CLOSED';
		# After a FATAL error nothing but the end may come.
		$state = 'closed' if $r->{error} && ($r->{error}{S} // '') eq
		    'FATAL' && !$c->fill(1, CLOSE_TIMEOUT) && $c->{eof};
	}
	my $got = $code ? "$state $code" : $state;
	like($got, qr/^(?:$want)$/, $name);
	if ($state eq 'open') {
		$c->send(S => '') unless $seen;
		$c->result(timeout => CLOSE_TIMEOUT);
		is($c->query('SELECT 7 AS x')->{rows}[0][0] // 'nothing', 7,
		    "$name: the connection goes on");
	}
	$c->close(rude => 1);
}

sub lengths {
	my $gone = 'closed(?: 08P01| 54000| 53200)?';

	for my $type (split //, 'QPBDECHSFXpdcf') {
		next if $type eq 'X';	# whatever its length, it is the end
		message_fate("$type of 2 GB", $type . pack('N', 0x7fffffff),
		    "$gone|silent", finish => 1);
		message_fate("$type of -1 bytes", $type . pack('N', 0xffffffff),
		    $gone);
		message_fate("$type of 0 bytes", $type . pack('N', 0), $gone);
		message_fate("$type of 3 bytes", $type . pack('N', 3), $gone);
		message_fate("$type cut off in its length", $type . "\0\0",
		    'closed(?: 08P01)?', finish => 1);
		message_fate("$type cut off in its body", $type .
		    pack('N', 1000) . 'abc', 'closed(?: 08P01)?', finish => 1);
	}
	for my $type (split //, 'DECHS') {
		message_fate("$type of 1 MB", KBWire->message($type, 'x' x
		    1_000_000), "$gone|open 08P01|open 26000|open 34000");
	}
	for my $type ("\0", "\xff", 'Z', 'a', 'R', '!') {
		message_fate(sprintf('unknown message %02x', ord $type),
		    KBWire->message($type, ''), 'closed(?: 08P01)?');
	}
}

# Bodies that do not hold what their message needs.
sub bodies {
	my $no = 'open 08P01|closed(?: 08P01)?';
	my $bind = KBWire->bind_body('', '', []);

	message_fate('Q without its null', KBWire->message(Q => 'SELECT 1'), $no);
	message_fate('Q with nothing', KBWire->message(Q => ''), $no);
	message_fate('Q with two texts', KBWire->message(Q => "SELECT 1\0x\0"),
	    $no);
	message_fate('Q that is not UTF-8', KBWire->message(Q =>
	    "SELECT '\xff\xfe'\0"), 'open 22021');
	message_fate('P with nothing', KBWire->message(P => ''), $no, sync => 1);
	message_fate('P without its types', KBWire->message(P =>
	    "\0SELECT 1\0"), $no, sync => 1);
	message_fate('P with fewer types than said', KBWire->message(P =>
	    "\0SELECT 1\0" . pack('nN', 500, 23)), $no, sync => 1);
	message_fate('P with -1 types', KBWire->message(P =>
	    "\0SELECT 1\0" . pack('n', 65535)), $no, sync => 1);
	message_fate('P with more than it needs', KBWire->message(P =>
	    "\0SELECT 1\0" . pack('nN', 0, 7)), $no, sync => 1);
	message_fate('P with a long name', KBWire->message(P => 'n' x 100_000 .
	    "\0SELECT 1\0\0\0"), "$no|open|open 54000|open 42622", sync => 1);
	message_fate('P with an unknown type', KBWire->message(P =>
	    KBWire->parse_body('', 'SELECT $1', 999999)), 'open 42704|open 42P18' .
	    ($stub ? '|open XX000' : '|open 0A000'), sync => 1);
	message_fate('B of no statement', KBWire->message(B =>
	    KBWire->bind_body('', 'nosuch', [])), 'open 26000', sync => 1);
	for my $n (0 .. length($bind) - 1) {
		message_fate("B cut at $n bytes", parsed('SELECT 1') .
		    KBWire->message(B => substr $bind, 0, $n), $no, sync => 1);
	}
	message_fate('B with too many values', parsed('SELECT 1') .
	    KBWire->message(B => KBWire->bind_body('', '', ['a'])),
	    'open 08P01', sync => 1);
	message_fate('B with too few values', parsed('SELECT $1') .
	    KBWire->message(B => $bind), 'open 08P01', sync => 1);
	message_fate('B with a value of 2 GB', parsed('SELECT $1') .
	    KBWire->message(B => "\0\0" . pack('nnN', 0, 1, 0x7fffffff) . 'x'),
	    $no, sync => 1);
	message_fate('B with a value of -2 bytes', parsed('SELECT $1') .
	    KBWire->message(B => "\0\0" . pack('nnN', 0, 1, 0xfffffffe) .
	    "x\0\0"), $no, sync => 1);
	message_fate('B with a format that does not exist',
	    parsed('SELECT $1') . KBWire->message(B => "\0\0" .
	    pack('nnnN', 1, 9, 1, 1) . 'x' . pack('n', 0)),
	    'open 22023|open 08P01|open 0A000', sync => 1);
	message_fate('B with three formats for one value', parsed('SELECT $1') .
	    KBWire->message(B => "\0\0" . pack('nn3nN', 3, 0, 0, 0, 1, 1) . 'x' .
	    pack('n', 0)), 'open 08P01', sync => 1);
	message_fate('B with an int4 of three bytes', parsed('SELECT $1', 23) .
	    KBWire->message(B => "\0\0" . pack('nnnN', 1, 1, 1, 3) . 'abc' .
	    pack('n', 0)), 'open 22P03|open 08P01', sync => 1);
	message_fate('B with text that is not UTF-8', parsed('SELECT $1', 25) .
	    KBWire->message(B => KBWire->bind_body('', '', ["\xff"])),
	    'open 22021', sync => 1);
	message_fate('B with text that holds a null', parsed('SELECT $1', 25) .
	    KBWire->message(B => KBWire->bind_body('', '', ["a\0b"])),
	    'open 22021', sync => 1);
	message_fate('B with result formats that do not fit',
	    parsed('SELECT 1, 2, 3') . KBWire->message(B =>
	    KBWire->bind_body('', '', [], 0, 0)), 'open 08P01', sync => 1);
	message_fate('D of nothing', KBWire->message(D => ''), $no, sync => 1);
	message_fate('D of an unknown kind', KBWire->message(D => "X\0"), $no,
	    sync => 1);
	message_fate('D of no statement', KBWire->message(D => "Snosuch\0"),
	    'open 26000', sync => 1);
	message_fate('D of no portal', KBWire->message(D => "Pnosuch\0"),
	    'open 34000', sync => 1);
	message_fate('E of no portal', KBWire->message(E => "nosuch\0\0\0\0\0"),
	    'open 34000', sync => 1);
	message_fate('E without its number', KBWire->message(E => "\0"), $no,
	    sync => 1);
	message_fate('E with a negative number', parsed('SELECT 1') .
	    KBWire->message(B => $bind) . KBWire->message(E => "\0\xff\xff\xff\xff"),
	    'open|open 08P01', sync => 1);
	message_fate('C of an unknown kind', KBWire->message(C => "X\0"), $no,
	    sync => 1);
	message_fate('C of nothing there', KBWire->message(C => "Snosuch\0"),
	    'open', sync => 1);
	message_fate('S with a body', KBWire->message(S => 'x'), $no);
	message_fate('F', KBWire->message(F => pack('Nnnn', 1, 0, 0, 0)),
	    'open 0A000|open 42883|open 08P01|open 42501|closed 08P01');
	message_fate('p after the login', KBWire->message(p => "secret\0"),
	    'closed(?: 08P01)?');
	message_fate('d outside of a copy', KBWire->message(d => 'x') .
	    KBWire->message(Q => "SELECT 1\0"), 'open|closed(?: 08P01)?');
	message_fate('a startup packet after the login',
	    KBWire->startup_bytes(0x30000, user => 'x'), 'closed(?: 08P01)?');
	message_fate('an SSLRequest after the login', pack('NN', 8, 80877103),
	    'closed(?: 08P01)?');
	message_fate('a name twice', KBWire->message(P => KBWire->parse_body('n',
	    'SELECT 1')) x 2, 'open 42P05', sync => 1);
	message_fate('two statements in P', parsed('SELECT 1; SELECT 2'),
	    'open 42601', sync => 1);
}

sub parsed {
	my ($sql, @oids) = @_;

	return KBWire->message(P => KBWire->parse_body('', $sql, @oids));
}

# Ten thousand random bytes, the same in each run.
sub noise {
	my ($seed) = @_;
	my $x = $seed * 2654435761 % 2**32;

	return join '', map {
		$x = ($x * 1664525 + 1013904223) % 2**32;
		chr($x >> 24);
	} 1 .. 10_000;
}

sub random_bytes {
	for my $seed (1 .. 10) {
		my $c = raw();
		$c->send_bytes(noise($seed));
		shutdown $c->{fh}, SHUT_WR;
		my ($state, $code, $seen) = fate($c);
		ok($state eq 'closed' && $seen !~ /[KZ]/,
		    "10,000 random bytes, $seed, before the login")
		    or diag "$state $code $seen";
		$c->close(rude => 1);
		$c = $target->wire;
		$c->send_bytes(substr('QPBDECHS', $seed % 8, 1) . noise($seed));
		shutdown $c->{fh}, SHUT_WR;
		($state) = fate($c);
		is($state, 'closed', "and after it");
		$c->close(rude => 1);
	}
}

# The legal messages of a session in random order: an answer to each Sync.
sub random_order {
	my @legal = (
		[P => KBWire->parse_body('', 'SELECT id FROM entries ORDER BY id')],
		[P => KBWire->parse_body('s', 'SELECT $1::text')],
		[B => KBWire->bind_body('', '', [])],
		[B => KBWire->bind_body('p', 's', ['x'])],
		[D => "P\0"], [D => "Ss\0"], [E => "\0\0\0\0\3"],
		[E => "p\0\0\0\0\0"], [C => "Ss\0"], [C => "P\0"], [H => ''],
		[Q => "BEGIN\0"], [Q => "ROLLBACK\0"], [Q => "SELECT nosuch\0"],
		[Q => "\0"],
	);
	my $x = 7;
	my $c = $target->wire;
	my $bad = '';

	for my $round (1 .. 200) {
		my @some = map {
			$x = ($x * 1103515245 + 12345) % 2**31;
			@{ $legal[($x >> 16) % @legal] };
		} 1 .. 12;

		$c->send(@some, S => '', Q => "ROLLBACK\0",
		    Q => "SELECT 'round $round'\0");
		for my $answer (1 .. 20) {
			my $r = $c->result(timeout => 5);
			my $row = $r->{rows}[0] // [''];

			last if ($row->[0] // '') eq "round $round";
			next if defined $r->{z} && $answer < 20;
			$bad = "round $round: " . join ' ', map {
			    $some[2 * $_] } 0 .. 11;
			last;
		}
		last if $bad;
	}
	is($bad, '', '200 rounds of legal messages in any order');
	$c->close(rude => 1);
}

# Clients that never read: the server must stop making rows for them.
sub never_reading {
	my $before = $target->memory_kb;
	my @all;

	for (1 .. 10) {
		my $c = $target->wire;
		my $sql = 'SELECT a.markdown, b.markdown FROM entries a, entries b';

		setsockopt $c->{fh}, SOL_SOCKET, SO_RCVBUF, 4096;
		$c->send(Q => "$sql\0");
		push @all, $c;
	}
	sleep 2;
	my $grown = ($target->memory_kb - $before) / 1024;
	ok($grown < 10 * 8 || $target->sanitized, sprintf
	    'ten clients that never read cost %.1f MB', $grown);
	$_->close(rude => 1) for @all;
	@all = map { $target->wire } 1 .. 3;
	# One that sends without end and never reads what it is told.
	for my $c (@all) {
		$c->{fh}->blocking(0);
		for (1 .. 2000) {
			last unless defined syswrite $c->{fh},
			    KBWire->message(Q => "SELECT 'x'\0") x 50;
		}
	}
	sleep 1;
	$grown = ($target->memory_kb - $before) / 1024;
	ok($grown < 3 * 16 || $target->sanitized, sprintf
	    'three that write and never read cost %.1f MB', $grown);
	$_->close(rude => 1) for @all;
}

# Thirty clients that send a byte a second.
sub one_byte_a_second {
	my $hello = KBWire->startup_bytes(0x30000, user => $target->{user},
	    database => 'kb', options => 'x' x $long);
	my $query = KBWire->message(Q => "SELECT 1 AS one\0");
	my @slow = map { raw() } 1 .. 30;
	my @patient = map { $target->wire } 1 .. 5;
	my $start = time;
	my $seconds = $target->{login_timeout} + 4;
	my $answered = 0;

	for my $i (0 .. $seconds * 2) {
		last if $i >= length $hello && $i >= length $query;
		$_->send_bytes(substr $hello, $i / 2, 1) for $i % 2 ? () : @slow;
		# these are logged in and may take their time
		$_->send_bytes(substr $query, $i / 2, 1) for
		    $i % 2 || $i / 2 >= length $query ? () : @patient;
		sleep 0.5;
	}
	my $dropped = grep { $_->fill(1e6, 0.01) || $_->{eof} } @slow;
	is($dropped, scalar @slow, sprintf 'logins of a byte a second are ' .
	    'dropped (%.0f s)', time - $start);
	for my $c (@patient) {
		$c->send_bytes(substr $query, int($seconds) + 1);
		$answered++ if ($c->result->{tag} // '') eq 'SELECT 1';
	}
	is($answered, scalar @patient, 'slow queries are answered');
	$_->close(rude => 1) for @slow, @patient;
}

# Connections that come and go, and more of them than there is room for.
sub floods {
	for (1 .. 300) {
		my $c = raw() or next;
		$c->send_bytes(substr(KBWire->startup_bytes(0x30000, user =>
		    'x'), 0, $_ % 20));
		$c->close(rude => 1);
	}
	my @all = map { raw() } 1 .. 300;
	my $c;

	for (1 .. 50) {
		$c = $target->wire(die => 0);
		last if $c && !$c->{login_error};
		sleep 0.2;
	}
	ok($c && !$c->{login_error}, 'a good client comes in beside 300 silent')
	    or diag explain $c && $c->{login_error};
	$_->close(rude => 1) for grep { $_ } @all;
	my @good = map { $target->wire(die => 0) } 1 .. 150;
	my %codes;
	$codes{$_ ? $_->{login_error} ? $_->{login_error}{C} : 'in' : 'none'}++
	    for @good;
	ok(!grep({ !/^(?:in|53300|CLOSED|none)$/ } keys %codes),
	    'too many connections are 53300') or diag explain \%codes;
	$_->close for grep { $_ && !$_->{login_error} } @good;
}

# The second client: searches in a process of its own until told to stop.
sub begin_searches {
	my ($out, $path) = tempfile(UNLINK => 1);
	pipe my $has_begun, my $begun or die "pipe: $!";
	my $pid = fork // die "fork: $!";

	if ($pid) {
		close $begun;
		sysread $has_begun, my $byte, 1;
		return { pid => $pid, path => $path };
	}
	my ($stop, $n, $most, $error) = (0, 0, 0, '');
	$SIG{TERM} = sub { $stop = 1 };
	my $c = eval { $target->wire } or $error = "login: $@";
	while (!$stop && !$error) {
		my $start = time;
		my $r = $c->extended('SELECT rank, title FROM search($1)',
		    params => [[25, $n % 2 ? 'docker' : 'redis']]);
		my $ms = (time - $start) * 1000;

		$n++;
		$most = $ms if $ms > $most;
		$error = "$r->{error}{C} " . ($r->{error}{M} // '')
		    if $r->{error};
		$error ||= 'no rows' unless @{ $r->{rows} };
		syswrite $begun, '.' if $n == 1;
		sleep 0.02;
	}
	printf $out "%d\n%d\n%s\n", $n, $most, $error;
	close $out;
	require POSIX;
	POSIX::_exit(0);
}

sub end_searches {
	my ($s, $name) = @_;

	kill TERM => $s->{pid};
	waitpid $s->{pid}, 0;
	my ($n, $most, $error) = split /\n/, KBPostgres::slurp($s->{path});
	ok(!$error && ($n // 0) > 0 && $most <= SEARCH_MS, sprintf
	    '%s: %d searches beside it, the slowest %d ms', $name, $n // 0,
	    $most // 0) or diag $error // 'no answer';
}

my %parts = (
	logins => \&logins, startups => \&startups, silences => \&silences,
	'false proofs' => \&false_proofs, injections => \&injections,
	lengths => \&lengths, bodies => \&bodies,
	'random bytes' => \&random_bytes, 'random order' => \&random_order,
	'never reading' => \&never_reading,
	'a byte a second' => \&one_byte_a_second, floods => \&floods,
);

# Once around before measuring: caches and pools fill the first time.
refused('28P01', 'a first wrong password', password => 'wrong');
startups() if $target->{kind} ne 'postgres';
sleep 1;
my ($memory, $files) = ($target->memory_kb, $target->descriptors);
for my $name ('logins', 'startups', 'silences', 'false proofs', 'injections', 'lengths',
    'bodies', 'random bytes', 'random order', 'never reading',
    'a byte a second', 'floods') {
	my $s = begin_searches();
	my $start = time;

	$parts{$name}->();
	end_searches($s, $name);
	note(sprintf '%s: %.1f s', $name, time - $start);
	last unless ok($target->alive, "$name: the server is still there");
}
# PostgreSQL has workers of its own that come and go.
my $spare = $stub ? 20 : 0;
for (1 .. 20) {
	sleep 0.5;
	last if $target->descriptors <= $files + $spare &&
	    $target->memory_kb - $memory < SLACK_MB * 1024;
}
cmp_ok($target->descriptors, '<=', $files + $spare, 'as many open files as before');
my $stays = ($target->memory_kb - $memory) / 1024;
ok($stays < SLACK_MB || $target->sanitized, sprintf
    'memory is back to where it was (%+.1f MB)', $stays);
done_testing;
