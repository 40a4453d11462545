import { expect, test } from 'vitest';
import { type BenchOptions, readFlags } from './flags.ts';
import { shapes } from './shapes.ts';

function optionsOf(...argv: readonly string[]): BenchOptions {
	const read = readFlags(argv);
	if (read.outcome !== 'run') throw new Error(`not run: ${JSON.stringify(read)}`);
	return read.options;
}

function errorOf(...argv: readonly string[]): string {
	const read = readFlags(argv);
	return read.outcome === 'error' ? read.message : `not refused: ${read.outcome}`;
}

test('without flags a short run of one shape, of Duress Server alone', () => {
	const options = optionsOf();
	expect(options.shapes.map((shape) => shape.name)).toEqual(['1-20']);
	expect([options.versus, options.procedures, options.rounds, options.check]).toEqual([[], [], 1, false]);
});

test('all is every shape and every procedure', () => {
	const options = optionsOf('--shape', 'all', '--vs', 'pion', '--rounds', '3', '--check');
	expect(options.shapes.map((shape) => shape.name)).toEqual(expect.arrayContaining(shapes.map((shape) => shape.name)));
	expect(options.procedures).toEqual(['storm', 'churn', 'saturate']);
	expect([options.versus, options.rounds, options.check]).toEqual([['pion'], 3, true]);
});

test('a shape of your own', () => {
	const [shape] = optionsOf('--viewers', '3', '--rooms', '50', '--pps', '40', '--size', '200').shapes;
	expect(shape).toMatchObject({ rooms: 50, viewers: 3, pps: 40, size: 200 });
	expect(optionsOf('--broadcasters', '7').shapes[0]).toMatchObject({ rooms: 7, viewers: 20 });
});

test('--saturate and --churn alone run just that', () => {
	expect(optionsOf('--saturate')).toMatchObject({ shapes: [], procedures: ['saturate'] });
	expect(optionsOf('--churn', '500')).toMatchObject({ shapes: [], procedures: ['churn'], churn: 500 });
});

test('what cannot be is told in a line that names it', () => {
	expect(errorOf('--shape', '1-2O')).toContain('--shape knows no 1-2O');
	expect(errorOf('--viewers', 'many')).toContain('--viewers wants a whole number');
	expect(errorOf('--size', '20')).toContain('--size wants a whole number');
	expect(errorOf('--vs', 'pion,janus')).toContain('--vs knows no janus');
	expect(errorOf('--clients', 'chromium')).toContain('--clients knows no chromium');
	expect(errorOf('--frobnicate')).toContain('--frobnicate');
	expect(errorOf('--shape', '1-20', '--viewers', '5')).toContain('without --shape');
});

test('help names every flag', () => {
	const read = readFlags(['--help']);
	expect(read.outcome).toBe('help');
	if (read.outcome !== 'help') return;
	for (const flag of ['--shape', '--viewers', '--rooms', '--pps', '--size', '--seconds', '--vs', '--check', '--json', '--plot']) {
		expect(read.text).toContain(flag);
	}
});
