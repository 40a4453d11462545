import type { OfferedRole } from '../../room/offered-session.ts';
import type { Room } from '../../room/room.ts';
import { CORS_HEADERS, CORS_METHODS } from '../common-headers.ts';

/** Rooms as WHIP and WHEP see them. */
export interface WishRooms {
	get(roomId: string): Room | undefined;
}

/** One of the two protocols. */
export interface WishProtocol {
	readonly path: '/whip' | '/whep';
	readonly role: OfferedRole;
	readonly summary: string;
}

export const SDP = 'application/sdp';
export const SDP_FRAGMENT = 'application/trickle-ice-sdpfrag';

/** For every route of the two. Browsers hide all other headers of an answer from a page of another origin. */
export const WISH_CORS = {
	methods: [...CORS_METHODS, 'PATCH', 'DELETE'],
	allowedHeaders: [...CORS_HEADERS, 'If-Match'],
	exposedHeaders: ['Location', 'ETag', 'Link', 'Accept-Post', 'Accept-Patch', 'Retry-After'],
} as const;

declare module 'fastify' {
	interface FastifyContextConfig {
		/** Overrides of the CORS plugin for one route. */
		readonly cors?: {
			readonly methods: readonly string[];
			readonly allowedHeaders: readonly string[];
			readonly exposedHeaders: readonly string[];
			/** The route's own handler answers OPTIONS. */
			readonly preflightContinue?: boolean;
		};
	}
}
