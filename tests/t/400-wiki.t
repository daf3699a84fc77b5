# 400-wiki.t - the wiki with a browser that has no scripts.
#
# SPDX-License-Identifier: ISC
use strict;
use warnings;
use utf8;
use Encode qw(decode_utf8 encode_utf8);
use Test::More;
use KBWeb;

binmode Test::More->builder->$_, ':utf8' for qw(output failure_output);
my $src = $ENV{KB_SRCDIR} // '.';
my $web = KBWeb->new(settings => { log_min_messages => 'debug' });
my $kb = $web->kb;
my ($status, $out, $err) = $kb->kbctl('import',
    "$src/content/InterviewPro.md");
is($status, 0, 'the seed is there') or diag($err);

sub text { decode_utf8($_[0]{body}) }
sub h { KBWeb::header(@_) }

# ---- every page has the headers of the manual ----

my %fixed = (
	'Content-Security-Policy' => qr/^default-src 'none'; script-src 'self'/,
	'X-Content-Type-Options' => qr/^nosniff$/,
	'X-Frame-Options' => qr/^DENY$/,
	'Referrer-Policy' => qr/^same-origin$/,
	'Cross-Origin-Opener-Policy' => qr/^same-origin$/,
	'Cross-Origin-Resource-Policy' => qr/^same-origin$/,
	'Permissions-Policy' => qr/camera=\(\)/,
);
for my $path ('/', '/d/InterviewPro', '/e/4', '/search?q=CPU', '/changes',
    '/e/4/history', '/e/4/diff', '/login', '/help', '/nosuch', '/healthz',
    '/e/4.md', '/api/v1/documents') {
	my $p = $web->get($path);
	my @bad = grep { (h($p, $_) // '') !~ $fixed{$_} } sort keys %fixed;
	is("@bad", '', "$path has its headers");
	is(h($p, 'Strict-Transport-Security'), undef,
	    "$path: no HSTS with a certificate of its own");
	next if $p->{body} !~ /^<!DOCTYPE/;
	unlike($p->{body}, qr/<script(?! src=)|<style| style=| on\w+=/,
	    "$path: no inline script or style");
	cmp_ok(length $p->{body}, '<', 60 * 1024, "$path is under 60 kB");
}

# ---- reading ----

my $p = $web->get('/');
like($p->{body}, qr{<main.*?<form.*?</form>.*?<h2>}s, 'home: search first');
like(text($p), qr{href="/d/InterviewPro"[^>]*>InterviewPro 部署经验总结</a>},
    'home: the document');

$p = $web->get('/d/InterviewPro');
is($p->{status}, 200, 'the document');
my $text = text($p);
is(() = $text =~ /<input type="checkbox" disabled/g, 7, '7 task boxes');
is(() = $text =~ m{<span class="lang">(?:yaml|dockerfile|txt)</span>}g, 3,
    '3 templates');
is(() = $text =~ /<h1/g, 1, 'one h1');
is(() = $text =~ m{<h2 id=}g, 7, 'seven h2');
is(() = $text =~ m{<h3 id=}g, 17, 'seventeen h3');
like($text, qr{<nav class="toc".*?CPU 100% 占用}s, 'table of contents');
for my $id ($text =~ /class="toc".*?<\/nav>/s ? $& =~ /href="#([^"]+)"/g :
    ()) {
	my $name = decode_utf8($id =~ s/%(..)/chr hex $1/ger);
	like($text, qr/<h\d id="\Q$name\E">/, "$name leads somewhere");
}

# nothing of the Markdown is lost: its words are in the page's text
open my $in, '<:encoding(UTF-8)', "$src/content/InterviewPro.md" or die $!;
my $markdown = do { local $/; <$in> };
my $plain = KBWeb::unescape($text =~ s/<[^>]*>//gr);
my @lost;
for my $word ($markdown =~ /([\p{Han}\w][\p{Han}\w.:=\/-]*[\p{Han}\w])/g) {
	next if $word =~ /^(?:bash|yaml|dockerfile|txt)$/;
	push @lost, $word if index($plain, $word) < 0;
}
is("@lost", '', 'every word of the seed is in the page');
unlike($plain, qr/\*\*|```|\]\(/, 'no Markdown shows through');

$p = $web->request('/e/4');
is($p->{status}, 301, 'a number alone redirects');
like($p->{location}, qr{^/e/4-cpu-100-%E5%8D%A0%E7%94%A8$}, 'to its slug');
is($web->request('/e/4-an-old-slug')->{location}, $p->{location},
    'so does an old slug');
$p = $web->get('/e/4');
like(text($p), qr{<h1>2\. 🔴 <strong>CPU 100% 占用</strong></h1>}, 'entry');
like(text($p), qr{s-critical">critical</span>}, 'severity is a word');
like(text($p), qr{<div class="field symptom">.*部署后服务器.*?</div>}s,
    'the symptom is set apart');
like(text($p), qr{<div class="field fix">.*?Swap.*?</div>}s, 'so is the fix');
my ($linked) = text($p) =~ m{<section class="linked">\n<h2>See also</h2>(.*?)</section>}s;
like($linked // '', qr{<h3><a href="/e/\d+-cpu-100-[^"]*"[^>]*>CPU 100% 紧急处理</a>.*?runbook</span>}s,
    'the runbook belongs to it');
like($linked // '', qr{docker stats.*384M}s,
    'with its commands, and the template after it');
is(() = $p->{body} =~ /<h1/g, 1, 'one h1');
my %ids;
$ids{$_}++ for $p->{body} =~ / id="([^"]*)"/g;
is(join(' ', grep { $ids{$_} > 1 } sort keys %ids), '', 'no id twice');
is($web->request($_)->{status}, 404, "$_ is not there") for '/e/999',
    '/e/x', '/d/nosuch', '/e/4/nosuch', '/d/', '/static/x';

my ($exported) = ($kb->kbctl('export', 'InterviewPro'))[1];
is($web->get('/d/InterviewPro.md')->{body}, $exported, 'raw document');
is($web->get('/d/InterviewPro.md?as_of=1')->{body}, $exported, 'as of 1');
is($web->get('/d/InterviewPro.md?as_of=x')->{status}, 400, 'as of nothing');
my ($entry) = ($kb->psql('SELECT markdown FROM entries WHERE id = 4'));
is($web->get('/e/4.md')->{body} . "\n", $entry, 'raw entry');
is($web->get('/e/4.txt')->{body} . "\n", $entry, 'as text');
like($web->get('/e/4.json')->{body}, qr/"schema":"kb.entry\/1"/, 'as JSON');

# ---- searching ----

$p = $web->get('/search?q=%E6%95%B0%E6%8D%AE%E5%BA%93+500');
like(text($p), qr{<h2><a href="/e/3"[^>]*><mark>数据库</mark>表结构不一致},
    'the best answer, its words marked');
like(text($p), qr{confidence c-strong">strong match}, 'how well it fits');
like(text($p), qr{value="数据库 500"}, 'the box keeps the words');
$p = $web->get('/search?q=zzzzqqq+%3Cb%3E');
like($p->{body}, qr/No lesson answers this yet/, 'nothing found is said');
like($p->{body}, qr{record it.*<code>kbctl new</code>.*href="/new\?title=zzzzqqq%20%3Cb%3E"}s,
    'and how to record the lesson');
$web->get('/search?q=zzzzqqq+%3Cb%3E');		# never from the cache
$web->get('/search?q=zzzzq&typing=1');
is($web->get('/search')->{status}, 200, 'no words');
is($web->request('/q/CPU+100%25')->{location}, '/search?q=CPU%20100%25',
    'a browser is sent to the page');
$p = $web->request('/q/CPU+100%25', '-H', 'Accept: */*');
my ($answer) = ($kb->kbctl('CPU', '100%'))[1];
is(text($p), decode_utf8($answer), 'curl sees what kbctl prints');
like(text($p), qr/^   See also\s+CPU 100% 紧急处理/m, 'what belongs to it');
is($web->request('/q/zzzzqqq', '-H', 'Accept: */*')->{status}, 404,
    'nothing found is 404');

# ---- the past ----

$p = $web->get('/changes');
like($p->{body}, qr{<li id="r1">}, 'the revision');
$p = $web->get('/changes.atom');
like(h($p, 'Content-Type'), qr{^application/atom\+xml}, 'Atom');
like($p->{body}, qr{<entry><id>tag:.*?</entry>}, 'with an entry');
is($web->get('/e/4/history')->{status}, 200, 'history');
is($web->get('/e/4/diff?from=1&to=1')->{status}, 200, 'diff');
like($web->get('/e/4/diff')->{body}, qr/Both versions are the same/, 'same');
is($web->get('/e/4/diff?from=9&to=1')->{status}, 404, 'no such version');

# ---- two languages ----

my $zh = KBWeb->new(of => $web, lang => 'zh-CN,zh;q=0.9,en;q=0.8');
$p = $zh->get('/e/4');
like(text($p), qr{<html lang="zh-CN">.*致命</span>}s, 'in Chinese');
$p = $zh->get($1 =~ s/&amp;/&/gr) if $p->{body} =~ /href="(\/lang[^"]*)"/;
like($p->{body}, qr{<html lang="en">.*critical</span>}s, 'the switch');
like($zh->get('/')->{body}, qr/<html lang="en">/, 'and it stays');
is($zh->request('/lang?to=zh&back=//evil.example')->{location}, '/',
    'it leads nowhere else');
is($web->request('/lang?to=zh&back=/%5Cevil.example')->{location}, '/',
    'in no spelling');

# ---- conditions and encodings ----

$p = $web->get('/e/4');
my $tag = h($p, 'ETag');
my $slug = $p->{path};
$p = $web->request('/e/4.md', '-H', 'If-None-Match: "1"');
is($p->{status}, 304, '304 by version');
is($p->{body}, '', 'without a body');
is(h($web->request('/e/4.md'), 'ETag'), '"1"', 'ETag is the version');
my $date = h($web->request('/e/4.md'), 'Last-Modified');
is($web->request('/e/4.md', '-H', "If-Modified-Since: $date")->{status}, 304,
    '304 by date');
$p = $web->get('/e/4', '-H', "If-None-Match: W/\"x\", $tag");
is($p->{status}, 304, '304 of a page');
$p = $web->get('/e/4', '--head');
is(h($p, 'Content-Length') > 1000 && $p->{body} eq '', 1, 'HEAD');
$p = $web->get('/d/InterviewPro', '-H', 'Accept-Encoding: gzip');
is(h($p, 'Content-Encoding'), 'gzip', 'gzip');
is(h($web->get('/', '-H', 'Accept-Encoding: gzip', '-H',
    'Referer: https://elsewhere.example/'), 'Content-Encoding'), undef,
    'not for who comes from elsewhere');
is(h($web->get('/login', '-H', 'Accept-Encoding: gzip'),
    'Content-Encoding'), undef, 'nor where a secret is in the page');
ok($web->get('/d/InterviewPro', '--compressed')->{body} eq
    $web->get('/d/InterviewPro')->{body}, 'is the same page');

# ---- who may ----

is($web->request('/e/4/edit')->{location}, '/login?to=%2Fe%2F4%2Fedit',
    'writing needs a login');
$p = $web->request('/e/4/edit', '-d', 'markdown=x');
is($p->{status}, 303, 'a form too');
$p = $web->submit($web->get('/login'), name => 'admin', password => 'wrong');
is($p->{status}, 403, 'a wrong password');
$p = $web->submit($web->get('/login'), name => 'nobody', password => 'x');
is($p->{status}, 403, 'a name that is not there');
$p = $web->submit($web->get('/login'), name => 'admin',
    password => $web->password, form_token => 'f' x 64);
is($p->{status}, 403, 'a form without its token');
$p = $web->submit($web->get('/login?to=/e/4/history'), name => 'admin',
    password => $web->password);
is($p->{location}, '/e/4/history', 'the right one leads on');
like($p->{head}, qr/^Set-Cookie: __Host-kbd=[0-9a-f]{64}; Path=\/; Max-Age=604800; Secure; HttpOnly; SameSite=Lax\r$/m,
    'the cookie');
$p = $web->get('/account');
like($p->{body}, qr{<h1>admin</h1>}, 'logged in');
like(h($p, 'Cache-Control'), qr/private/, 'nobody keeps that page');

# ---- what was not found ----

my $gaps;
$kb->wait_for(sub { $gaps = $web->get('/gaps')->{body}; $gaps =~ /zzzzqqq/ });
like($gaps, qr{<a href="/search\?q=zzzzqqq%20%3Cb%3E">zzzzqqq &lt;b&gt;</a></td><td class="right">2</td>},
    'a gap, asked twice');
like($gaps, qr{href="/new\?title=zzzzqqq%20%3Cb%3E"}, 'can be filled');
unlike($gaps, qr/>zzzzq</, 'half a word is none');
my ($asked) = ($kb->kbctl('gaps'))[1];
like($asked, qr/^2 .* zzzzqqq <b>$/m, 'as kbctl tells it');
unlike($asked, qr/zzzzq$/m, 'and no half word');
is(KBWeb->new(of => $web)->get('/gaps')->{path}, '/login?to=%2Fgaps',
    'what people typed is for those who log in');
is($web->request('/logout', '-d', 'x=y')->{status}, 403,
    'a forged form does nothing');
is($web->submit($web->get('/e/4/edit'), action => 'preview',
    markdown => "### x\n\n**粗体。**后面 <script>alert(1)</script>\n")->{body} =~
    m{<strong>.*?</strong>.*<span class="raw">&lt;script&gt;}s, 1, 'preview');
for my $forged (['-H', 'Origin: https://evil.example'],
    ['-H', 'Sec-Fetch-Site: cross-site'], ['-H', 'Origin: null']) {
	my ($action, %f) = KBWeb::form($web->get('/account'), qr/logout/);
	is($web->request('/logout', '-d', "form_token=$f{form_token}",
	    @$forged)->{status}, 403, "@$forged");
}
is($web->submit($web->get('/account'), _form => qr/logout/)->{status}, 303,
    'logging out');
is($web->request('/account')->{status}, 303, 'it is over');

# ---- roles, rules, sessions ----

$kb->psql("CREATE ROLE reader LOGIN PASSWORD 'reader-pass'");
my $reader = KBWeb->new(of => $web);
is($reader->login('reader', 'reader-pass')->{status}, 303, 'a viewer');
is($reader->get('/e/4/edit')->{status}, 403, 'may not write');
$kb->psql("ALTER ROLE reader PASSWORD 'another-pass'");
is($reader->request('/account')->{status}, 303,
    'a new password ends the session');
is($reader->login('reader', 'another-pass')->{status}, 303, 'again');
$kb->psql('DROP ROLE reader');
is($reader->request('/account')->{status}, 303, 'so does dropping the role');

is($web->request('/', '-H', 'Host: evil.example')->{status}, 421,
    'another name');
is($web->request('/', '-H', "Host: localhost:1")->{status}, 200, 'localhost');
my $hba = KBTest::slurp($kb->dir . '/kbd_hba.conf');
KBTest::spew($kb->dir . '/kbd_hba.conf', $hba =~ s/^hostssl.*anonymous.*$//mgr);
$kb->signal('HUP');
$kb->wait_log(qr/read again/);
is($kb->wait_for(sub { $web->request('/')->{status} == 303 }), 1,
    'without the rule nobody reads unknown');
is($web->request('/api/v1/documents')->{status}, 401, 'nor the API');
is($web->request('/healthz')->{status}, 200, 'but is it alive');
KBTest::spew($kb->dir . '/kbd_hba.conf', $hba);
$kb->signal('HUP');
$kb->wait_for(sub { $web->request('/')->{status} == 200 });

# the base changes, and so does the page that was kept
$p = $web->get('/d/InterviewPro');
$kb->import_text('InterviewPro', "# fresh\n");
like($web->get('/d/InterviewPro')->{body}, qr/>fresh /, 'never an old page');

# ---- guessing ----

my $last = 0;
for (1 .. 15) {
	$last = $web->submit($web->get('/login'), name => 'admin',
	    password => 'wrong')->{status};
	last if $last == 429;
}
is($last, 429, 'guessing is slowed down');

like($web->get('/metrics')->{body}, qr/^kbd_http_requests_total\{code="4xx"\} \d/m,
    'metrics');
unlike($kb->log, qr/\Q@{[$web->password]}\E|reader-pass/,
    'no password in the log');
$kb->finish;
done_testing();
