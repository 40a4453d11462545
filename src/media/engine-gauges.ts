import type { GaugeSource } from '../metrics/metrics.ts';
import type { LocalEngine } from './engine.ts';

/** What operators watch of a media engine. */
export function engineGauges(engine: LocalEngine): readonly GaugeSource[] {
	return [
		{ name: 'duress_media_peers', help: 'Transports held by the media engine.', read: () => engine.sizes.peers },
		{ name: 'duress_media_publications', help: 'Publications held by the media engine.', read: () => engine.sizes.publications },
		{
			name: 'duress_media_routes',
			help: 'Ways by which datagrams find their transport: ufrags, addresses and SSRCs.',
			read: () => engine.sizes.ufrags + engine.sizes.addresses + engine.sizes.roamingSsrcs,
		},
		{
			name: 'duress_media_datagrams_dropped',
			help: 'Received datagrams that were not used, since the start.',
			read: () => Object.values(engine.counters.dropped).reduce((sum, count) => sum + count, 0),
		},
		{
			name: 'duress_media_sends_dropped',
			help: 'Datagrams not sent because the outgoing queue was full, since the start.',
			read: () => engine.counters.sendDropped,
		},
		{
			name: 'duress_media_sends_refused',
			help: 'Datagrams that the system refused to send, since the start.',
			read: () => engine.counters.sendRefused,
		},
	];
}
