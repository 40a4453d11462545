/**
 * Where the time of a thread goes: `node bench/profile.ts FILE.cpuprofile` prints its functions by the time spent in themselves.
 *
 * The server writes a profile of each thread when it ends: `NODE_OPTIONS='--cpu-prof --cpu-prof-dir=FOLDER' npm run bench -- --shape 1-200`.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';

const SHOWN = 18;

const Profile = Type.Object({
	nodes: Type.Array(
		Type.Object({
			id: Type.Integer(),
			callFrame: Type.Object({ functionName: Type.String(), url: Type.String(), lineNumber: Type.Integer() }),
		}),
	),
	samples: Type.Array(Type.Integer()),
	timeDeltas: Type.Array(Type.Integer()),
});

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('usage: node bench/profile.ts FILE.cpuprofile');
const { nodes, samples, timeDeltas } = Value.Parse(Profile, JSON.parse(readFileSync(file, 'utf8')));
const names = new Map(
	nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [id, `${functionName || '(anonymous)'} ${place(url, lineNumber)}`]),
);
const spentUs = new Map<string, number>();
samples.forEach((id, index) => {
	const name = names.get(id) ?? '?';
	spentUs.set(name, (spentUs.get(name) ?? 0) + (timeDeltas[index] ?? 0));
});
const idleUs = [...spentUs].reduce((sum, [name, us]) => sum + (name.startsWith('(idle)') ? us : 0), 0);
const busyUs = timeDeltas.reduce((sum, us) => sum + us, 0) - idleUs;
console.log(`busy ${(busyUs / 1e6).toFixed(2)} s, idle ${(idleUs / 1e6).toFixed(2)} s`);
for (const [name, us] of [...spentUs].toSorted(([, a], [, b]) => b - a).slice(0, SHOWN)) {
	if (!name.startsWith('(idle)')) console.log(`${((100 * us) / busyUs).toFixed(1).padStart(5)} %  ${name}`);
}

function place(url: string, line: number): string {
	return url === '' ? '' : `${basename(url)}:${line + 1}`;
}
