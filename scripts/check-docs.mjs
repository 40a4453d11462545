/**
 * Documents under test. `node scripts/check-docs.mjs [root]` prints each fault and exits 1:
 * links and anchors resolve, files and npm scripts that are named exist, requirement ids are unique and their tests exist,
 * the lock file names no registry, and no file names a registry host or a path of somebody's machine.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { projectRoot } from './project-root.mjs';

const root = process.argv[2] ?? projectRoot;
const faults = [];
const read = (file) => readFileSync(join(root, file), 'utf8');

/** Every file that is or would be committed; outside a git checkout, every file but the usual generated folders. */
function projectFiles() {
	try {
		const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
			cwd: root,
			encoding: 'utf8',
			maxBuffer: 1 << 26,
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
	} catch {
		return readdirSync(root, { recursive: true })
			.map((file) => file.replaceAll('\\', '/'))
			.filter(
				(file) =>
					!/^(node_modules|\.runtime|\.git|data|dist|coverage|native\/build)(\/|$)/.test(file) && statSync(join(root, file)).isFile(),
			);
	}
}

/** A heading's anchor as GitHub makes it. */
function anchorOf(heading) {
	return heading
		.trim()
		.toLowerCase()
		.replace(/[^\p{L}\p{N}\s_-]/gu, '')
		.replace(/\s/g, '-');
}

const withoutCodeBlocks = (text) => text.replace(/^```[\s\S]*?^```/gm, '');

function anchorsOf(file) {
	return new Set([...withoutCodeBlocks(read(file)).matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => anchorOf(match[1])));
}

function checkLinks(file, text) {
	for (const [, target] of withoutCodeBlocks(text).matchAll(/\]\(([^)\s]+)(?:\s"[^"]*")?\)/g)) {
		if (/^[a-z][a-z+.-]*:/i.test(target)) continue;
		const [path = '', anchor] = target.split('#');
		const linked = path === '' ? file : normalize(join(dirname(file), path));
		if (!existsSync(join(root, linked))) faults.push(`${file}: link to ${target}: no such file`);
		else if (anchor !== undefined && linked.endsWith('.md') && !anchorsOf(linked).has(anchor))
			faults.push(`${file}: link to ${target}: no such heading`);
	}
}

function checkNamedFiles(file, text) {
	for (const [, name] of withoutCodeBlocks(text).matchAll(/`((?:src|web|test|docs|scripts|bench|native|\.ci)\/[\w./-]*)`/g)) {
		if (!existsSync(join(root, name))) faults.push(`${file}: names ${name}: no such file or folder`);
	}
}

function checkNamedScripts(file, text, scripts) {
	for (const [, name] of text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)) {
		if (!scripts.has(name)) faults.push(`${file}: names npm run ${name}: no such script`);
	}
}

/** Rows `| ID-1 | sentence | test files, or – |`. */
function checkRequirements(file) {
	if (!existsSync(join(root, file))) return;
	const seen = new Set();
	for (const [line, id, tests] of read(file).matchAll(/^\|\s*([A-Z][A-Z0-9]*-\d+)\s*\|.*\|([^|]*)\|\s*$/gm)) {
		if (seen.has(id)) faults.push(`${file}: ${id} is there twice`);
		seen.add(id);
		const named = tests.split(',').map((test) => test.replaceAll('`', '').trim());
		for (const test of named) {
			if (test === '–') continue;
			if (!/\.test\.ts$/.test(test)) faults.push(`${file}: ${id}: not a test file: ${test === '' ? line : test}`);
			else if (!existsSync(join(root, test))) faults.push(`${file}: ${id}: no such test file: ${test}`);
		}
	}
	if (seen.size === 0) faults.push(`${file}: holds no requirement rows`);
}

const foreign = [
	{ what: 'a registry host', pattern: /\bregistry\.(?:npmjs|yarnpkg|npmmirror)\.\w+|https?:\/\/registry\./ },
	{ what: "a path of somebody's machine", pattern: /(?<![\w.$}/:])\/(?:home\/\w+|Users\/\w+|root|work)\/[\w.]/ },
];

function checkForeign(file, text) {
	text.split('\n').forEach((line, index) => {
		for (const { what, pattern } of foreign) {
			if (pattern.test(line)) faults.push(`${file}:${index + 1}: names ${what}: ${line.trim().slice(0, 80)}`);
		}
	});
}

const scripts = new Set(existsSync(join(root, 'package.json')) ? Object.keys(JSON.parse(read('package.json')).scripts ?? {}) : []);
for (const file of projectFiles()) {
	if (/\.(png|jpg|ico|woff2?|node|pcap)$/.test(file)) continue;
	const text = read(file);
	checkForeign(file, text);
	if (file === 'package-lock.json' && text.includes('"resolved"'))
		faults.push(`${file}: holds resolved addresses; the project's .npmrc leaves them out`);
	if (!file.endsWith('.md') || file === 'CHANGELOG.md') continue;
	checkLinks(file, text);
	checkNamedFiles(file, text);
	checkNamedScripts(file, text, scripts);
}
checkRequirements('docs/requirements.md');
for (const fault of faults) console.log(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
