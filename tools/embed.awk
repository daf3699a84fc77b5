# embed.awk - text files as C string constants.
#
# usage: awk -f embed.awk -v prefix=NAME FILE...
#
# Each FILE becomes "static const char NAME_<base>[]", where <base> is its
# name without folder, every character that C does not allow as "_". A list
# NAME_files[] of { "file name", text, length } closes the output.
#
# SPDX-License-Identifier: ISC

function close_file() {
	if (name != "")
		print "\t\"\";\n"
}
FNR == 1 {
	close_file()
	base = FILENAME
	sub(/.*\//, "", base)
	name = base
	gsub(/[^A-Za-z0-9]/, "_", name)
	names[++count] = name
	bases[count] = base
	print "static const char " prefix "_" name "[] ="
}
{
	gsub(/\\/, "\\\\\\\\")
	gsub(/"/, "\\\"")
	gsub(/\?\?/, "?\\?")
	gsub(/\t/, "\\t")
	gsub(/\r/, "\\r")
	print "\t\"" $0 "\\n\""
}
END {
	close_file()
	print "static const struct { const char *name, *text; size_t len; } " \
	    prefix "_files[] = {"
	for (i = 1; i <= count; i++)
		print "\t{ \"" bases[i] "\", " prefix "_" names[i] ", sizeof(" \
		    prefix "_" names[i] ") - 1 },"
	print "};"
}
