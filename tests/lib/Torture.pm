# Torture.pm - Markdown that is hard to take apart and put together again.
#
# torture_documents($n) returns $n [name, bytes] pairs, the same ones each
# time: byte order marks, every line end, front matter, setext headings,
# reference definitions around headings, raw HTML, headings in quotes and
# lists, unclosed fences, no heading at all, nothing at all.
#
# SPDX-License-Identifier: ISC
package Torture;
use strict;
use warnings;
use utf8;
use Exporter 'import';

our @EXPORT_OK = qw(torture_documents);

my $state;

# A small generator of our own: rand() differs between Perl builds.
sub pick {
	my ($n) = @_;
	$state = ($state * 1103515245 + 12345) & 0x7fffffff;
	return int($state / 65536) % $n;
}

my @headings = (
	"# One",
	"## 2. \x{1F534} **数据库** (最关键)",
	"### three ###",
	"#### `code` and [link](http://x.y/z) {#anchor}",
	"##### five \\# not closed #\\#",
	"###### 六",
	"#",
	"## ",
	"   ## three blanks before",
	"#\ttab after",
	"Setext one\n===",
	"Setext two\n---",
	"Setext over\ntwo lines\n-----",
	"Setext *after* blanks   \n   ====   ",
	"## Fix",
	"## 解决方案:",
);

my @blocks = (
	"A paragraph of plain text.",
	"**问题**: 部署后 CPU 满载\n**解决**:\n- 限制资源\n- 加 swap",
	"Trailing blanks   \nand a tab\t",
	"#not a heading, no blank",
	"####### seven marks are text",
	"\\# escaped",
	"    # indented code, no heading",
	"```\n# in a fence\n## also\n```",
	"~~~sh\n# comment\ndocker ps\n~~~",
	"````\n```\n# inner\n```\n````",
	"> # in a quote\n> text",
	"- # in a list\n- item\n\n  ## still in it",
	"1. step\n\n   ```bash\n   # nested\n   ls\n   ```",
	"<div>\n# in raw HTML\n</div>",
	"<!-- comment\n\n# in a comment\n-->",
	"<script>\n\n# in a script\n</script>",
	"<pre>\n\n## in pre\n</pre>",
	"[ref]: http://example.com/ \"title\"",
	"[one]: /a\n[two]: /b\n  'title'",
	"[multi]:\n  /url\n  \"a title\n  over lines\"",
	"[ref]\n\n[ref]: /late",
	"| a | b |\n|---|---|\n| 1 | 2 |",
	"***",
	"---",
	"___",
	"- [ ] task\n- [x] done",
	"line one\nline two\\\nline three",
	"emoji \x{1F600} \x{1F469}\x{200D}\x{1F4BB} and a\x{0301} combining",
	"separators \x{2028} and \x{2029} and \x{85} here",
	"\x{FEFF}a mark in the middle",
	"full width ＃ not a heading",
	"x" x 3000,
	"* * *\n+ # plus list heading",
	"term\n: not a definition list",
	"&#35; an entity is no heading",
	"=\n",
	"-",
	"a\n=b",
	"\n\n\n",
	" \n\t\n",
	"\x0c",
	"> quote\nlazy\n===",
	"- item\n===",
	'$ docker-compose logs --tail=50 backend',
	"'processed' is not among the defined enum values",
);

my @fronts = (
	"", "", "", "",
	"---\ntitle: A title\ntags: [a, b]\ndate: 2025-08-03\n---\n",
	"---\n# a comment, no heading\n---\n\n",
	"---\n\nnot closed\n",
	"---\n---\n",
	"\n---\ntitle: too late\n---\n",
);

my @tails = ("", "\n", "\n\n", "\n---\n", "   ", "\n```\n# never closed",
	"\n<!-- never closed\n# x", "\n[dangling]:", "\n#", "\n---", "\n\t");

my @line_ends = ("\n", "\n", "\n", "\r\n", "\r\n", "\r", "mixed");

sub one_document {
	my $text = $fronts[pick(scalar @fronts)];
	my $parts = pick(14);
	for my $i (1 .. $parts) {
		my $block = pick(3) == 0 ? $headings[pick(scalar @headings)]
		    : $blocks[pick(scalar @blocks)];
		$text .= $block . ("\n", "\n\n", "\n\n\n")[pick(3)];
	}
	$text =~ s/\n+\z// if pick(3) == 0;
	$text .= $tails[pick(scalar @tails)];
	$text = "\x{FEFF}$text" if pick(8) == 0;
	my $end = $line_ends[pick(scalar @line_ends)];
	if ($end eq 'mixed') {
		my @ends = ("\n", "\r\n", "\r");
		$text =~ s/\n/$ends[pick(3)]/ge;
	} else {
		$text =~ s/\n/$end/g;
	}
	utf8::encode($text);
	return $text;
}

my @always = (
	"", "\n", "\r", "\r\n", " ", "\xef\xbb\xbf", "\xef\xbb\xbf# x",
	"---", "---\n", "---\n---", "# a", "# a\n# b", "# a\r# b\r", "#\r\n#",
	"a\n=", "===\n", "no heading at all\n", "```\n", "# a\n```\n# b\n",
	"[a]: b\n# c\n", "[a]: b\n[c]: d\nsetext\n---\n",
	"# " . "x" x 100_000 . "\n", "> " x 400 . "deep\n",
	"- " x 400 . "deep\n", "#\n" x 2000, "[" x 5000, "`" x 5001 . "\n# h\n",
);

sub torture_documents {
	my ($n) = @_;
	my @out;
	$state = 20250803;
	for my $i (0 .. $n - 1) {
		my $bytes = $i < @always ? $always[$i] : one_document();
		push @out, [sprintf('torture-%03d', $i), $bytes];
	}
	return @out;
}

1;
