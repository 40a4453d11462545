/**
 * Calls every function of the addon with valid, nearly valid and senseless arguments: `node addon-fuzz.ts ADDON SEED CALLS`. Each call must
 * return or throw a RangeError, and nothing outside of the arrays that it is given may change. A sanitizer sees the rest.
 */
import { loadNative } from '../../src/media/load-native.ts';
import type { NativeAddon } from '../../src/media/native-addon.ts';
import { seededRandom } from '../support/seeded-random.ts';

const [path = '', seed = '1', calls = '1000'] = process.argv.slice(2);
const load = loadNative(true, path);
if (load.addon === undefined) throw new Error(load.why);
const addon: NativeAddon = load.addon;
const random = seededRandom(Number(seed));
const MARGIN = 64;
const CANARY = 0xa5;

function pick<T>(from: readonly T[]): T {
	const chosen = from[Math.floor(random() * from.length)];
	if (chosen === undefined && from.length === 0) throw new Error('nothing to pick from');
	return chosen as T;
}

const lengths = [0, 1, 7, 8, 11, 12, 13, 19, 20, 21, 31, 32, 63, 64, 100, 101, 1136, 1500, 2008, 2027, 2028, 2029, 2047, 2048, 2049, 4096];
const numbers = [
	...lengths,
	-1,
	0.5,
	Number.NaN,
	Number.POSITIVE_INFINITY,
	0x7fffffff,
	0x80000000,
	0xffffffff,
	0x100000000,
	-(2 ** 31),
	2 ** 53,
];
const texts = [
	'127.0.0.1',
	'::1',
	'::ffff:127.0.0.1',
	'fe80::1%lo',
	'',
	'nowhere',
	'256.1.1.1',
	'x'.repeat(63),
	'y'.repeat(10_000),
	'\ud800',
];

/** Arrays of this call, with the margins around each that must stay as they are. */
const guarded: { readonly whole: Uint8Array; readonly from: number; readonly to: number }[] = [];

function bytes(length = pick(lengths)): Uint8Array {
	const whole = new Uint8Array(length + 2 * MARGIN).fill(CANARY);
	guarded.push({ whole, from: MARGIN, to: MARGIN + length });
	return whole.subarray(MARGIN, MARGIN + length);
}

function words(): Uint32Array {
	const all = new Uint32Array(pick([0, 1, 2, 3, 6, 192, 195, 600, 600, 600, 600]));
	for (let at = 0; at < all.length; at += 1) all[at] = at % 3 === 0 ? context() : Math.floor(random() * 2 ** 32);
	return all;
}

function oddArray(): unknown {
	const buffer = new ArrayBuffer(2048, { maxByteLength: 4096 });
	const array = pick([new Uint8Array(buffer), new Uint32Array(buffer), new Uint8Array(buffer, 1000)]);
	if (random() < 0.5) buffer.resize(pick([0, 16, 1001]));
	else structuredClone(buffer, { transfer: [buffer] });
	return array;
}

const open: { contexts: number[]; sockets: number[] } = { contexts: [], sockets: [] };
/** Mostly one that is open; else one that is closed, of the other kind, or made up. */
function handleOf(handles: readonly number[]): number {
	const choice = random();
	if (choice < 0.9 && handles.length > 0) return pick(handles);
	if (choice < 0.94 && closedHandles.length > 0) return pick(closedHandles.slice(-100));
	return choice < 0.97 ? pick([...open.contexts, ...open.sockets, 0]) : Math.floor(random() * 2 ** 32);
}
function context(): number {
	return handleOf(open.contexts);
}
function socket(): number {
	return handleOf(open.sockets);
}
const closedHandles: number[] = [];
function closed(kind: keyof typeof open, handle: number): void {
	open[kind] = open[kind].filter((other) => other !== handle);
	closedHandles.push(handle);
}
const anything = (): unknown =>
	pick<() => unknown>([
		() => undefined,
		() => null,
		() => pick(numbers),
		() => pick(texts),
		() => 10n ** 20n,
		() => Symbol('s'),
		() => ({ length: 10 }),
		() => [1, 2, 3],
		() => () => {},
		() => bytes(),
		words,
		oddArray,
		() => new Uint8Array(new SharedArrayBuffer(2048)),
		() => new DataView(new ArrayBuffer(64)),
		() => new Float64Array(300),
		() => new Proxy(new Uint8Array(100), {}),
		context,
		socket,
	])();

const length = () => pick([...lengths.slice(0, -1), 1136, 1136, 100]);
const port = () => pick([0, 9, 9, 9, 65_535]);

/** What a sound call looks like; one argument of half of them is replaced. */
const shapes: Record<keyof Omit<NativeAddon, 'receivedBytes' | 'receivedWords'>, () => unknown[]> = {
	openSocket: () => [pick(['127.0.0.1', '::', '::1']), 0, pick([0, 4096, 1 << 22])],
	listen: () => [socket(), () => {}],
	socketPort: () => [socket()],
	socketDropped: () => [socket()],
	socketRefused: () => [socket()],
	send: () => [socket(), bytes(), length(), pick(texts), port()],
	forward: () => [socket(), bytes(pick([...lengths, 2048, 2048])), length(), words(), pick([0, 1, 2, 64, 65, 200, 200, 200, 201])],
	closeSocket: () => [socket()],
	formatAddress: () => [pick([4, 6]), pick([0, 1, 77]), ...Array.from({ length: 4 }, () => pick([0, 1, 0x80fe, 0xffff0000, 0xffffffff]))],
	openContext: () => [pick([1, 7, 7, 8]), bytes(pick([100, 100, 100, 99, 101]))],
	setAddress: () => [context(), pick([...texts, undefined]), port()],
	closeContext: () => [context()],
	protectRtp: () => [context(), bytes(), pick([12, 12, 20, 11, 32, 2048]), length(), pick(numbers), bytes()],
	unprotectRtp: () => [context(), bytes(), pick([12, 12, 20, 11, 32, 2048]), length(), pick(numbers), bytes()],
	protectRtcp: () => [context(), bytes(), length(), pick(numbers), bytes()],
	unprotectRtcp: () => [context(), bytes(), length(), pick(numbers), bytes()],
};
const names = Object.keys(shapes) as (keyof typeof shapes)[];

/** Whether so many octets lie in the array: OpenSSL's own code reads and writes them, which no sanitizer sees. */
function holds(array: unknown, length: number): boolean {
	return array instanceof Uint8Array && length <= array.length;
}

function transforms([handle, packet, header, length, out]: readonly unknown[], leastHeader: number, added: number): boolean {
	if (typeof handle !== 'number' || typeof header !== 'number' || typeof length !== 'number') return false;
	if (!(packet instanceof Uint8Array && out instanceof Uint8Array)) return false;
	const [from, to] = [packet.byteOffset, out.byteOffset];
	const apart = packet.buffer !== out.buffer || from + length <= to || to + length + added <= from;
	const headerFits = header >= leastHeader && header + (added > 0 ? 0 : 10) <= length;
	return (
		open.contexts.includes(handle) && apart && headerFits && length <= 2048 - added && holds(packet, length) && holds(out, length + added)
	);
}

/** What must be true of the arguments of a call that was not refused. */
const rules: Partial<Record<keyof typeof shapes, (args: readonly unknown[]) => boolean>> = {
	send: ([handle, packet, length]) => open.sockets.includes(Number(handle)) && holds(packet, Number(length)),
	forward: ([handle, packet, length, rows, count]) =>
		open.sockets.includes(Number(handle)) &&
		holds(packet, Number(length)) &&
		rows instanceof Uint32Array &&
		3 * Number(count) <= rows.length,
	openContext: ([, keys]) => keys instanceof Uint8Array && keys.length === 100,
	setAddress: ([handle]) => open.contexts.includes(Number(handle)),
	protectRtp: ([handle, packet, header, length, , out]) => transforms([handle, packet, header, length, out], 12, 20),
	unprotectRtp: ([handle, packet, header, length, , out]) => transforms([handle, packet, header, length, out], 12, 0),
	protectRtcp: ([handle, packet, length, , out]) => transforms([handle, packet, 8, length, out], 8, 20),
	unprotectRtcp: ([handle, packet, length, , out]) => transforms([handle, packet, 8, length, out], 8, 0),
};

let returned = 0;
let refused = 0;
function call(name: keyof typeof shapes): void {
	guarded.length = 0;
	const args = shapes[name]();
	const mutation = random();
	if (mutation < 0.4) args[Math.floor(random() * args.length)] = anything();
	else if (mutation < 0.45) args.length = Math.floor(random() * args.length);
	else if (mutation < 0.5) args.push(anything());
	// Input and output in one piece of memory, as far apart as may be.
	else if (mutation < 0.55 && guarded.length > 1) args[args.length - 1] = guarded[0]?.whole.subarray(Math.floor(random() * 2 * MARGIN));
	const before = guarded.map(({ whole, from, to }) => [whole.slice(0, from), whole.slice(to)]);
	try {
		const result: unknown = Reflect.apply(addon[name], addon, args);
		returned += 1;
		if (rules[name]?.(args) === false) throw new Error(`${name} took arguments that break its rules`);
		if (name === 'openContext' && typeof result === 'number') {
			open.contexts.push(result);
			if (random() < 0.7) addon.setAddress(result, '127.0.0.1', 9);
		}
		if (name === 'closeContext') closed('contexts', Number(args[0]));
		if (name === 'closeSocket') closed('sockets', Number(args[0]));
		if (name === 'openSocket' && typeof result === 'number' && result > 0) open.sockets.push(result);
	} catch (error) {
		if (!(error instanceof RangeError)) throw error;
		refused += 1;
	}
	if (mutation >= 0.5 && mutation < 0.55) return;
	guarded.forEach(({ whole, from, to }, at) => {
		const same = (now: Uint8Array, then: Uint8Array | undefined) => then !== undefined && Buffer.compare(now, then) === 0;
		if (!same(whole.subarray(0, from), before[at]?.[0]) || !same(whole.subarray(to), before[at]?.[1]))
			throw new Error(`${name} wrote outside of its array`);
	});
}

for (let at = 0; at < Number(calls); at += 1) {
	if (open.contexts.length === 0) call('openContext');
	if (open.sockets.length === 0) call('openSocket');
	for (const [kind, most, close] of [
		['contexts', 30, addon.closeContext],
		['sockets', 10, addon.closeSocket],
	] as const) {
		const [oldest] = open[kind];
		if (oldest === undefined || open[kind].length <= most) continue;
		close(oldest);
		closed(kind, oldest);
	}
	call(pick(names));
	// Sockets are read and their memory is given back between turns of the event loop.
	if (at % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
}

// After all that it still works.
const keys = new Uint8Array(100).fill(7);
const packet = new Uint8Array(200).fill(1);
const [sealed, plain] = [new Uint8Array(220), new Uint8Array(220)];
for (const profile of [1, 7]) {
	const handle = addon.openContext(profile, keys);
	const sealedLength = addon.protectRtp(handle, packet, 12, 200, 3, sealed);
	if (addon.unprotectRtp(handle, sealed, 12, sealedLength, 3, plain) !== 200 || Buffer.compare(plain.subarray(0, 200), packet) !== 0)
		throw new Error('it does not work any more');
}
for (const each of open.sockets) addon.closeSocket(each);
console.log(JSON.stringify({ returned, refused }));
