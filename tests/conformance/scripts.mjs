// A PowerShell grammar that others wrote reads every script of a directory: names.tsv says what was put in. Prints TAP.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import fs from "node:fs";
import path from "node:path";

const require = createRequire(pathToFileURL(process.env.LATCHKEY_NODE + "/"));
const grammar = path.dirname(require.resolve("@vscode/tree-sitter-wasm"));
const { Parser, Language } = require("@vscode/tree-sitter-wasm");

await Parser.init({ locateFile: (name) => path.join(grammar, name) });
const parser = new Parser();
parser.setLanguage(await Language.load(path.join(grammar, "tree-sitter-powershell.wasm")));

let count = 0;
function ok(good, name, detail) {
	count += 1;
	console.log(`${good ? "ok" : "not ok"} ${count} - scripts: ${name}`);
	if (!good) {
		console.log(`# ${String(detail).split("\n").slice(0, 12).join("\n# ")}`);
		process.exitCode = 1;
	}
}

// What a string between single quotes says: each of PowerShell's five quotes stands there twice. The grammar knows but
// one of them, so that the other four are judged here.
const QUOTES = "'\u2018\u2019\u201a\u201b";
function said(literal) {
	const inner = [...literal].slice(1, -1);
	let out = "";
	for (let i = 0; i < inner.length; i += 1) {
		if (QUOTES.includes(inner[i])) {
			if (!QUOTES.includes(inner[i + 1] ?? "x")) return `a lone quote in ${literal}`;
			i += 1;
		}
		out += inner[i];
	}
	return out;
}

// The shape of a tree: its kinds, each with its own inside; what strings and comments say is taken out.
function read(text) {
	const tree = parser.parse(text);
	const found = { broken: [], strings: [], comments: [], other: new Set() };
	const walk = (node) => {
		if (node.type === "ERROR" || node.isMissing) found.broken.push(`${node.type} in line ${node.startPosition.row + 1}: ${node.text.slice(0, 80)}`);
		if (node.type === "comment") {
			found.comments.push(node.text);
			return "";
		}
		if (node.type === "verbatim_string_characters") {
			found.strings.push(said(node.text));
			return "s";
		}
		if (node.childCount === 0) return node.text;
		const inside = node.children.map((child) => [walk(child), text[child.startIndex] === "'"]);
		// People stand a line each: how many there are may differ.
		const even = inside.filter(([shape, name], i) => !(name && i > 0 && shape === inside[i - 1][0]));
		return `${node.type}(${even.map(([shape]) => shape).join(" ")})`;
	};
	found.shape = walk(tree.rootNode);
	tree.delete();
	return found;
}

const HIDDEN = /[\0-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

const [dir, table] = process.argv.slice(2);
const names = fs.readFileSync(table, "utf8").split("\n").filter(Boolean).map((line) => {
	const [organisation, mailbox, tag, ...people] = line.split("\t");
	return { organisation, mailbox, tag, people };
});
const files = fs.readdirSync(dir).filter((name) => name.endsWith(".ps1"));
const texts = new Map();
const plain = new Map(); // kind-premise-part: what the first line, which is harmless, was read as
const key = (name) => name.replace(/^\d+-/, "");
for (const name of files) texts.set(name, fs.readFileSync(path.join(dir, name), "utf8"));
for (const name of files) if (name.startsWith("0-")) plain.set(key(name), read(texts.get(name)));

const broken = [];
for (const [name, one] of plain) broken.push(...one.broken.map((why) => `${name}: ${why}`));
ok(plain.size === 66 && broken.length === 0, `${plain.size} scripts are PowerShell`, broken.join("\n"));
ok(read("if ($x { }").broken.length > 0 && read("$x = 'a'b'; }").broken.length > 0, "the grammar can refuse");

const wrong = { parse: [], shape: [], strings: [], comments: [] };
const base = names[0];
let judged = 0;
for (const [name, text] of texts) {
	const line = Number(name.split("-")[0]);
	if (line === 0) continue;
	judged += 1;
	const mine = names[line];
	const want = plain.get(key(name));
	const got = read(text);
	wrong.parse.push(...got.broken.map((why) => `${name}: ${why}`));
	if (got.shape !== want.shape) wrong.shape.push(name);
	// The same strings as with harmless names, with these in their place, and nothing else.
	const put = (s) => s.replaceAll(base.tag.replaceAll("'", "''"), "\0t").replaceAll(base.mailbox, "\0m").replaceAll(base.mailbox.split("@")[0], "\0a");
	const back = (s, opath) => {
		const twice = (t) => (opath ? t.replaceAll("'", "''") : t);
		return s.replaceAll("\0t", () => twice(mine.tag)).replaceAll("\0m", () => twice(mine.mailbox)).replaceAll("\0a", () => twice(mine.mailbox.split("@")[0]));
	};
	const expect = [];
	let people = false;
	for (const s of want.strings) {
		if (!base.people.includes(s)) expect.push(back(put(s), / -eq '/.test(s)));
		else if (!people) {
			expect.push(...mine.people);
			people = true;
		}
	}
	if (JSON.stringify(expect) !== JSON.stringify(got.strings)) {
		const at = expect.findIndex((s, i) => s !== got.strings[i]);
		wrong.strings.push(`${name}: ${JSON.stringify(got.strings[at])}, not ${JSON.stringify(expect[at])}`);
	}
	// What ends a line to PowerShell but not to the grammar, and what nobody sees.
	if (HIDDEN.test(text)) wrong.comments.push(`${name}: a hidden character`);
	if (got.comments.length !== want.comments.length) wrong.comments.push(`${name}: ${got.comments.length} comments, not ${want.comments.length}`);
}
ok(judged > 1500 && !wrong.parse.length, `${judged} scripts with hostile names are PowerShell`, wrong.parse.join("\n"));
ok(!wrong.shape.length, "and do the same as with harmless ones", wrong.shape.join("\n"));
ok(!wrong.strings.length, "every name is one string that says it", wrong.strings.join("\n"));
ok(!wrong.comments.length, "and no name ends a comment", wrong.comments.join("\n"));
console.log(`1..${count}`);
