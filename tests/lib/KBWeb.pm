# KBWeb.pm - a kbd with its wiki, and a browser without scripts: curl.
#
#   my $web = KBWeb->new;
#   my $page = $web->get('/e/4');
#   is($page->{status}, 200, 'it is there');
#   $page = $web->submit($page, message => 'why');	# the page's form
#
# A KBWeb keeps cookies; KBWeb->new(of => $other) is a second browser on the
# same server.
#
# SPDX-License-Identifier: ISC
package KBWeb;
use strict;
use warnings;
use IO::Socket::INET;
use KBTest;

our @ISA;

sub free_port {
	my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1',
	    LocalPort => 0) or die "no port: $@";
	return $s->sockport;
}

sub new {
	my ($class, %o) = @_;
	my $kb = $o{of} ? $o{of}{kb} : undef;
	my $port = $o{of} ? $o{of}{port} : free_port();
	KBTest::need('curl');
	if (!$kb) {
		$kb = KBTest->new(bare => 1);
		my @cmd = ($kb->kbd, 'init', '-D', $kb->dir);
		push @cmd, '--user', $kb->user if $kb->user;
		my ($status, $out, $err) = $kb->run(@cmd);
		die "kbd init: $err" if $status != 0;
		($kb->{password}) = "$out$err" =~
		    /password of the role admin.*:\s+(\S+)/;
		$kb->conf(listen_addresses => '127.0.0.1',
		    port => free_port(), https_port => $port,
		    %{ $o{settings} // {} });
		$kb->{port} = KBTest::slurp($kb->dir . '/kbd.conf') =~
		    /^port = '(\d+)'/m ? $1 : 7432;
		$kb->start;
	}
	our $n;
	return bless { kb => $kb, port => $port, lang => $o{lang},
	    jar => $kb->top . '/jar-' . ++$n }, $class;
}

sub kb { $_[0]{kb} }
sub url { "https://127.0.0.1:$_[0]{port}$_[1]" }
sub password { $_[0]{kb}{password} }

# One request; redirects are not followed. Extra arguments are curl's.
sub request {
	my ($self, $path, @args) = @_;
	my ($status, $out, $err) = $self->{kb}->run('curl', '-s', '-k', '-i',
	    '--path-as-is', '-b', $self->{jar}, '-c', $self->{jar},
	    '--max-time', '60',
	    (grep { /^Accept:/ } @args) ? () :
	    ('-H', 'Accept: text/html,application/xhtml+xml,*/*;q=0.8'),
	    ($self->{lang} ? ('-H', "Accept-Language: $self->{lang}") : ()),
	    @args, $self->url($path));
	1 while $out =~ s{\AHTTP/1\.1 100 .*?\r\n\r\n}{}s;
	my ($head, $body) = $out =~ /\A(.*?\r\n)\r\n(.*)\z/s;
	my %page = (path => $path, curl => $status, head => $head // '',
	    body => $body // '', status => 0, location => '');
	$page{status} = $1 if $page{head} =~ m{\AHTTP/1\.1 (\d+)};
	$page{location} = $1 if $page{head} =~ /^Location: (.*?)\r$/m;
	return \%page;
}

# A number of /metrics.
sub metric {
	my ($self, $name) = @_;
	return $self->request('/metrics')->{body} =~ /^\Q$name\E (\S+)$/m ?
	    $1 : -1;
}

sub header {
	my ($page, $name) = @_;
	return $page->{head} =~ /^\Q$name\E: (.*?)\r$/mi ? $1 : undef;
}

# Get a page, over redirects.
sub get {
	my ($self, $path, @args) = @_;
	my $page = $self->request($path, @args);
	my $left = 5;
	$page = $self->request($page->{location}, @args)
	    while $page->{location} =~ m{^/} && $left-- > 0;
	return $page;
}

my %entity = (amp => '&', lt => '<', gt => '>', quot => '"', '#39' => "'",
    '#10' => "\n");

sub unescape {
	my ($s) = @_;
	$s =~ s/&(#?\w+);/$entity{$1} \/\/ "&$1;"/ge;
	return $s;
}

# The last form of a page that has a token, as a browser would send it.
sub form {
	my ($page, $re) = @_;
	my ($form) = grep { !defined $re || $_ =~ $re }
	    $page->{body} =~ m{(<form\b[^>]*method="post".*?</form>)}sg;
	return unless defined $form;
	my %f;
	my ($action) = $form =~ /<form[^>]*action="([^"]*)"/;
	while ($form =~ /<input\b([^>]*)>/g) {
		my $a = $1;
		my ($name) = $a =~ /name="([^"]*)"/ or next;
		next if $a =~ /type="checkbox"/ && $a !~ /checked/;
		$f{$name} = unescape($a =~ /value="([^"]*)"/ ? $1 : '');
	}
	while ($form =~ m{<textarea\b[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>}sg) {
		my ($name, $text) = ($1, unescape($2));
		$text =~ s/\r?\n/\r\n/g;	# as browsers do
		$f{$name} = $text;
	}
	while ($form =~ m{<select\b[^>]*name="([^"]*)"[^>]*>(.*?)</select>}sg) {
		my ($name, $options) = ($1, $2);
		$f{$name} = unescape($1) if $options =~
		    /<option value="([^"]*)" selected>/ || $options =~
		    /<option value="([^"]*)"/;
	}
	return (unescape($action), %f);
}

# Send the page's form with some fields changed; not over redirects.
sub submit {
	my ($self, $page, %change) = @_;
	my $re = delete $change{_form};
	my ($action, %f) = form($page, $re);
	die "no form in $page->{path}: $page->{body}" unless defined $action;
	%f = (%f, %change);
	my @data;
	for my $name (sort keys %f) {
		my $file = $self->{kb}->top . "/field-$name";
		my $bytes = $f{$name};
		utf8::encode($bytes) if utf8::is_utf8($bytes);
		KBTest::spew($file, $bytes);
		push @data, '--data-urlencode', "$name\@$file";
	}
	return $self->request($action, @data);
}

sub login {
	my ($self, $name, $password) = @_;
	return $self->submit($self->get('/login'), name => $name // 'admin',
	    password => $password // $self->password);
}

# Bytes over TLS as they are, and what comes back until the server closes.
sub raw {
	my ($self, $bytes) = @_;
	my ($status, $out, $err) = $self->{kb}->run(\$bytes, 'timeout', '40', 'openssl',
	    's_client', '-quiet', '-connect',
	    "127.0.0.1:$self->{port}");
	return $out;
}

1;
