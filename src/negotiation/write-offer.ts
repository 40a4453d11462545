import type { Direction } from './remote-description.ts';
import type { Section } from './section.ts';
import { type LocalTransport, writeSession } from './write-session.ts';

/** An offer: `setup:actpass` (RFC 5763 §5), so that the client takes the DTLS client's part. */
export function writeOffer(sessionId: string, version: number, transport: LocalTransport, sections: readonly Section[]): string {
	return writeSession({
		sessionId,
		version,
		setup: 'actpass',
		bundled: true,
		transport,
		sections: sections.map((section) => ({ section, direction: offeredDirection(section) })),
	});
}

function offeredDirection(section: Section): Direction {
	if (section.feeds !== undefined) return section.carries !== undefined ? 'sendrecv' : 'recvonly';
	return section.carries !== undefined ? 'sendonly' : 'inactive';
}
