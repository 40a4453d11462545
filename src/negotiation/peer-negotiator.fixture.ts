/** A negotiator in a test, its clock moved by hand, and short names for what it does. */
import { outline } from './client-sdp.fixture.ts';
import type { MediaDescription, Publication } from './media-description.ts';
import { type Action, PeerNegotiator, type PeerNegotiatorOptions, type Signal } from './peer-negotiator.ts';

export function publication(name: string): Publication {
	const number = 3 * ([...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 1e8);
	return { publicationId: name, streamName: `stream-${name}`, videoSsrc: number, videoRtxSsrc: number + 1, audioSsrc: number + 2 };
}

export class Scene {
	nowMs = 1000;
	readonly negotiator: PeerNegotiator;
	/** Everything it asked for, in order. */
	readonly actions: Action[] = [];
	#iceCount = 0;

	constructor(role: PeerNegotiatorOptions['role'], publications: readonly Publication[] = []) {
		const makeIce = () => ({ ufrag: `srv${this.#iceCount++}`, pwd: 'p'.repeat(24) });
		this.negotiator = new PeerNegotiator({
			role,
			...(role === 'viewer' ? {} : { ownPublication: publication('own') }),
			ice: makeIce(),
			makeIce,
			fingerprint: 'AA:BB',
			candidates: [{ address: '192.0.2.1', port: 40000 }],
			sessionId: '4711',
			random: () => 0,
		});
		this.do((negotiator, nowMs) => negotiator.setPublications(publications, nowMs));
	}

	/** Calls the negotiator; returns what came of it, by name. */
	do(call: (negotiator: PeerNegotiator, nowMs: number) => Action[]): string[] {
		const actions = call(this.negotiator, this.nowMs);
		this.actions.push(...actions);
		return actions.map(nameOf);
	}

	start(): string[] {
		return this.do((negotiator, nowMs) => negotiator.start(nowMs));
	}

	receive(event: Signal['event'], data: string): string[] {
		return this.do((negotiator, nowMs) => negotiator.receive({ event, data }, nowMs));
	}

	check(ufrag: string): string[] {
		return this.do((negotiator, nowMs) => negotiator.iceCheck(ufrag, nowMs));
	}

	publish(...publications: Publication[]): string[] {
		return this.do((negotiator, nowMs) => negotiator.setPublications(publications, nowMs));
	}

	/** Moves time on, calling `tick` whenever it is due. */
	pass(ms: number): string[] {
		const endMs = this.nowMs + ms;
		const names: string[] = [];
		for (let dueMs = this.negotiator.nextTimeoutMs(); dueMs !== undefined && dueMs <= endMs; dueMs = this.negotiator.nextTimeoutMs()) {
			this.nowMs = Math.max(dueMs, this.nowMs);
			names.push(...this.do((negotiator, nowMs) => negotiator.tick(nowMs)));
		}
		this.nowMs = endMs;
		return names;
	}

	/** The data of the latest `offer`, `answer` or `error`. */
	sent(event: 'offer' | 'answer' | 'error'): string {
		const action = this.actions.findLast((candidate) => candidate.type === 'send' && candidate.event === event);
		return action?.type === 'send' ? action.data : '';
	}

	/** The latest offer's or answer's SDP. */
	sdp(event: 'offer' | 'answer'): string {
		const data = this.sent(event);
		return data.startsWith('{') ? String(JSON.parse(data).sdp) : data;
	}

	outline(event: 'offer' | 'answer'): string[] {
		return outline(this.sdp(event));
	}

	/** What the engine was told last. */
	get description(): MediaDescription {
		const action = this.actions.findLast((candidate) => candidate.type === 'describe');
		if (action?.type !== 'describe') throw new Error('nothing was described');
		return action.description;
	}
}

function nameOf(action: Action): string {
	return action.type === 'send' ? action.event : action.type;
}

/** The server's ufrag and the version in a description. */
export function serverUfrag(sdp: string): string | undefined {
	return /a=ice-ufrag:(\S+)/.exec(sdp)?.[1];
}

export function versionOf(sdp: string): number {
	return Number(/^o=- 4711 (\d+) /m.exec(sdp)?.[1]);
}
