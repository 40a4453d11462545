import { once } from 'node:events';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { buildFolder, buildPeer } from '../build-peer.ts';
import { type Cores, start } from '../children.ts';
import type { Shape } from '../shapes.ts';

const program = join(buildFolder, 'floor');

const floorResult = Type.Object({ sendtoUs: Type.Number(), gcmUs: Type.Number(), bothUs: Type.Number() });
/** Microseconds of user and system time for each packet. */
export type FloorResult = Static<typeof floorResult>;

/** With the machine's compiler and OpenSSL (Debian: gcc, libssl-dev). */
export function buildFloor(): void {
	const source = join(import.meta.dirname, 'floor.c');
	buildPeer('the C floor', 'cc', ['-std=c11', '-O2', '-Wall', '-Wextra', source, '-lcrypto', '-o', program]);
}

/** What a C program needs for the packets of a shape. @param seconds of each of its three parts */
export async function runFloor(shape: Shape, cores: Cores, seconds: number): Promise<FloorResult> {
	const numbers = [shape.rooms * shape.viewers, shape.pps, shape.size, seconds, cores.server ?? -1, cores.load ?? -1];
	const child = start(undefined, program, numbers.map(String), { stdio: ['ignore', 'pipe', 'inherit'] });
	let said = '';
	child.stdout?.setEncoding('utf8').on('data', (text: string) => {
		said += text;
	});
	const [code] = await once(child, 'close');
	if (code !== 0) throw new Error(`the C floor ended with ${code}`);
	return Value.Parse(floorResult, JSON.parse(said));
}
