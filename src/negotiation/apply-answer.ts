import { extensionIdsOf } from './header-extensions.ts';
import { matchCodecs, matchRed, namesNack } from './match-codecs.ts';
import type { Result } from './negotiation-errors.ts';
import type { RemoteDescription, RemoteSection } from './remote-description.ts';
import { type AgreedSection, payloadMapping, rejectedSection, type Section } from './section.ts';

/** Lays a client's answer over the sections of the offer it answers; an answer whose sections do not correspond is refused. */
export function applyAnswer(offered: readonly Section[], answer: RemoteDescription): Result<readonly AgreedSection[]> {
	if (answer.sections.length !== offered.length) return { ok: false, error: 'answer-does-not-fit' };
	const agreed: AgreedSection[] = [];
	for (const [index, section] of offered.entries()) {
		const remote = answer.sections[index];
		if (remote === undefined || !corresponds(section, remote)) return { ok: false, error: 'answer-does-not-fit' };
		agreed.push(section.rejected || remote.rejected ? rejectedSection(section) : agree(section, remote));
	}
	return { ok: true, value: agreed };
}

function corresponds(section: Section, remote: RemoteSection): boolean {
	if (remote.media !== section.media) return false;
	return !remote.midGiven || remote.mid === section.mid || remote.rejected;
}

function agree(section: Section, remote: RemoteSection): AgreedSection {
	const matched = section.kind === undefined ? [] : matchCodecs(remote, section.kind, section.codecs);
	return {
		section,
		remoteSends: remote.direction === 'sendrecv' || remote.direction === 'sendonly',
		remoteReceives: remote.direction === 'sendrecv' || remote.direction === 'recvonly',
		// RFC 3264 §5.1: whoever offers must take every format that it offered. Chromium counts on it: with codec preferences set
		// it answers one codec and sends the first of the offer all the same.
		receiveCodecs: matched.length === 0 ? [] : section.codecs.map(payloadMapping),
		sendCodecs: matched.map(payloadMapping),
		receiveRed: matched.length === 0 ? undefined : section.redPayloadType,
		sendRed: section.redPayloadType === undefined ? undefined : matchRed(remote, matched, section.redPayloadType),
		nack: namesNack(matched),
		extensions: extensionIdsOf(remote.extensions),
		ssrcs: remote.ssrcs,
	};
}
