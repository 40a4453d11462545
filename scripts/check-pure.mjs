/**
 * Pure folders take time and randomness as arguments: their code never names the clock, timers, randomness or the process.
 * `node scripts/check-pure.mjs [root]` prints each place that does and exits 1. Tests and what only they use may, and a parameter
 * may have such a name: `randomBytes` as an argument is just what is asked for.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { projectRoot } from './project-root.mjs';

const pureFolders = ['rtp', 'rtcp', 'stun', 'ice', 'srtp', 'relay', 'turn', 'negotiation', 'registry'];
const names = new Set([
	...['Date', 'performance', 'Temporal', 'process', 'fetch', 'WebSocket', 'Worker'],
	...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'clearTimeout', 'clearInterval'],
	...['randomBytes', 'randomFill', 'randomFillSync', 'randomInt', 'randomUUID', 'getRandomValues', 'webcrypto', 'crypto', 'globalThis'],
]);
/** As members of something else: `Math.random`, `nodeCrypto.randomBytes`. */
const members = new Set([
	'random',
	'randomBytes',
	'randomFill',
	'randomFillSync',
	'randomInt',
	'randomUUID',
	'getRandomValues',
	'webcrypto',
]);

/** Whether an identifier only names a property, parameter label or key, as in `{ process: 1 }` or `state.process`. */
function isPropertyName(node) {
	const { parent } = node;
	if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
	if (ts.isQualifiedName(parent)) return parent.right === node;
	return (
		(ts.isPropertyAssignment(parent) ||
			ts.isPropertySignature(parent) ||
			ts.isPropertyDeclaration(parent) ||
			ts.isMethodDeclaration(parent) ||
			ts.isMethodSignature(parent) ||
			ts.isGetAccessorDeclaration(parent)) &&
		parent.name === node
	);
}

function bindsName(binding, name) {
	if (ts.isIdentifier(binding)) return binding.text === name;
	return binding.elements.some((element) => ts.isBindingElement(element) && bindsName(element.name, name));
}

/** Whether an identifier stands for a parameter of a function around it, or is the name of one. */
function isParameter(node) {
	for (let around = node.parent; around !== undefined; around = around.parent) {
		if (ts.isFunctionLike(around) && around.parameters.some((parameter) => bindsName(parameter.name, node.text))) return true;
	}
	return false;
}

function violations(file) {
	const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
	const found = [];
	const visit = (node) => {
		if (ts.isIdentifier(node)) {
			const property = isPropertyName(node);
			const isMember = property && ts.isPropertyAccessExpression(node.parent) && node.parent.expression.kind === ts.SyntaxKind.Identifier;
			const forbidden = property
				? isMember && members.has(node.text) && /^(Math|.*[cC]rypto)$/.test(node.parent.expression.text)
				: names.has(node.text) && !isParameter(node);
			if (forbidden) found.push({ line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, name: node.text });
		}
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

const root = process.argv[2] ?? projectRoot;
let count = 0;
for (const folder of pureFolders) {
	const path = join(root, 'src', folder);
	if (!existsSync(path)) continue;
	for (const entry of readdirSync(path, { recursive: true })) {
		if (!entry.endsWith('.ts') || /(\.(test|fixture)\.ts|(^|[\\/])testing[\\/][^\\/]+)$/.test(entry)) continue;
		for (const { line, name } of violations(join(path, entry))) {
			console.log(`src/${folder}/${entry.replaceAll('\\', '/')}:${line}: a pure folder names ${name}`);
			count += 1;
		}
	}
}
process.exitCode = count === 0 ? 0 : 1;
