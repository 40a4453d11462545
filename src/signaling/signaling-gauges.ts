import type { GaugeSource } from '../metrics/metrics.ts';
import type { SignalingCounts } from './signaling-counts.ts';

/** The counts as metrics. */
export function signalingGauges(counts: SignalingCounts): readonly GaugeSource[] {
	return [
		{ name: 'duress_sockets', help: 'WebSockets open now.', read: () => counts.sockets },
		{ name: 'duress_frames_received', help: 'WebSocket frames received since the start.', read: () => counts.frames },
		{ name: 'duress_bad_frames', help: 'Frames answered with an error since the start.', read: () => counts.badFrames },
		{ name: 'duress_unknown_events', help: 'Frames with an event that is not known since the start.', read: () => counts.unknownEvents },
		{ name: 'duress_floods', help: 'WebSockets closed for flooding since the start.', read: () => counts.floods },
		{ name: 'duress_slow_readers', help: 'WebSockets closed because they did not read since the start.', read: () => counts.slowReaders },
		{
			name: 'duress_silent_sockets',
			help: 'WebSockets closed because nothing came from them since the start.',
			read: () => counts.silentSockets,
		},
	];
}
