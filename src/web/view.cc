/* View: templates by ctemplate, behind a C face. The only C++ file.
 *
 * Rules: includes are put together here when the files are read, because an included template of
 * ctemplate does not see the values around it: a layout with a page in it is one text, one parse,
 * one dictionary. All of them are made anew before any of them is used, so a bad file changes
 * nothing. Names of markers are interned once: looking one up by its text takes a lock. Nothing is
 * thrown here but for lack of memory, and as nobody catches, that ends the process.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow" /* C has a function with the name of a struct */
extern "C" {
#include "platform/buf.h"
#include "platform/err.h"
}
#pragma GCC diagnostic pop

#define MARKERS_NAMES
#include "view.h"

#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <ctemplate/template.h>

using ctemplate::StaticTemplateString;
using ctemplate::StaticTemplateStringInitializer;
using ctemplate::Template;
using ctemplate::TemplateDictionary;
using ctemplate::TemplateString;

namespace
{

enum { FILE_MAX = 256 * 1024, DEPTH_MAX = 4 };

const char pragma[] = "{{%AUTOESCAPE context=\"HTML\"}}";

/* Every layout with every page; a page alone is in the row T_NONE. Others are empty. */
struct templates {
	std::unique_ptr<Template> made[T__MAX][T__MAX];
};

/* The texts of the files, without their first line. */
struct texts {
	std::string text[T__MAX];
};

/* What is in use: made by view_init and view_reload, read by all else. */
std::unique_ptr<templates> current;
std::string directory;

/* Interned names. ctemplate keeps pointers to them for the life of the process. */
StaticTemplateString keys[M__MAX];

/* The root of a view knows its template by name, because templates may be made anew meanwhile. */
struct root : TemplateDictionary {
	tpl layout;
	tpl page;

	root(tpl l, tpl p) : TemplateDictionary("view"), layout(l), page(p)
	{
	}
};

/* Appends to a struct buf, which has a maximum. */
struct emitter : ctemplate::ExpandEmitter {
	struct buf *out;

	explicit emitter(struct buf *b) : out(b)
	{
	}
	void Emit(char c) override
	{
		buf_putc(out, c);
	}
	void Emit(const std::string &s) override
	{
		buf_add(out, s.data(), s.size());
	}
	void Emit(const char *s) override
	{
		buf_puts(out, s);
	}
	void Emit(const char *s, size_t n) override
	{
		buf_add(out, s, n);
	}
};

TemplateDictionary *dictionary(struct view *v)
{
	return reinterpret_cast<TemplateDictionary *>(v);
}

struct view *face(TemplateDictionary *d)
{
	return reinterpret_cast<struct view *>(d);
}

void intern()
{
	for (int m = 0; m < M__MAX && !keys[m].do_not_use_directly_.ptr_; m++) {
		keys[m].do_not_use_directly_ = { marker_names[m], strlen(marker_names[m]), 0 };
		StaticTemplateStringInitializer initialize(&keys[m]);
	}
}

int read_file(const std::string &dir, int t, std::string *out, struct err *e)
{
	std::string path = dir + "/" + tpl_files[t];
	std::unique_ptr<FILE, int (*)(FILE *)> f(fopen(path.c_str(), "re"), fclose);
	size_t n = 0, skip = strlen(pragma);

	if (f) {
		out->resize(FILE_MAX + 1);
		n = fread(&(*out)[0], 1, FILE_MAX + 1, f.get());
		out->resize(n);
	}
	if (!f || ferror(f.get()))
		return ERR(e, ERR_SETUP, NULL, "template %s: %s", path.c_str(), strerror(errno));
	if (n > FILE_MAX)
		return ERR(
			e, ERR_SETUP, NULL, "template %s: over %d bytes", path.c_str(), FILE_MAX);
	if (out->compare(0, skip, pragma) != 0)
		return ERR(e, ERR_SETUP, NULL, "template %s: does not begin with %s", path.c_str(),
			pragma);
	out->erase(0, skip + (out->compare(skip, 1, "\n") == 0));
	return 0;
}

/* PARTS_ROLE is parts/role.tpl: same letters but for case and separator. T_NONE when unknown. */
int template_named(const std::string &name)
{
	for (int t = T_NONE + 1; t < T__MAX; t++) {
		std::string file(tpl_files[t], strlen(tpl_files[t]) - strlen(".tpl"));

		for (char &c : file)
			c = c == '/' ? '_' : static_cast<char>(toupper(c));
		if (file == name)
			return t;
	}
	return T_NONE;
}

/* Append the text of t, with page where {{>PAGE}} stands and the parts it includes. */
int put_together(const texts &from, int t, int page, int depth, std::string *out, struct err *e)
{
	const std::string &text = from.text[t];
	size_t at = 0, mark, end;

	if (depth > DEPTH_MAX)
		return ERR(e, ERR_SETUP, NULL, "template %s: included too deep", tpl_files[t]);
	while ((mark = text.find("{{>", at)) != std::string::npos) {
		end = text.find("}}", mark);
		if (end == std::string::npos)
			break;
		std::string name = text.substr(mark + 3, end - mark - 3);
		int part = name == "PAGE" ? page : template_named(name);

		out->append(text, at, mark - at);
		if (part == T_NONE && name != "PAGE")
			return ERR(e, ERR_SETUP, NULL, "template %s: includes %s, which is none",
				tpl_files[t], name.c_str());
		if (part != T_NONE && put_together(from, part, T_NONE, depth + 1, out, e) < 0)
			return -1;
		at = end + 2;
	}
	out->append(text, at, std::string::npos);
	return 0;
}

/* layout with page in it, or with nothing. ctemplate itself tells standard error what is wrong. */
int make(const texts &from, int layout, int page, std::unique_ptr<Template> *out, struct err *e)
{
	std::string text(pragma);

	if (put_together(from, layout, page, 0, &text, e) < 0)
		return -1;
	out->reset(Template::StringToTemplate(text, ctemplate::STRIP_BLANK_LINES));
	if (!*out || (*out)->state() != ctemplate::TS_READY)
		return ERR(e, ERR_SETUP, NULL, "template %s: cannot be parsed%s%s",
			tpl_files[layout], page ? " with " : "", tpl_files[page]);
	return 0;
}

bool is_layout(const texts &from, int t)
{
	return from.text[t].find("{{>PAGE}}") != std::string::npos;
}

bool is_page(const texts &from, int t)
{
	return strncmp(tpl_files[t], "parts/", 6) != 0 && !is_layout(from, t);
}

int make_all(const texts &from, templates *out, struct err *e)
{
	for (int t = T_NONE + 1; t < T__MAX; t++) {
		if (make(from, t, T_NONE, &out->made[T_NONE][t], e) < 0)
			return -1;
		if (!is_page(from, t))
			out->made[T_NONE][t].reset();
	}
	for (int layout = T_NONE + 1; layout < T__MAX; layout++) {
		for (int page = T_NONE + 1; is_layout(from, layout) && page < T__MAX; page++) {
			if (is_page(from, page) &&
				make(from, layout, page, &out->made[layout][page], e) < 0)
				return -1;
		}
	}
	return 0;
}

int load(const std::string &dir, struct err *e)
{
	auto made = std::make_unique<templates>();
	texts from;

	for (int t = T_NONE + 1; t < T__MAX; t++) {
		if (read_file(dir, t, &from.text[t], e) < 0)
			return -1;
	}
	if (make_all(from, made.get(), e) < 0)
		return -1;
	current = std::move(made);
	return 0;
}

} /* namespace */

extern "C" {

int view_init(const char *dir, struct err *e)
{
	intern();
	if (load(dir, e) < 0)
		return -1;
	directory = dir;
	return 0;
}

int view_reload(struct err *e)
{
	return load(directory, e);
}

struct view *view_new(enum tpl layout, enum tpl page)
{
	if (!current || !current->made[layout][page])
		die("view: no template %s in %s", tpl_files[page], tpl_files[layout]);
	return face(new root(layout, page));
}

void view_free(void *v)
{
	delete static_cast<root *>(dictionary(static_cast<struct view *>(v)));
}

void view_set(struct view *v, enum marker m, const char *text)
{
	dictionary(v)->SetValue(keys[m], text ? text : "");
}

void view_num(struct view *v, enum marker m, int64_t n)
{
	std::string digits = std::to_string(n);
	size_t first = digits[0] == '-';

	for (size_t at = digits.size(); at > first + 3;) {
		at -= 3;
		digits.insert(at, 1, ',');
	}
	dictionary(v)->SetValue(keys[m], digits);
}

void view_show(struct view *v, enum marker m)
{
	dictionary(v)->ShowSection(keys[m]);
}

struct view *view_add(struct view *v, enum marker m)
{
	return face(dictionary(v)->AddSectionDictionary(keys[m]));
}

int view_render(struct view *v, struct buf *out, struct err *e)
{
	const root *r = static_cast<root *>(dictionary(v));
	const Template *t = current->made[r->layout][r->page].get();
	emitter to(out);

	if (!t || !t->Expand(&to, r))
		return ERR(e, ERR_INTERNAL, NULL, "template %s in %s: cannot be filled",
			tpl_files[r->page], tpl_files[r->layout]);
	if (!buf_ok(out))
		return ERR(e, ERR_INTERNAL, NULL, "template %s: over %zu bytes", tpl_files[r->page],
			out->max);
	return 0;
}
}
