import { randomBytes } from 'node:crypto';
import { type WishOptions, wishRoutes } from '../../src/http/wish/wish-routes.ts';
import type { RoomLimits } from '../../src/room/room-limits.ts';
import { Rooms } from '../../src/room/rooms.ts';
import { ManualClock } from '../signaling/support/manual-clock.ts';
import { RecordingEngine } from '../signaling/support/recording-engine.ts';
import { type Answer, send } from './http-client.ts';
import { startApp } from './running-app.ts';

export const roomId = '5f0c1a52-7e4b-4c7e-9a51-0c9d3f6b2a11';

const silentLog = { info: () => {}, warn: () => {} };

export interface WishAppSettings {
	readonly limits?: Partial<RoomLimits>;
	readonly iceServers?: NonNullable<WishOptions['iceServers']>;
}

/** The HTTP side with WHIP and WHEP, before rooms whose media engine only records; one duress room is open. */
export async function startWishApp({ limits = {}, iceServers }: WishAppSettings = {}) {
	const engine = new RecordingEngine();
	const clock = new ManualClock();
	const rooms = new Rooms({ media: engine, clock, randomBytes, log: silentLog, limits });
	engine.onEvent = (event) => rooms.handleEngineEvent(event);
	rooms.open(roomId, 'duress');
	const options = { rooms, ...(iceServers === undefined ? {} : { iceServers }) };
	const { base, lines } = await startApp({ prepare: async (app) => void (await app.register(wishRoutes, options)) });

	const offer = (path: string, sdp: string, headers: Record<string, string> = {}): Promise<Answer> =>
		send(base, 'POST', path, { headers: { 'content-type': 'application/sdp', ...headers }, body: sdp });
	const patch = (path: string, fragment: string, headers: Record<string, string> = {}): Promise<Answer> =>
		send(base, 'PATCH', path, { headers: { 'content-type': 'application/trickle-ice-sdpfrag', ...headers }, body: fragment });
	return { base, lines, engine, clock, rooms, offer, patch };
}

/** A session that was made, its media connected where wanted. */
export interface OpenSession {
	readonly path: string;
	readonly etag: string;
	/** The peer's name in the engine. */
	readonly engineId: string;
	readonly answer: string;
}

export type WishApp = Awaited<ReturnType<typeof startWishApp>>;

export async function openSession(app: WishApp, protocol: 'whip' | 'whep', sdp: string): Promise<OpenSession> {
	const { status, headers, text } = await app.offer(`/${protocol}/${roomId}`, sdp);
	if (status !== 201) throw new Error(`the offer was answered ${status}: ${text}`);
	return {
		path: headers.get('location') ?? '',
		etag: headers.get('etag') ?? '',
		engineId: app.engine.last('open-peer').peerId,
		answer: text,
	};
}
