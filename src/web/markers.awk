# Markers: reads templates, writes markers.h: an enum of all templates, an enum of all markers, and
# with MARKERS_NAMES defined the tables of their names.
#
#     awk -f markers.awk templates/*.tpl templates/parts/*.tpl > markers.h
#
# Rules: the output depends on what the templates say, not on the order of the arguments or on the
# locale. What is not exactly one of these is an error with file and line:
#
#     {{%AUTOESCAPE context="HTML"}}   once, at the beginning of each file
#     {{NAME}} {{NAME:u}} {{NAME:p}}   a value; :u in the query of an address, :p inside pre, textarea
#     {{#NAME}} {{/NAME}}              a section, closed in the file that opens it
#     {{>PAGE}} {{>PARTS_ROLE}}        a place for the page; the text of parts/role.tpl
#     {{! words }}                     a comment
#
# Includes are put together by view.cc when it loads the files: nothing can be set for them, so they
# have no M_ name.

BEGIN {
	order = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	pragma = "{{%AUTOESCAPE context=\"HTML\"}}"
	failed = 0
}

function fail(why)
{
	fail_at(FILENAME ":" FNR, why)
}

function fail_at(place, why)
{
	printf "%s: %s\n", place, why > "/dev/stderr"
	failed = 1
}

# templates/parts/role.tpl -> parts/role.tpl; any other directory is left out.
function short_name(path,    n, part)
{
	n = split(path, part, "/")
	return (n > 1 && part[n - 1] == "parts" ? "parts/" : "") part[n]
}

# parts/role.tpl -> PARTS_ROLE
function upper_name(file)
{
	sub(/\.tpl$/, "", file)
	gsub(/\//, "_", file)
	return toupper(file)
}

function begin_file(    file, name)
{
	end_file()
	file = short_name(FILENAME)
	name = upper_name(file)
	if (file !~ /^(parts\/)?[a-z][a-z0-9_]*\.tpl$/)
		fail("a template is named in lower case letters, digits and _, and ends in .tpl")
	else if (name == "PAGE" || name in file_of)
		fail("something else has the name " name " already")
	file_of[name] = file
	if (index($0, pragma) != 1)
		fail("a template begins with " pragma)
	else
		$0 = substr($0, length(pragma) + 1)
}

function end_file()
{
	for (; depth > 0; depth--)
		fail_at(opened_at[depth], "{{#" opened[depth] "}} is never closed")
}

function open_section(name)
{
	opened[++depth] = name
	opened_at[depth] = FILENAME ":" FNR
}

function close_section(name)
{
	if (depth == 0)
		fail("{{/" name "}} closes nothing")
	else if (opened[depth--] != name)
		fail("{{/" name "}} closes {{#" opened[depth + 1] "}}")
}

# One marker, without its braces.
function marker(text,    kind, name)
{
	kind = substr(text, 1, 1)
	if (kind == "!")
		return
	name = text
	if (index("#/>", kind))
		name = substr(text, 2)
	else
		sub(/:[up]$/, "", name)
	if (name !~ /^[A-Z][A-Z0-9_]*$/) {
		fail("not a marker: {{" text "}}")
	} else if (kind == ">") {
		included_at[name] = FILENAME ":" FNR
	} else if (kind == "/") {
		close_section(name)
	} else {
		marked[name] = 1
		if (kind == "#")
			open_section(name)
	}
}

FNR == 1 { begin_file() }

{
	rest = $0
	while ((at = index(rest, "{{")) > 0) {
		if (index(substr(rest, 1, at - 1), "}}"))
			fail("}} without {{")
		rest = substr(rest, at + 2)
		at = index(rest, "}}")
		if (at == 0) {
			fail("{{ without }} on the same line")
			next
		}
		marker(substr(rest, 1, at - 1))
		rest = substr(rest, at + 2)
	}
	if (index(rest, "}}"))
		fail("}} without {{")
}

# By bytes, in every locale.
function before(a, b,    i, n)
{
	n = length(a) < length(b) ? length(a) : length(b)
	for (i = 1; i <= n; i++)
		if (substr(a, i, 1) != substr(b, i, 1))
			return index(order, substr(a, i, 1)) < index(order, substr(b, i, 1))
	return length(a) < length(b)
}

# The keys of a set into sorted[1..n]; returns n.
function sort_keys(set,    key, i, n)
{
	n = 0
	for (key in set) {
		for (i = n++; i > 0 && before(key, sorted[i]); i--)
			sorted[i + 1] = sorted[i]
		sorted[i + 1] = key
	}
	return n
}

END {
	end_file()
	for (name in included_at)
		if (name != "PAGE" && !(name in file_of))
			fail_at(included_at[name], "{{>" name "}} is no template")
	if (failed)
		exit 1

	print "/* Markers: names of the templates and of what they show. Made by markers.awk. */"
	print "#ifndef LATCHKEY_MARKERS_H\n#define LATCHKEY_MARKERS_H\n\nenum tpl {\n\tT_NONE,"
	files = sort_keys(file_of)
	for (i = 1; i <= files; i++) {
		print "\tT_" sorted[i] ","
		names = names "\t\"" file_of[sorted[i]] "\",\n"
	}
	print "\tT__MAX\n};\n\nenum marker {"
	markers = sort_keys(marked)
	for (i = 1; i <= markers; i++)
		print "\tM_" sorted[i] ","
	print "\tM__MAX\n};\n\n#ifdef MARKERS_NAMES"
	printf "static const char *const tpl_files[T__MAX] = {\n\t\"\",\n%s};\n", names
	print "static const char *const marker_names[M__MAX] = {"
	for (i = 1; i <= markers; i++)
		print "\t\"" sorted[i] "\","
	print "};\n#endif\n\n#endif"
}
