import { parseArgs } from 'node:util';
import { MIN_PACKET_BYTES } from './load/stamped-stream.ts';
import type { Contender } from './servers/server-under-test.ts';
import { curve, type Procedure, procedures, type Shape, SINK_ABOVE_PACKETS, SINK_ABOVE_VIEWERS, shapes } from './shapes.ts';

export interface BenchOptions {
	readonly shapes: readonly Shape[];
	readonly procedures: readonly Procedure[];
	/** Beside Duress Server. */
	readonly versus: readonly Exclude<Contender, 'duress'>[];
	readonly floor: boolean;
	readonly rounds: number;
	readonly seconds: number;
	readonly clients: 'auto' | 'datachannel' | 'sink';
	/** Whether Duress Server may use its native media path. */
	readonly native: boolean;
	readonly pin: boolean;
	readonly churn: number;
	/** Judges the bars; a missed one is exit code 1. */
	readonly check: boolean;
	readonly json: string | undefined;
	readonly plot: string | undefined;
}

export type ReadFlags =
	| { readonly outcome: 'run'; readonly options: BenchOptions }
	| { readonly outcome: 'help'; readonly text: string }
	| { readonly outcome: 'error'; readonly message: string };

const help = `npm run bench -- [flags]

What the media path of this server costs: real clients against the real server, each on a core of its own.

  --shape LIST        ${[...shapes.map((shape) => shape.name), 'curve', ...procedures].join(', ')}, all (default: 1-20)
  --viewers N  --rooms N  --pps N  --size N
                      a shape of your own: viewers in each room, rooms, packets a second and octets of a packet
  --broadcasters N    another word for --rooms: a room has one
  --vs LIST           beside it, in turns: pion, pion-bare (without interceptors), typescript (DURESS_NATIVE=0), floor (C)
  --rounds N          rounds, of which the medians are shown (default 1)
  --seconds N         of measuring in each round (default 8)
  --clients KIND      datachannel, sink, or auto: the sink above ${SINK_ABOVE_PACKETS.toLocaleString('en')} packets/s or ${SINK_ABOVE_VIEWERS} viewers (default)
  --saturate          the most viewers that one core serves: short for --shape saturate
  --churn N           joins and leaves of --shape churn (default 2000); alone it runs that
  --no-native         Duress Server without its native media path
  --no-pin            let the system choose cores
  --check             judge the bars of docs/performance.md; exit code 1 when one is missed or was not measured
                      (all of them: --shape all --vs pion)
  --json FILE         where the result goes (default bench/build/result.json)
  --plot FILE         where a plot of cost against viewers goes (an SVG; needs --shape curve)

The result is a table on stdout. Progress goes to stderr. Exit code 1: a run was not honest or failed, or a bar does not hold.
`;

const flags = {
	shape: { type: 'string' },
	viewers: { type: 'string' },
	rooms: { type: 'string' },
	broadcasters: { type: 'string' },
	pps: { type: 'string' },
	size: { type: 'string' },
	vs: { type: 'string' },
	rounds: { type: 'string' },
	seconds: { type: 'string' },
	clients: { type: 'string' },
	saturate: { type: 'boolean' },
	churn: { type: 'string' },
	'no-native': { type: 'boolean' },
	'no-pin': { type: 'boolean' },
	check: { type: 'boolean' },
	json: { type: 'string' },
	plot: { type: 'string' },
	help: { type: 'boolean', short: 'h' },
} as const;

/** A mistake of whoever typed the flags, told in one line. */
class FlagError extends Error {}

export function readFlags(argv: readonly string[]): ReadFlags {
	try {
		const { values } = parseArgs({ args: [...argv], options: flags, strict: true });
		return values.help ? { outcome: 'help', text: help } : { outcome: 'run', options: toOptions(values) };
	} catch (error) {
		if (error instanceof FlagError || (error instanceof TypeError && 'code' in error)) return { outcome: 'error', message: error.message };
		throw error;
	}
}

type Values = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values'];

function toOptions(values: Values): BenchOptions {
	const beside = wordsOf('--vs', values.vs, ['pion', 'pion-bare', 'typescript', 'floor']);
	const clients = values.clients ?? 'auto';
	if (clients !== 'auto' && clients !== 'datachannel' && clients !== 'sink') throw new FlagError(`--clients knows no ${clients}`);
	return {
		...chooseShapes(values),
		versus: beside.filter((word) => word !== 'floor'),
		floor: beside.includes('floor'),
		rounds: wholeNumber('--rounds', values.rounds, 1, 1, 99),
		seconds: wholeNumber('--seconds', values.seconds, 8, 1, 600),
		clients,
		native: values['no-native'] !== true,
		pin: values['no-pin'] !== true,
		churn: wholeNumber('--churn', values.churn, 2000, 1, 1_000_000),
		check: values.check === true,
		json: values.json,
		plot: values.plot,
	};
}

function chooseShapes(values: Values): { readonly shapes: readonly Shape[]; readonly procedures: readonly Procedure[] } {
	const known = [...shapes.map((shape) => shape.name), 'curve', ...procedures, 'all'] as const;
	const named = wordsOf('--shape', values.shape, known);
	const wanted = new Set(named.includes('all') ? known : named);
	if (values.saturate === true) wanted.add('saturate');
	if (values.churn !== undefined) wanted.add('churn');
	const chosen = shapes.filter((shape) => wanted.has(shape.name));
	const own = [values.viewers, values.rooms, values.broadcasters, values.pps, values.size].some((value) => value !== undefined);
	if (own && wanted.size > 0) throw new FlagError('a shape of your own goes without --shape, --saturate and --churn');
	if (own) return { shapes: [ownShape(values)], procedures: [] };
	return {
		shapes: [...(wanted.size === 0 ? shapes.slice(0, 1) : chosen), ...(wanted.has('curve') ? curve : [])],
		procedures: procedures.filter((procedure) => wanted.has(procedure)),
	};
}

function ownShape(values: Values): Shape {
	const rooms = wholeNumber('--rooms', values.rooms ?? values.broadcasters, 1, 1, 1000);
	const viewers = wholeNumber('--viewers', values.viewers, 20, 1, 1000);
	const pps = wholeNumber('--pps', values.pps, 250, 1, 20_000);
	const size = wholeNumber('--size', values.size, 1100, MIN_PACKET_BYTES, 1200);
	return { name: `${rooms === 1 ? '1-' : `${rooms}x`}${viewers}@${pps}`, rooms, viewers, pps, size };
}

function wordsOf<Word extends string>(flag: string, text: string | undefined, known: readonly Word[]): readonly Word[] {
	const words = (text ?? '').split(',').filter((word) => word !== '');
	return words.map((word) => {
		const found = known.find((candidate) => candidate === word);
		if (found === undefined) throw new FlagError(`${flag} knows no ${word}, only ${known.join(', ')}`);
		return found;
	});
}

function wholeNumber(flag: string, text: string | undefined, otherwise: number, least: number, most: number): number {
	if (text === undefined) return otherwise;
	const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
	if (!(value >= least && value <= most)) throw new FlagError(`${flag} wants a whole number from ${least} to ${most}, not ${text}`);
	return value;
}
