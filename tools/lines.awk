# lines.awk - the lines of a text as rows of a C array of strings.
#
# usage: LC_ALL=C awk -f lines.awk neutral.log
#
# Blank lines and lines that begin with "# " are left out.
#
# SPDX-License-Identifier: ISC

/^# / || /^$/ { next }
{
	gsub(/\\/, "&&")
	gsub(/"/, "\\\\&")
	gsub(/\t/, "\\t")
	print "\"" $0 "\","
}
