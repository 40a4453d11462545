/** Cost against viewers as a picture: SVG written by hand, to be shown in docs/performance.md. */
import { entriesOf, type Report, summarize } from './report.ts';
import { contenderNames } from './servers/server-under-test.ts';
import { median } from './statistics.ts';

const WIDTH = 760;
const HEIGHT = 420;
const LEFT = 70;
const RIGHT = 30;
const TOP = 50;
const BOTTOM = 60;
const COLOURS: Readonly<Record<string, string>> = { duress: '#0b6e4f', typescript: '#c77700', pion: '#a4243b', 'pion-bare': '#6b4e9b' };
const FLOOR_COLOUR = '#555555';

interface Point {
	readonly viewers: number;
	readonly us: number;
}

/** @returns an SVG of the shapes named `curve-N`. @throws when none was measured */
export function plotOf(report: Report): string {
	const curve = report.steady.filter(({ shape }) => shape.name.startsWith('curve-'));
	const lines = new Map<string, { readonly name: string; readonly points: Point[] }>();
	for (const { shape, rounds } of curve) {
		for (const [contender, results] of entriesOf(rounds)) {
			const line = lines.get(contender) ?? { name: contenderNames[contender], points: [] };
			line.points.push({ viewers: shape.viewers, us: summarize(results).cpuUsPerPacket });
			lines.set(contender, line);
		}
	}
	if (lines.size === 0) throw new Error('there is nothing to plot: --plot needs --shape curve');
	const floors = report.steady.flatMap(({ floor }) => floor.map(({ bothUs }) => bothUs));
	const floor = floors.length === 0 ? undefined : median(floors);
	return draw(curve[0]?.shape.pps ?? 0, lines, floor);
}

function draw(
	pps: number,
	lines: ReadonlyMap<string, { readonly name: string; readonly points: readonly Point[] }>,
	floor?: number,
): string {
	const points = [...lines.values()].flatMap((line) => line.points);
	const viewers = [...new Set(points.map((point) => point.viewers))].sort((a, b) => a - b);
	const [least = 1, most = 1] = [viewers[0], viewers.at(-1)];
	const step = niceStep(Math.max(floor ?? 0, ...points.map((point) => point.us)));
	const top = step * Math.ceil(Math.max(floor ?? 0, ...points.map((point) => point.us)) / step);
	const x = (value: number) => LEFT + (Math.log(value / least) / Math.log(most / least || 2)) * (WIDTH - LEFT - RIGHT);
	const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM);
	const marks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
	const text = (atX: number, atY: number, anchor: string, words: string, colour = '#222222') =>
		`<text x="${atX.toFixed(1)}" y="${atY.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${words}</text>`;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
		`<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
		text(LEFT, 24, 'start', `Processor time of the server for each forwarded packet, one broadcaster at ${pps} packets/s`),
		...marks.flatMap((value) => [
			`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value).toFixed(1)}" y2="${y(value).toFixed(1)}" stroke="#dddddd"/>`,
			text(LEFT - 8, y(value) + 4, 'end', String(Number(value.toFixed(2)))),
		]),
		...viewers.map((value) => text(x(value), HEIGHT - BOTTOM + 20, 'middle', String(value))),
		text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, 'middle', 'viewers (logarithmic)'),
		`<text transform="translate(20 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle" fill="#222222">µs per packet</text>`,
		...(floor === undefined
			? []
			: [
					`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(floor).toFixed(1)}" y2="${y(floor).toFixed(1)}" stroke="${FLOOR_COLOUR}" stroke-dasharray="6 4"/>`,
					text(WIDTH - RIGHT, y(floor) - 6, 'end', contenderNames.floor, FLOOR_COLOUR),
				]),
		...[...lines].flatMap(([contender, line], index) => drawLine(line, COLOURS[contender] ?? '#222222', index, x, y)),
		'</svg>',
		'',
	].join('\n');
}

function drawLine(
	line: { readonly name: string; readonly points: readonly Point[] },
	colour: string,
	index: number,
	x: (value: number) => number,
	y: (value: number) => number,
): readonly string[] {
	const legendX = LEFT + 20 + index * 230;
	return [
		`<polyline fill="none" stroke="${colour}" stroke-width="2" points="${line.points.map(({ viewers, us }) => `${x(viewers).toFixed(1)},${y(us).toFixed(1)}`).join(' ')}"/>`,
		...line.points.map(({ viewers, us }) => `<circle cx="${x(viewers).toFixed(1)}" cy="${y(us).toFixed(1)}" r="3.5" fill="${colour}"/>`),
		`<rect x="${legendX}" y="34" width="12" height="4" fill="${colour}"/>`,
		`<text x="${legendX + 18}" y="42" fill="${colour}">${line.name}</text>`,
	];
}

/** Four to eight marks on the axis. */
function niceStep(top: number): number {
	const power = 10 ** Math.floor(Math.log10(top / 4));
	return ([1, 2, 5].find((factor) => top / (factor * power) <= 8) ?? 10) * power;
}
