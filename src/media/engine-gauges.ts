import type { GaugeSource } from '../metrics/metrics.ts';
import { type LinkQuality, quantile } from './link-quality.ts';
import type { EnginePool } from './pool/engine-pool.ts';
import type { EngineView } from './pool/worker-messages.ts';

const links = {
	up: { name: 'publisher', help: 'from publishers' },
	down: { name: 'viewer', help: 'to viewers' },
} as const;

const values = [
	{ name: 'round_trip_ms', help: 'Round trip in milliseconds', of: (link: LinkQuality) => link.roundTripMs },
	{ name: 'loss', help: 'Share of packets lost, 0 to 1,', of: (link: LinkQuality) => link.fractionLost },
	{ name: 'jitter_ms', help: 'Jitter of the picture in milliseconds', of: (link: LinkQuality) => link.jitterMs },
] as const;

const shares = [
	{ name: 'median', share: 0.5 },
	{ name: 'p95', share: 0.95 },
] as const;

/** What operators watch of the media engine. */
export function engineGauges(pool: Pick<EnginePool, 'look' | 'restarts'>): readonly GaugeSource[] {
	const sumOf = (countOf: (view: EngineView) => number) => async (): Promise<number> =>
		(await pool.look()).reduce((sum, view) => sum + countOf(view), 0);
	return [
		{ name: 'duress_media_peers', help: 'Transports held by the media engine.', read: sumOf(({ sizes }) => sizes.peers) },
		{
			name: 'duress_media_publications',
			help: 'Publications held by the media engine, one that is spread over several workers on each of them.',
			read: sumOf(({ sizes }) => sizes.publications),
		},
		{
			name: 'duress_media_routes',
			help: 'Ways by which datagrams find their transport: ufrags, addresses and SSRCs.',
			read: sumOf(({ sizes }) => sizes.ufrags + sizes.addresses + sizes.roamingSsrcs),
		},
		{
			name: 'duress_media_datagrams_dropped',
			help: 'Received datagrams that were not used, since the start.',
			read: sumOf(({ counters }) => Object.values(counters.dropped).reduce((sum, count) => sum + count, 0)),
		},
		{
			name: 'duress_media_sends_dropped',
			help: 'Datagrams not sent because the outgoing queue was full, since the start.',
			read: sumOf(({ counters }) => counters.sendDropped),
		},
		{
			name: 'duress_media_sends_refused',
			help: 'Datagrams that the system refused to send, since the start.',
			read: sumOf(({ counters }) => counters.sendRefused),
		},
		{
			name: 'duress_media_worker_restarts',
			help: 'How often a media worker that had died was started again, since the start.',
			read: () => pool.restarts,
		},
		...linkGauges(pool),
	];
}

/** The spread of what the links' reports say, each way. */
function linkGauges(pool: Pick<EnginePool, 'look'>): GaugeSource[] {
	return (['up', 'down'] as const).flatMap((direction) =>
		values.flatMap((value) =>
			shares.map(({ name, share }) => ({
				name: `duress_${links[direction].name}_${value.name}_${name}`,
				help: `${value.help} on the links ${links[direction].help}: ${name}.`,
				read: async () => {
					const all = (await pool.look()).flatMap((view) => view.links);
					const known = all.flatMap((link) => (link.direction === direction ? (value.of(link) ?? []) : []));
					return quantile(known, share);
				},
			})),
		),
	);
}
