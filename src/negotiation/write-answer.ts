import type { Direction } from './remote-description.ts';
import type { AgreedSection } from './section.ts';
import { type LocalTransport, writeSession } from './write-session.ts';

/**
 * An answer: always `setup:passive`, the server is the DTLS server. Sections stand in the order of the client's offer, under its mids,
 * payload types and extension ids; `bundled` says whether the offer had a BUNDLE group (an answer may not add one, RFC 8843 §7.3).
 */
export function writeAnswer(
	sessionId: string,
	version: number,
	transport: LocalTransport,
	sections: readonly AgreedSection[],
	bundled: boolean,
): string {
	return writeSession({
		sessionId,
		version,
		setup: 'passive',
		bundled,
		transport,
		sections: sections.map((agreed) => ({ section: agreed.section, direction: answeredDirection(agreed) })),
	});
}

/** RFC 3264 §6.1: what the client does not offer to send or receive is not answered either. */
function answeredDirection({ section, remoteSends, remoteReceives }: AgreedSection): Direction {
	const receives = section.feeds !== undefined && remoteSends;
	const sends = section.carries !== undefined && remoteReceives;
	if (receives) return sends ? 'sendrecv' : 'recvonly';
	return sends ? 'sendonly' : 'inactive';
}
